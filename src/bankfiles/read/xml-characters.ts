/** Characters that valid UTF-8 can hold and XML 1.0 forbids: control characters, U+FFFE, U+FFFF. */
import { FORBIDDEN, TEXT_CLASS } from "./byte-class.ts";

/** The index of the first one in `buffer[start, end)`, or -1. */
export function forbiddenCharacter(buffer: Uint8Array, start: number, end: number): number {
  for (let i = start; i < end; i++) {
    const byte = buffer[i] ?? 0;
    if (((TEXT_CLASS[byte] ?? 0) & FORBIDDEN) !== 0) return i;
    if (byte === 0xef && buffer[i + 1] === 0xbf && (buffer[i + 2] ?? 0) >= 0xbe) return i;
  }
  return -1;
}

/** The code point of the forbidden character at `at`, e.g. `U+0000`. */
export function shownCharacter(buffer: Uint8Array, at: number): string {
  const byte = buffer[at] ?? 0;
  // EF BF BE and EF BF BF are U+FFFE and U+FFFF.
  const code = byte === 0xef ? 0xff40 + (buffer[at + 2] ?? 0) : byte;
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}
