/** Text encoded as UTF-8 while it is put together: nothing is made in between, which is most of a writer's work. */

const FIRST_CAPACITY = 65_536;
/** UTF-8 takes at most three bytes for one unit of a JavaScript string. */
const BYTES_PER_UNIT = 3;

export class ByteChunk {
  #bytes = Buffer.allocUnsafe(FIRST_CAPACITY);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Adds any text. Letters of ASCII, which is nearly all of a payment file, are copied one by one. */
  text(text: string): void {
    const { length } = text;
    if (this.#length + length * BYTES_PER_UNIT > this.#bytes.length) this.#grow(length * BYTES_PER_UNIT);
    const bytes = this.#bytes;
    const start = this.#length;
    for (let index = 0; index < length; index += 1) {
      const code = text.charCodeAt(index);
      if (code > 127) {
        this.#length = start + bytes.write(text, start);
        return;
      }
      bytes[start + index] = code;
    }
    this.#length = start + length;
  }

  /** Adds bytes that are UTF-8 already. */
  bytes(piece: Uint8Array): void {
    if (this.#length + piece.length > this.#bytes.length) this.#grow(piece.length);
    this.#bytes.set(piece, this.#length);
    this.#length += piece.length;
  }

  /** Hands over what has been put together and begins anew; the bytes are the caller's to keep. */
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
