/** The record of a line that cannot be read as text at all. */
import { MOST_RECORD_BYTES, type RawRecord } from "./raw-record.ts";

/** `null` for bytes that are not UTF-8, `undefined` for a line that is too long. */
export function damagedLine(line: number, text: null | undefined): RawRecord {
  return text === null
    ? { line, faults: [{ code: "TEXT_NOT_UTF8", found: "bytes that are not UTF-8", expected: "UTF-8 text" }] }
    : {
        line,
        faults: [
          {
            code: "LINE_TOO_LONG",
            found: `more than ${MOST_RECORD_BYTES} bytes`,
            expected: `a record of at most ${MOST_RECORD_BYTES} bytes`,
          },
        ],
      };
}
