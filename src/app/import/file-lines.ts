/** Reads a file as batches of lines, each proved to be UTF-8; memory does not grow with the file. */
import { isAscii, isUtf8 } from "node:buffer";
import type { FileHandle } from "node:fs/promises";
import { MOST_RECORD_BYTES } from "./raw-record.ts";

const BLOCK_BYTES = 1024 * 1024;
const NEW_LINE = 10;

export interface LineBatch {
  /** Number of the first line, from 1. */
  readonly firstLine: number;
  /** Lines without their end; `null` where the bytes are not UTF-8, `undefined` where the line is too long to be read. */
  readonly lines: readonly (string | null | undefined)[];
  /** Bytes of the file read so far. */
  readonly bytesRead: number;
}

export type OnBytes = (bytesRead: number) => void;

/** Blocks of bytes that end where a line ends (the last one: where the file ends). */
async function* wholeLines(file: FileHandle, onBytes: OnBytes): AsyncGenerator<Buffer | "TOO_LONG"> {
  let rest: Buffer = Buffer.alloc(0);
  let skipping = false;
  let position = 0;
  for (;;) {
    const block = Buffer.allocUnsafe(BLOCK_BYTES);
    const { bytesRead } = await file.read(block, 0, BLOCK_BYTES, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    onBytes(position);
    const bytes = block.subarray(0, bytesRead);
    const end = bytes.lastIndexOf(NEW_LINE) + 1;
    if (end === 0) {
      if (rest.length + bytesRead > MOST_RECORD_BYTES) skipping = true;
      rest = skipping ? Buffer.alloc(0) : Buffer.concat([rest, bytes]);
      continue;
    }
    const from = skipping ? bytes.indexOf(NEW_LINE) + 1 : 0;
    if (skipping) yield "TOO_LONG";
    skipping = false;
    if (end > from) yield Buffer.concat([rest, bytes.subarray(from, end)]);
    rest = bytes.subarray(end);
  }
  if (skipping) yield "TOO_LONG";
  else if (rest.length > 0) yield rest;
}

/** Line ends are LF or CR LF; a byte order mark at the beginning is left out. */
export async function* fileLines(file: FileHandle, onBytes: OnBytes): AsyncGenerator<LineBatch> {
  let firstLine = 1;
  let bytesRead = 0;
  const count: OnBytes = (bytes) => {
    bytesRead = bytes;
    onBytes(bytes);
  };
  for await (const bytes of wholeLines(file, count)) {
    const lines = bytes === "TOO_LONG" ? [undefined] : linesOf(firstLine === 1 ? withoutMark(bytes) : bytes);
    yield { firstLine, lines, bytesRead };
    firstLine += lines.length;
  }
}

function withoutMark(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

function linesOf(bytes: Buffer): (string | null)[] {
  // latin1 reads ASCII several times faster than utf8, and to the same text.
  const text = isAscii(bytes) ? bytes.toString("latin1") : isUtf8(bytes) ? bytes.toString("utf8") : undefined;
  if (text === undefined) return damagedLinesOf(bytes);
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
}

function damagedLinesOf(bytes: Buffer): (string | null)[] {
  const lines: (string | null)[] = [];
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(NEW_LINE, start);
    const end = found < 0 ? bytes.length : found;
    const line = bytes.subarray(start, end);
    lines.push(isUtf8(line) ? line.toString("utf8").replace(/\r$/, "") : null);
    start = end + 1;
  }
  return lines;
}
