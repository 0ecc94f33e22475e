/** Turns the bytes of a file, whatever their encoding, into UTF-8 without a mark; says where they are not what they claim. */
import { isUtf8 } from "node:buffer";
import { asciiToUtf8, singleByteToUtf8, Utf16ToUtf8 } from "./transcode.ts";
import {
  byteFamily,
  chosenEncoding,
  DECLARATION_BYTES,
  declaredEncoding,
  type EncodingFault,
} from "./xml-declaration.ts";

/** Bytes that are good, and what is wrong with those after them. */
export interface Decoded {
  readonly bytes: Uint8Array;
  readonly fault?: EncodingFault;
}

type Step = (bytes: Uint8Array, final: boolean) => Decoded;

const EMPTY = new Uint8Array(0);

export class ByteDecoder {
  #first: Uint8Array = EMPTY;
  #step: Step | undefined;

  /** The next piece of the file. Nothing may follow a piece that was `final` or that had a fault. */
  decode(piece: Uint8Array, final: boolean): Decoded {
    if (this.#step !== undefined) return this.#step(piece, final);
    const first = this.#first.length === 0 ? piece : Buffer.concat([this.#first, piece]);
    if (!final && first.length < DECLARATION_BYTES) {
      this.#first = first === piece ? Uint8Array.from(piece) : first;
      return { bytes: EMPTY };
    }
    this.#first = EMPTY;
    const choice = chooseStep(first);
    if (!("step" in choice)) return { bytes: EMPTY, fault: choice };
    this.#step = choice.step;
    return choice.step(first.subarray(choice.mark), final);
  }
}

function chooseStep(first: Uint8Array): { readonly step: Step; readonly mark: number } | EncodingFault {
  const { family, mark } = byteFamily(first);
  const wide = family === "utf-16le" || family === "utf-16be";
  const head = Buffer.from(first.subarray(mark, mark + DECLARATION_BYTES));
  const text = wide ? new Utf16ToUtf8(family).decode(head, false).bytes : head;
  const declared = declaredEncoding(Buffer.from(text).toString("latin1"));
  if (typeof declared === "object") return declared;
  const encoding = chosenEncoding(family, declared);
  if (typeof encoding === "object") return encoding;
  return { step: stepOf(encoding), mark };
}

function stepOf(encoding: string): Step {
  if (encoding === "utf-8") {
    const gate = new Utf8Gate();
    return (bytes, final) => gate.decode(bytes, final);
  }
  if (encoding === "utf-16le" || encoding === "utf-16be") {
    const transcoder = new Utf16ToUtf8(encoding);
    return (bytes, final) => transcoder.decode(bytes, final);
  }
  return encoding === "ascii" ? asciiToUtf8 : singleByteToUtf8(encoding);
}

/** Lets valid UTF-8 through; a character that is cut in two at the end of a piece waits for the next one. */
class Utf8Gate {
  #rest: Uint8Array = EMPTY;

  decode(piece: Uint8Array, final: boolean): Decoded {
    const bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    const whole = final ? bytes.length : wholeCharacters(bytes);
    const good = bytes.subarray(0, whole);
    if (!isUtf8(good)) {
      const valid = validPrefix(good);
      const wrong = Buffer.from(good.subarray(valid, valid + 4)).toString("hex");
      return { bytes: good.subarray(0, valid), fault: { code: "BYTES_INVALID", found: `bytes ${wrong} in UTF-8` } };
    }
    this.#rest = whole === bytes.length ? EMPTY : Uint8Array.from(bytes.subarray(whole));
    return { bytes: good };
  }
}

/** The length of the bytes without a character that is begun but not ended within the last three. */
function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xc0) return charLength(byte) > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

function charLength(lead: number): number {
  if (lead >= 0xf0) return 4;
  return lead >= 0xe0 ? 3 : 2;
}

/** The longest prefix that is valid UTF-8, by halving. */
function validPrefix(bytes: Uint8Array): number {
  let good = 0;
  let size = bytes.length;
  while (size > 0) {
    const next = Math.min(good + size, bytes.length);
    const cut = next - tailOf(bytes, good, next);
    if (cut > good && isUtf8(bytes.subarray(good, cut))) good = cut;
    else size = size >> 1;
  }
  return good;
}

function tailOf(bytes: Uint8Array, from: number, to: number): number {
  const part = bytes.subarray(from, to);
  return part.length - wholeCharacters(part);
}
