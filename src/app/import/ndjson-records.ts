/** NDJSON: one record on each line; empty lines are passed over. */
import type { FileHandle } from "node:fs/promises";
import { damagedLine } from "./damaged-line.ts";
import { fileLines, type OnBytes } from "./file-lines.ts";
import { jsonRecord } from "./json-record.ts";
import { type RawRecord, withFallbackType } from "./raw-record.ts";

export async function* ndjsonRecords(
  file: FileHandle,
  onBytes: OnBytes,
  type: string | undefined,
): AsyncGenerator<readonly RawRecord[]> {
  for await (const { firstLine, lines } of fileLines(file, onBytes)) {
    const records: RawRecord[] = [];
    for (let index = 0; index < lines.length; index += 1) {
      const line = lines[index];
      if (typeof line !== "string") records.push(damagedLine(firstLine + index, line));
      else if (line.trim() !== "") records.push(withFallbackType(jsonRecord(line, firstLine + index), type));
    }
    yield records;
  }
}
