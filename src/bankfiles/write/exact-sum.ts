/** An exact sum of many amounts, mostly in plain numbers: each addition of bigints would make a new one. */

/** Numbers hold every integer up to 2^53; a sum below 2^52 and an amount below 2^52 stay under that. */
const SAFE = 2 ** 52;

export class ExactSum {
  #carried = 0n;
  #low = 0;

  add(minor: bigint): void {
    const amount = Number(minor);
    if (amount >= SAFE || amount <= -SAFE) {
      this.#carried += minor;
      return;
    }
    this.#low += amount;
    if (this.#low < SAFE && this.#low > -SAFE) return;
    this.#carried += BigInt(this.#low);
    this.#low = 0;
  }

  get total(): bigint {
    return this.#carried + BigInt(this.#low);
  }
}
