/** JSON: a list of records, or an object whose lists are named after the kinds of record they hold. */
import { isUtf8 } from "node:buffer";
import type { FileHandle } from "node:fs/promises";
import { damagedLine } from "./damaged-line.ts";
import type { OnBytes } from "./file-lines.ts";
import { jsonRecord } from "./json-record.ts";
import { type JsonPiece, JsonSplitter } from "./json-splitter.ts";
import { type RawRecord, withFallbackType } from "./raw-record.ts";
import { typeOfSection } from "./record-type.ts";

const BLOCK_BYTES = 1024 * 1024;

export async function* jsonRecords(
  file: FileHandle,
  onBytes: OnBytes,
  type: string | undefined,
): AsyncGenerator<readonly RawRecord[]> {
  const splitter = new JsonSplitter();
  for (let position = 0; splitter.problem === undefined; ) {
    const block = Buffer.allocUnsafe(BLOCK_BYTES);
    const { bytesRead } = await file.read(block, 0, BLOCK_BYTES, position);
    if (bytesRead === 0) break;
    const marked = position === 0 && block[0] === 0xef && block[1] === 0xbb && block[2] === 0xbf;
    position += bytesRead;
    onBytes(position);
    yield splitter.push(block.subarray(marked ? 3 : 0, bytesRead)).map((piece) => recordOf(piece, type));
  }
  splitter.end();
  if (splitter.problem !== undefined) yield [brokenOff(splitter)];
}

function recordOf({ line, section, bytes }: JsonPiece, type: string | undefined): RawRecord {
  if (!isUtf8(bytes)) return damagedLine(line, null);
  const text = bytes.toString("utf8");
  return section === undefined
    ? withFallbackType(jsonRecord(text, line), type)
    : jsonRecord(text, line, typeOfSection(section) ?? section);
}

function brokenOff({ problem }: JsonSplitter): RawRecord {
  const line = problem?.line ?? 1;
  if (problem?.tooLong === true) return damagedLine(line, undefined);
  return {
    line,
    faults: [{ code: "JSON_INVALID", found: "something else", expected: problem?.expected ?? "JSON" }],
  };
}
