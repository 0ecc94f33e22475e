/** Rows in the text format of COPY: tabs between values, one line a row, `\N` for null (PostgreSQL, COPY, "Text Format"). */
import { Buffer } from "node:buffer";
import type { Value } from "../store.ts";

/** Long enough that a message's head costs nothing, short enough that memory does not grow with the number of rows. */
const CHUNK_CHARACTERS = 128 * 1_024;

const SPECIAL = /[\\\n\r\t\0]/;
const EACH_SPECIAL = /[\\\n\r\t\0]/g;
const ESCAPED: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Throws for a text with a NUL character, which PostgreSQL cannot keep. */
export function* copyText(rows: Iterable<readonly Value[]>): Generator<Buffer> {
  let text = "";
  for (const row of rows) {
    let separator = "";
    for (const value of row) {
      text += separator + copyValue(value);
      separator = "\t";
    }
    text += "\n";
    if (text.length >= CHUNK_CHARACTERS) {
      yield Buffer.from(text);
      text = "";
    }
  }
  if (text !== "") yield Buffer.from(text);
}

function copyValue(value: Value): string {
  if (value === null) return "\\N";
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "string") return SPECIAL.test(value) ? value.replace(EACH_SPECIAL, escaped) : value;
  // The backslash of PostgreSQL's `\x...` is itself escaped.
  return `\\\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex")}`;
}

function escaped(character: string): string {
  const text = ESCAPED[character];
  if (text === undefined) throw new Error("a text with a NUL character cannot be stored");
  return text;
}
