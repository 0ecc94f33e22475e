/** Short ASCII values that come again and again (currencies, dates, codes, the own account) made into a string once. */

const SLOTS = 512;
const LONGEST = 40;

export class ValueCache {
  /** Per slot the hash of the value kept, and of the last one that was not: only what comes twice in a row is kept. */
  readonly #hashes = new Int32Array(SLOTS);
  readonly #candidates = new Int32Array(SLOTS);
  readonly #texts: string[] = new Array<string>(SLOTS).fill("");

  /** The ASCII text of `buffer[start, end)`, whose hash is `hash`. */
  text(buffer: Buffer, start: number, end: number, hash: number): string {
    const length = end - start;
    if (length > LONGEST) return buffer.toString("latin1", start, end);
    const slot = (hash ^ (hash >>> 9)) & (SLOTS - 1);
    const known = this.#texts[slot] ?? "";
    if (this.#hashes[slot] === hash && known.length === length && sameText(known, buffer, start)) return known;
    const text = buffer.toString("latin1", start, end);
    if (this.#candidates[slot] === hash) {
      this.#hashes[slot] = hash;
      this.#texts[slot] = text;
    } else this.#candidates[slot] = hash;
    return text;
  }
}

function sameText(text: string, buffer: Buffer, start: number): boolean {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) !== buffer[start + i]) return false;
  }
  return true;
}
