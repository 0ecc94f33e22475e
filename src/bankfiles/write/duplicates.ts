/** Finding equal ids among millions in little memory: hashes in flat tables, doubts settled by a second look. */

/** Slots of the first table; each further one has four times as many, up to a size (4 MB) that is never mostly empty. */
const FIRST_SLOTS = 1 << 15;
const GROWTH = 4;
const MOST_SLOTS = 1 << 20;
/** Two of three slots may be taken. */
const FULL = 2 / 3;

/**
 * Remembers ids by hash, without regard to case: banks compare EndToEndIds so. `addSeen` answering true means "probably
 * seen before"; among a million different ids that happens once in about a thousand files, so the caller looks again.
 */
export class SeenIds {
  /** What is full stays as it is beside a larger table: one table that grows would leave its former selves behind. */
  private readonly tables: Int32Array[] = [];
  private newest = new Int32Array(0);
  private free = 0;

  /**
   * Notes the id; true when an id with its hash has been noted before. Of the two hashes of 32 bits over the upper-case id
   * (FNV-1a, and a multiply-rotate) one says where to look and the other what is kept there, never zero: zero is a free slot.
   */
  addSeen(id: string): boolean {
    // Signed, as every result of these operations is: mixed with unsigned ones they would leave the 32-bit integers.
    let place = 0x811c9dc5 | 0;
    let mark = 0x9747b28c ^ id.length;
    for (let index = 0; index < id.length; index += 1) {
      let code = id.charCodeAt(index);
      if (code >= 97 && code <= 122) code -= 32;
      place = Math.imul(place ^ code, 0x01000193);
      mark = (Math.imul((mark << 13) | (mark >>> 19), 0x85ebca6b) + code) | 0;
    }
    place ^= place >>> 16;
    mark = mark ^ (mark >>> 15) || 1;
    for (const table of this.tables) if (table[slotOf(table, place, mark)] === mark) return true;
    if (this.free === 0) this.extend();
    this.newest[slotOf(this.newest, place, mark)] = mark;
    this.free -= 1;
    return false;
  }

  private extend(): void {
    this.newest = new Int32Array(Math.min(this.newest.length * GROWTH, MOST_SLOTS) || FIRST_SLOTS);
    this.tables.push(this.newest);
    this.free = Math.floor(this.newest.length * FULL);
  }
}

/** Where the mark stands, or the free slot where it would. */
function slotOf(table: Int32Array, place: number, mark: number): number {
  const last = table.length - 1;
  let slot = place & last;
  for (;;) {
    const held = table[slot];
    if (held === 0 || held === mark) return slot;
    slot = (slot + 1) & last;
  }
}
