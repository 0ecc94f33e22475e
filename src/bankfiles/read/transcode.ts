/** Encodings other than UTF-8, rewritten as UTF-8 piece by piece; a byte that means nothing in them is a fault. */
import type { Decoded } from "./byte-decoder.ts";

const HIGH_HALF = 128;

/** US-ASCII: a byte above 127 is a lie about the encoding. */
export function asciiToUtf8(bytes: Uint8Array): Decoded {
  const wrong = bytes.findIndex((byte) => byte >= HIGH_HALF);
  if (wrong < 0) return { bytes };
  return { bytes: bytes.subarray(0, wrong), fault: invalid([bytes[wrong] ?? 0], "US-ASCII") };
}

/** A function that rewrites a single-byte encoding the Encoding Standard knows (ISO-8859-1 is read as itself). */
export function singleByteToUtf8(encoding: string): (bytes: Uint8Array) => Decoded {
  const table = encodingTable(encoding);
  return (bytes) => {
    const out = Buffer.allocUnsafe(bytes.length * 3);
    let length = 0;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i] ?? 0;
      const code = byte < HIGH_HALF ? byte : (table[byte - HIGH_HALF] ?? 0);
      if (code === 0xfffd) return { bytes: out.subarray(0, length), fault: invalid([byte], encoding) };
      length = putCharacter(out, length, code);
    }
    return { bytes: out.subarray(0, length) };
  };
}

/** Bytes 128 to 159 of windows-1252; those without a character are control characters, as the Encoding Standard has it. */
const WINDOWS_1252 = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";

/** The code points of bytes 128 to 255; U+FFFD where the encoding has none. */
function encodingTable(encoding: string): readonly number[] {
  const high = Uint8Array.from({ length: HIGH_HALF }, (_, index) => index + HIGH_HALF);
  // The Encoding Standard reads "iso-8859-1" as windows-1252; here the declaration means what it says.
  if (encoding === "iso-8859-1") return [...high];
  // Decoders of some releases of Node.js read windows-1252 as ISO-8859-1, which loses the euro sign.
  if (encoding === "windows-1252") return [...codePoints(WINDOWS_1252), ...high.subarray(WINDOWS_1252.length)];
  return codePoints(new TextDecoder(encoding).decode(high));
}

function codePoints(text: string): readonly number[] {
  return Array.from(text, (character) => character.codePointAt(0) ?? 0xfffd);
}

/** UTF-16 of either byte order; a unit or a pair that is cut in two at the end of a piece waits for the next one. */
export class Utf16ToUtf8 {
  readonly #low: 0 | 1;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(encoding: "utf-16le" | "utf-16be") {
    this.#low = encoding === "utf-16le" ? 0 : 1;
  }

  decode(piece: Uint8Array, final: boolean): Decoded {
    const bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    const out = Buffer.allocUnsafe(bytes.length * 2 + 4);
    let length = 0;
    let i = 0;
    for (; i + 1 < bytes.length; i += 2) {
      const unit = this.#unit(bytes, i);
      if ((unit & 0xf800) !== 0xd800) {
        length = putCharacter(out, length, unit);
        continue;
      }
      if (i + 3 >= bytes.length && !final) break;
      const second = i + 3 < bytes.length ? this.#unit(bytes, i + 2) : 0;
      if (unit >= 0xdc00 || (second & 0xfc00) !== 0xdc00) return this.#fault(out, length, bytes, i);
      length = putCharacter(out, length, 0x10000 + ((unit & 0x3ff) << 10) + (second & 0x3ff));
      i += 2;
    }
    if (final && i < bytes.length) return this.#fault(out, length, bytes, i);
    this.#rest = Uint8Array.from(bytes.subarray(i));
    return { bytes: out.subarray(0, length) };
  }

  #unit(bytes: Uint8Array, at: number): number {
    return (bytes[at + this.#low] ?? 0) | ((bytes[at + 1 - this.#low] ?? 0) << 8);
  }

  #fault(out: Uint8Array, length: number, bytes: Uint8Array, at: number): Decoded {
    return { bytes: out.subarray(0, length), fault: invalid(bytes.subarray(at, at + 2), "UTF-16") };
  }
}

function invalid(bytes: ArrayLike<number>, encoding: string) {
  const hex = Buffer.from(Uint8Array.from(bytes)).toString("hex");
  return { code: "BYTES_INVALID", found: `bytes ${hex} in ${encoding}` } as const;
}

/** Writes one character as UTF-8 and returns the index after it. */
function putCharacter(out: Uint8Array, at: number, code: number): number {
  if (code < 0x80) {
    out[at] = code;
    return at + 1;
  }
  if (code < 0x800) {
    out[at] = 0xc0 | (code >> 6);
    out[at + 1] = 0x80 | (code & 0x3f);
    return at + 2;
  }
  if (code < 0x10000) {
    out[at] = 0xe0 | (code >> 12);
    out[at + 1] = 0x80 | ((code >> 6) & 0x3f);
    out[at + 2] = 0x80 | (code & 0x3f);
    return at + 3;
  }
  out[at] = 0xf0 | (code >> 18);
  out[at + 1] = 0x80 | ((code >> 12) & 0x3f);
  out[at + 2] = 0x80 | ((code >> 6) & 0x3f);
  out[at + 3] = 0x80 | (code & 0x3f);
  return at + 4;
}
