/** The bytes between the decoder and the scanner: what the scanner could not finish is kept until more comes. */
import type { RefusalCode } from "./read-limits.ts";
import type { XmlScanner } from "./xml-scanner.ts";

/** Pieces that are larger are scanned in slices, so that what is left over never is much larger than a token. */
const SLICE = 64 * 1024;

export class ScanBuffer {
  readonly #scanner: XmlScanner;
  #buffer: Buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;

  constructor(scanner: XmlScanner) {
    this.#scanner = scanner;
  }

  scan(bytes: Uint8Array, final: boolean): void {
    if (final && this.#start === this.#end) {
      const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      this.#scanner.scan(whole, 0, whole.length, true);
      return;
    }
    for (let at = 0; at < bytes.length; at += SLICE) {
      this.#append(bytes.subarray(at, at + SLICE));
      this.#start = this.#scanner.scan(this.#buffer, this.#start, this.#end, false);
    }
    if (final) this.#start = this.#scanner.scan(this.#buffer, this.#start, this.#end, true);
  }

  refuseAtEnd(code: RefusalCode, found: string): never {
    return this.#scanner.refuseAtEnd(code, found);
  }

  #append(slice: Uint8Array): void {
    const kept = this.#end - this.#start;
    if (this.#end + slice.length > this.#buffer.length) {
      const room = kept + slice.length > this.#buffer.length ? Math.max(4 * SLICE, 2 * (kept + slice.length)) : 0;
      const target = room > 0 ? Buffer.allocUnsafeSlow(room) : this.#buffer;
      this.#buffer.copy(target, 0, this.#start, this.#end);
      this.#scanner.moved(this.#start);
      this.#buffer = target;
      this.#start = 0;
      this.#end = kept;
    }
    this.#buffer.set(slice, this.#end);
    this.#end += slice.length;
  }
}
