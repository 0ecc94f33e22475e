/** Finding equal ids among millions in little memory: 64-bit hashes in a flat table, doubts settled by a second look. */

const INITIAL_SLOTS = 1 << 12;
/** Growing by much is rare: every growth puts all hashes in again. */
const GROWTH = 4;

/**
 * Remembers ids by hash, without regard to case: banks compare EndToEndIds so. `addSeen` answering true means "probably
 * seen before"; two different ids share a hash once in about 10^7 files of a million, so the caller looks again.
 */
export class SeenIds {
  /** The two halves of a hash side by side, so that one look at memory finds both. */
  private halves = new Int32Array(INITIAL_SLOTS * 2);
  private used = 0;

  /**
   * Notes the id; true when an id with its hash has been noted before. The hash is two of 32 bits over the upper-case id
   * (FNV-1a, and a multiply-rotate), never both zero: zero marks a free slot.
   */
  addSeen(id: string): boolean {
    // Signed, as every result of these operations is: mixed with unsigned ones they would leave the 32-bit integers.
    let low = 0x811c9dc5 | 0;
    let high = 0x9747b28c ^ id.length;
    for (let index = 0; index < id.length; index += 1) {
      let code = id.charCodeAt(index);
      if (code >= 97 && code <= 122) code -= 32;
      low = Math.imul(low ^ code, 0x01000193);
      high = (Math.imul((high << 13) | (high >>> 19), 0x85ebca6b) + code) | 0;
    }
    if (this.insert(high ^ (high >>> 15), low ^ (low >>> 16) || 1)) return true;
    this.used += 1;
    if (this.used * 4 > this.halves.length) this.grow();
    return false;
  }

  private insert(high: number, low: number): boolean {
    const { halves } = this;
    const mask = halves.length - 1;
    let slot = (low << 1) & mask;
    for (;;) {
      const heldLow = halves[slot];
      const heldHigh = halves[slot + 1];
      if (heldLow === 0 && heldHigh === 0) break;
      if (heldLow === low && heldHigh === high) return true;
      slot = (slot + 2) & mask;
    }
    halves[slot] = low;
    halves[slot + 1] = high;
    return false;
  }

  private grow(): void {
    const { halves } = this;
    this.halves = new Int32Array(halves.length * GROWTH);
    for (let slot = 0; slot < halves.length; slot += 2) {
      const low = halves[slot] ?? 0;
      const high = halves[slot + 1] ?? 0;
      if (low !== 0 || high !== 0) this.insert(high, low);
    }
  }
}
