/** Opens a file as a stream of raw records, by the format that its name says. */

import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import { basename, extname } from "node:path";
import { csvRecords } from "./csv-records.ts";
import type { OnBytes } from "./file-lines.ts";
import { jsonRecords } from "./json-records.ts";
import { ndjsonRecords } from "./ndjson-records.ts";
import type { RawRecord } from "./raw-record.ts";
import { typeOfFileName } from "./record-type.ts";

type Reader = (file: FileHandle, onBytes: OnBytes, type: string | undefined) => AsyncGenerator<readonly RawRecord[]>;

const READERS: Readonly<Record<string, Reader>> = {
  ".ndjson": ndjsonRecords,
  ".jsonl": ndjsonRecords,
  ".json": jsonRecords,
  ".csv": csvRecords,
};

/** Batches of records in the order of the file. A name that says no format is one record that is a fault. */
export async function* openRecords(path: string, onBytes: OnBytes): AsyncGenerator<readonly RawRecord[]> {
  const read = READERS[extname(path).toLowerCase()];
  if (read === undefined) {
    const expected = `a name that ends in ${Object.keys(READERS).join(", ")}`;
    yield [{ line: 1, faults: [{ code: "FORMAT_UNKNOWN", found: basename(path), expected }] }];
    return;
  }
  const file = await open(path, "r");
  try {
    yield* read(file, onBytes, typeOfFileName(basename(path)));
  } finally {
    await file.close();
  }
}
