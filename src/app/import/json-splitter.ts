/** Cuts a JSON document into its records while its bytes come in: a list of records, an object of lists, or one record. */
import { MOST_RECORD_BYTES } from "./raw-record.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NEW_LINE = 0x0a;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

export interface JsonPiece {
  readonly line: number;
  /** Name of the list the record stands in, where the document is an object of lists. */
  readonly section?: string;
  readonly bytes: Buffer;
}

/** What the splitter waits for, outside of records. */
type Awaits = "START" | "KEY" | "COLON" | "LIST" | "RECORD" | "AFTER_RECORD" | "AFTER_LIST" | "END";

const EXPECTED: Readonly<Record<Awaits, string>> = {
  START: "a list of records, or an object of such lists",
  KEY: "the name of a list, such as orders",
  COLON: "a colon",
  LIST: "a list of records",
  RECORD: "a record: an object",
  AFTER_RECORD: "a comma or the end of the list",
  AFTER_LIST: "a comma or the end of the object",
  END: "nothing more after the document",
};

export interface JsonProblem {
  readonly line: number;
  readonly expected: string;
  readonly tooLong?: true;
}

export class JsonSplitter {
  #awaits: Awaits = "START";
  #line = 1;
  #sectioned = false;
  #section: string | undefined;
  /** Depth of objects and lists inside the record or key being taken; 0 outside of both. */
  #depth = 0;
  #inText = false;
  #escaped = false;
  #taking: "RECORD" | "KEY" | undefined;
  #mayEnd = true;
  #takenLine = 1;
  #pieces: Buffer[] = [];
  #takenBytes = 0;
  /** Set once: the document cannot be read past it. */
  problem: JsonProblem | undefined;

  /** The records that end in this block. */
  push(block: Buffer): JsonPiece[] {
    const out: JsonPiece[] = [];
    let from = 0;
    for (let at = 0; at < block.length && this.problem === undefined; at += 1) {
      const byte = block[at] ?? 0;
      if (byte === NEW_LINE) this.#line += 1;
      if (this.#taking === undefined) {
        this.#between(byte);
        from = at;
      } else if (this.#endsTaken(byte)) {
        this.#finish(block.subarray(from, at + 1), out);
      }
    }
    if (this.#taking !== undefined) this.#keep(block.subarray(from));
    return out;
  }

  /** Says what is missing when the file ends here. */
  end(): void {
    if (this.problem !== undefined || this.#awaits === "END") return;
    this.problem = {
      line: this.#line,
      expected: this.#taking === undefined ? EXPECTED[this.#awaits] : "the end of the record",
    };
  }

  #between(byte: number): void {
    if (byte === 0x20 || byte === NEW_LINE || byte === 0x0d || byte === 0x09) return;
    const next = this.#nextAfter(byte);
    if (next === undefined) this.problem = { line: this.#line, expected: EXPECTED[this.#awaits] };
    else this.#awaits = next;
  }

  #nextAfter(byte: number): Awaits | undefined {
    switch (this.#awaits) {
      case "START":
        this.#sectioned = byte === OPEN_OBJECT;
        this.#mayEnd = true;
        return byte === OPEN_LIST ? "RECORD" : byte === OPEN_OBJECT ? "KEY" : undefined;
      case "KEY":
        if (byte === CLOSE_OBJECT && this.#mayEnd) return "END";
        return byte === QUOTE ? this.#take("KEY") : undefined;
      case "COLON":
        return byte === COLON ? "LIST" : undefined;
      case "LIST":
        this.#mayEnd = true;
        return byte === OPEN_LIST ? "RECORD" : undefined;
      case "RECORD":
        if (byte === CLOSE_LIST && this.#mayEnd) return this.#afterList();
        return byte === OPEN_OBJECT ? this.#take("RECORD") : undefined;
      case "AFTER_RECORD":
        this.#mayEnd = false;
        return byte === COMMA ? "RECORD" : byte === CLOSE_LIST ? this.#afterList() : undefined;
      case "AFTER_LIST":
        this.#mayEnd = false;
        return byte === COMMA ? "KEY" : byte === CLOSE_OBJECT ? "END" : undefined;
      case "END":
        return undefined;
    }
  }

  #afterList(): Awaits {
    return this.#sectioned ? "AFTER_LIST" : "END";
  }

  #take(what: "RECORD" | "KEY"): Awaits {
    this.#taking = what;
    this.#takenLine = this.#line;
    this.#inText = what === "KEY";
    this.#depth = what === "KEY" ? 0 : 1;
    return this.#awaits;
  }

  /** Follows texts and depth; true at the last byte of what is being taken. */
  #endsTaken(byte: number): boolean {
    if (this.#inText) {
      if (this.#escaped) this.#escaped = false;
      else if (byte === BACKSLASH) this.#escaped = true;
      else if (byte === QUOTE) {
        this.#inText = false;
        return this.#depth === 0;
      }
      return false;
    }
    if (byte === QUOTE) this.#inText = true;
    else if (byte === OPEN_OBJECT || byte === OPEN_LIST) this.#depth += 1;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
      this.#depth -= 1;
      return this.#depth === 0;
    }
    return false;
  }

  #keep(piece: Buffer): void {
    this.#takenBytes += piece.length;
    if (this.#takenBytes > MOST_RECORD_BYTES) {
      this.problem = {
        line: this.#takenLine,
        expected: `a record of at most ${MOST_RECORD_BYTES} bytes`,
        tooLong: true,
      };
      this.#pieces = [];
    } else this.#pieces.push(piece);
  }

  #finish(piece: Buffer, out: JsonPiece[]): void {
    this.#keep(piece);
    if (this.problem !== undefined) return;
    const bytes = this.#pieces.length === 1 ? piece : Buffer.concat(this.#pieces);
    if (this.#taking === "RECORD") {
      out.push({ line: this.#takenLine, bytes, ...(this.#section === undefined ? {} : { section: this.#section }) });
      this.#awaits = "AFTER_RECORD";
    } else {
      this.#section = bytes.toString("utf8").slice(1, -1);
      this.#awaits = "COLON";
    }
    this.#taking = undefined;
    this.#pieces = [];
    this.#takenBytes = 0;
  }
}
