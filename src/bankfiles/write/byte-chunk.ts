/** Lines of text gathered as UTF-8. Each is encoded where it will stay: joining them as text first would copy all twice. */

const FIRST_CAPACITY = 65_536;
/** UTF-8 takes at most three bytes for one unit of a JavaScript string. */
const BYTES_PER_UNIT = 3;

export class ByteChunk {
  #bytes = Buffer.allocUnsafe(FIRST_CAPACITY);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(text: string): void {
    const most = text.length * BYTES_PER_UNIT;
    if (this.#length + most > this.#bytes.length) this.#grow(most);
    this.#length += this.#bytes.write(text, this.#length);
  }

  /** Hands over what has been gathered and begins anew; the bytes are the caller's to keep. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#bytes = Buffer.allocUnsafe(FIRST_CAPACITY);
    this.#length = 0;
    return taken;
  }

  #grow(more: number): void {
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + more));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
