/** Walks a compiled record map while the scanner reads tags: values go into records, records into what holds them. */
import type { Finding } from "../../domain/finding.ts";
import type { BankFileHandlers } from "./handlers.ts";
import {
  CONTENT_FINDINGS,
  type CompiledMap,
  type ContentFindingCode,
  type FieldContext,
  type PathNode,
} from "./record-map.ts";
import { shownText } from "./shown-text.ts";
import type { XmlScanner, XmlSink } from "./xml-scanner.ts";

/** Reports a finding; the reader has already made its place and cut its text. */
export type ReportFinding = (finding: Finding) => void;

/** Where what the reader makes goes. */
export interface Outlet {
  readonly handlers: BankFileHandlers;
  readonly finding: ReportFinding;
}

interface OpenRecord {
  readonly draft: unknown;
  /** Unique in the file: tells this record's values from those of the one before. */
  readonly serial: number;
  /** How many findings there were when it began. */
  readonly findings: number;
}

/** Findings kept to be given to the parts they are in; those beyond are in the file's list only. */
const MAX_RECENT = 1000;

export class RecordReader implements XmlSink, FieldContext {
  readonly handlers: BankFileHandlers;
  readonly #report: ReportFinding;
  readonly #namespace: string;
  readonly #messageDepth: number;
  readonly #done: (message: unknown) => void;
  readonly #currencyName: number;
  readonly #nodes: (PathNode | undefined)[] = [];
  readonly #records: OpenRecord[] = [];
  /** Per row the serial of the record that last got it; per node the record it last stood in, and how often. */
  readonly #rowOwner: Int32Array;
  readonly #nodeOwner: Int32Array;
  readonly #nodeIndex: Int32Array;
  readonly #indexAt: number[] = [];
  readonly #hadChild: boolean[] = [];
  readonly #recent: Finding[] = [];
  #endedFindings = 0;
  readonly #scanner: XmlScanner;
  #depth = 0;
  #serial = 0;
  #record: OpenRecord;
  #currency: string | undefined;

  /** `depth` is that of the message element, whose record is already open; `done` gets that record when it ends. */
  constructor(
    map: CompiledMap,
    scanner: XmlScanner,
    place: { readonly depth: number; readonly namespace: string },
    outlet: Outlet,
    done: (message: unknown) => void,
  ) {
    const { depth, namespace } = place;
    this.#messageDepth = depth;
    this.#done = done;
    this.#scanner = scanner;
    this.#namespace = namespace;
    this.#report = outlet.finding;
    this.handlers = outlet.handlers;
    this.#currencyName = scanner.names.idOf("Ccy");
    this.#rowOwner = new Int32Array(map.rowCount);
    this.#nodeOwner = new Int32Array(map.nodeCount);
    this.#nodeIndex = new Int32Array(map.nodeCount);
    this.#nodes[depth] = map.root;
    this.#depth = depth;
    this.#record = this.#begin(map.create());
  }

  open(name: number, namespace: string, depth: number): boolean {
    const above = this.#nodes[depth - 1];
    this.#hadChild[depth - 1] = true;
    this.#hadChild[depth] = false;
    const node = above === undefined || namespace !== this.#namespace ? undefined : above.children[name];
    this.#nodes[depth] = node;
    this.#depth = depth;
    if (node === undefined) {
      if (above !== undefined && !above.hasChildren)
        this.#reportAt(depth - 1, "ELEMENT_UNEXPECTED", this.#nameOf(depth));
      return false;
    }
    if (node.record !== undefined) {
      this.#count(node, depth);
      this.#record = this.#begin(node.record.map.create());
      return false;
    }
    return node.value !== undefined && this.#openValue();
  }

  skips(depth: number): boolean {
    return this.#nodes[depth] === undefined;
  }

  strayText(depth: number, text: string): void {
    this.#reportAt(depth, "TEXT_UNEXPECTED", shownText(text.trim()));
  }

  close(depth: number, text: string): void {
    const node = this.#nodes[depth];
    this.#depth = depth;
    if (node === undefined) return;
    if (node.value !== undefined) this.#closeValue(node, text, depth);
    else if (depth === this.#messageDepth) this.#done(this.#record.draft);
    else if (node.record !== undefined) {
      const ended = this.#records.pop();
      this.#record = this.#records.at(-1) ?? this.#record;
      this.#endedFindings = ended?.findings ?? 0;
      node.record.take(this.#record.draft, ended?.draft, this);
    }
  }

  currency(): string | undefined {
    return this.#currency;
  }

  report(code: ContentFindingCode, found: string): void {
    this.#reportAt(this.#depth, code, found);
  }

  findings(): readonly Finding[] {
    return this.#recent.splice(this.#endedFindings);
  }

  #openValue(): boolean {
    const attributes = this.#scanner.attributes;
    this.#currency = undefined;
    for (const { name, value } of attributes) {
      if (name === this.#currencyName) this.#currency = value;
    }
    return true;
  }

  #closeValue(node: PathNode, text: string, depth: number): void {
    const row = node.value;
    if (row === undefined) return;
    if (text === "" || (this.#hadChild[depth] === true && text.trim() === "")) return;
    if (!row.repeats) {
      if (this.#rowOwner[node.row] === this.#record.serial) {
        this.#reportAt(depth, "VALUE_REPEATED", shownText(text));
        return;
      }
      this.#rowOwner[node.row] = this.#record.serial;
    }
    row.set(this.#record.draft, text, this);
  }

  #begin(draft: unknown): OpenRecord {
    this.#serial++;
    const record = { draft, serial: this.#serial, findings: this.#recent.length };
    this.#records.push(record);
    return record;
  }

  /** Counts the records of one kind within the record around them, for the `[3]` of a finding's path. */
  #count(node: PathNode, depth: number): void {
    const owner = this.#record.serial;
    const index = this.#nodeOwner[node.id] === owner ? (this.#nodeIndex[node.id] ?? 0) + 1 : 1;
    this.#nodeOwner[node.id] = owner;
    this.#nodeIndex[node.id] = index;
    this.#indexAt[depth] = index;
  }

  #nameOf(depth: number): string {
    return `<${this.#scanner.path(depth)[depth - 1] ?? "?"}>`;
  }

  #reportAt(depth: number, code: ContentFindingCode, found: string): void {
    const names = this.#scanner.path(depth);
    const path = names.map((name, index) => {
      const isRecord = this.#nodes[index + 1]?.record !== undefined;
      return isRecord ? `${name}[${this.#indexAt[index + 1] ?? 1}]` : name;
    });
    const where = `line ${this.#scanner.line}: /${path.join("/")}`;
    const finding = { code, where, found, expected: CONTENT_FINDINGS[code] };
    if (this.#recent.length < MAX_RECENT) this.#recent.push(finding);
    this.#report(finding);
  }
}
