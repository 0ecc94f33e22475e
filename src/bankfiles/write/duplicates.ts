/** Finding equal ids among millions in little memory: 64-bit hashes in a flat table, doubts settled by a second look. */

const INITIAL_SLOTS = 1 << 12;

/**
 * Remembers ids by hash, without regard to case: banks compare EndToEndIds so. `addSeen` answering true means "probably
 * seen before"; two different ids share a hash once in about 10^7 files of a million, so the caller looks again.
 */
export class SeenIds {
  private high = new Uint32Array(INITIAL_SLOTS);
  private low = new Uint32Array(INITIAL_SLOTS);
  private used = 0;

  /**
   * Notes the id; true when an id with its hash has been noted before. The hash is two of 32 bits over the upper-case id
   * (FNV-1a, and a multiply-rotate), never both zero: zero marks a free slot.
   */
  addSeen(id: string): boolean {
    let low = 0x811c9dc5;
    let high = 0x9747b28c ^ id.length;
    for (let index = 0; index < id.length; index += 1) {
      let code = id.charCodeAt(index);
      if (code >= 97 && code <= 122) code -= 32;
      low = Math.imul(low ^ code, 0x01000193);
      high = Math.imul((high << 13) | (high >>> 19), 0x85ebca6b) + code;
    }
    if (this.insert((high ^ (high >>> 15)) >>> 0, (low ^ (low >>> 16)) >>> 0 || 1)) return true;
    this.used += 1;
    if (this.used * 2 > this.high.length) this.grow();
    return false;
  }

  private insert(high: number, low: number): boolean {
    const mask = this.high.length - 1;
    let slot = low & mask;
    for (;;) {
      const heldLow = this.low[slot];
      const heldHigh = this.high[slot];
      if (heldLow === 0 && heldHigh === 0) break;
      if (heldLow === low && heldHigh === high) return true;
      slot = (slot + 1) & mask;
    }
    this.low[slot] = low;
    this.high[slot] = high;
    return false;
  }

  private grow(): void {
    const { high, low } = this;
    this.high = new Uint32Array(high.length * 2);
    this.low = new Uint32Array(low.length * 2);
    for (let slot = 0; slot < high.length; slot += 1) {
      const heldHigh = high[slot] ?? 0;
      const heldLow = low[slot] ?? 0;
      if (heldHigh !== 0 || heldLow !== 0) this.insert(heldHigh, heldLow);
    }
  }
}
