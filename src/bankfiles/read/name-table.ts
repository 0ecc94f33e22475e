/** Names of elements and attributes as small integers, found by their bytes without making a string. */
import { COLON } from "./byte-class.ts";

const NAME_START =
  "A-Z_a-z\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}\\u{200C}-\\u{200D}" +
  "\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}";
const PART = `[${NAME_START}][${NAME_START}\\-.0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}-\\u{2040}]*`;
/** Namespaces in XML 1.0, QName: a local name, or a prefix and a local name. */
const QUALIFIED_NAME = new RegExp(`^(?:${PART}:)?${PART}$`, "u");

const NONE = -1;

export class NameTable {
  readonly texts: string[] = [];
  /** Per name: the id of its local part, and of its prefix (-1 without one). */
  readonly locals: number[] = [];
  readonly prefixes: number[] = [];
  /** The bytes of all names, one after the other, and where each begins; the last end is the next beginning. */
  #pool: Uint8Array = new Uint8Array(8192);
  #starts: Int32Array = new Int32Array(512);
  #slots: Int32Array;

  constructor(slots = 2048) {
    this.#slots = new Int32Array(slots).fill(NONE);
  }

  /** A table that starts with everything this one knows. */
  copy(): NameTable {
    const copy = new NameTable(0);
    copy.texts.push(...this.texts);
    copy.locals.push(...this.locals);
    copy.prefixes.push(...this.prefixes);
    copy.#pool = this.#pool.slice();
    copy.#starts = this.#starts.slice();
    copy.#slots = this.#slots.slice();
    return copy;
  }

  get size(): number {
    return this.texts.length;
  }

  /** The id of the name in `buffer[start, end)` whose hash is `hash`, or -1 when it is not a qualified name. */
  find(buffer: Uint8Array, start: number, end: number, hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = spread(hash) & mask; ; slot = (slot + 1) & mask) {
      const id = this.#slots[slot] ?? NONE;
      if (id === NONE) return this.#add(buffer, start, end, slot);
      if (this.lengthOf(id) === end - start && this.standsAt(id, buffer, start)) return id;
    }
  }

  /** How many bytes the name has. */
  lengthOf(id: number): number {
    return (this.#starts[id + 1] ?? 0) - (this.#starts[id] ?? 0);
  }

  /** Whether the name's bytes stand at `at`; more bytes of a longer name may follow. */
  standsAt(id: number, buffer: Uint8Array, at: number): boolean {
    const pool = this.#pool;
    const start = this.#starts[id] ?? 0;
    const length = (this.#starts[id + 1] ?? 0) - start;
    for (let i = 0; i < length; i++) {
      if (pool[start + i] !== buffer[at + i]) return false;
    }
    return true;
  }

  /** The id of a name given as text. */
  idOf(text: string): number {
    const bytes = Buffer.from(text);
    return this.find(bytes, 0, bytes.length, nameHash(bytes, 0, bytes.length));
  }

  #add(buffer: Uint8Array, start: number, end: number, slot: number): number {
    const bytes = Buffer.from(buffer.subarray(start, end));
    const text = bytes.toString("utf8");
    if (!QUALIFIED_NAME.test(text)) return NONE;
    const id = this.texts.length;
    this.texts.push(text);
    this.locals.push(id);
    this.prefixes.push(NONE);
    this.#keepBytes(id, bytes);
    this.#slots[slot] = id;
    if (this.texts.length * 2 > this.#slots.length) this.#grow();
    const colon = bytes.indexOf(COLON);
    if (colon >= 0) {
      this.prefixes[id] = this.idOf(text.slice(0, colon));
      this.locals[id] = this.idOf(text.slice(colon + 1));
    }
    return id;
  }

  #keepBytes(id: number, bytes: Uint8Array): void {
    const start = this.#starts[id] ?? 0;
    const end = start + bytes.length;
    if (end > this.#pool.length) {
      const pool = new Uint8Array(2 * end);
      pool.set(this.#pool);
      this.#pool = pool;
    }
    if (id + 1 >= this.#starts.length) {
      const starts = new Int32Array(2 * this.#starts.length);
      starts.set(this.#starts);
      this.#starts = starts;
    }
    this.#pool.set(bytes, start);
    this.#starts[id + 1] = end;
  }

  #grow(): void {
    const slots = new Int32Array(this.#slots.length * 2).fill(NONE);
    const mask = slots.length - 1;
    for (let id = 0; id < this.texts.length; id++) {
      let slot = spread(nameHash(this.#pool, this.#starts[id] ?? 0, this.#starts[id + 1] ?? 0)) & mask;
      while (slots[slot] !== NONE) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    this.#slots = slots;
  }
}

function nameHash(buffer: Uint8Array, start: number, end: number): number {
  let hash = 0;
  for (let i = start; i < end; i++) hash = nextHash(hash, buffer[i] ?? 0);
  return hash;
}

export function nextHash(hash: number, byte: number): number {
  return (Math.imul(hash, 31) + byte) | 0;
}

function spread(hash: number): number {
  return hash ^ (hash >>> 15);
}
