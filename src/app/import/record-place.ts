/** Where a record stands, and the way its faults get into the list of findings. */
import { type ImportFindingCode, type ImportFindings, shownText } from "./import-findings.ts";

export class RecordPlace {
  readonly #findings: ImportFindings;
  readonly #file: string;
  readonly line: number;
  #faults = 0;
  #said: Set<string> | undefined;

  constructor(findings: ImportFindings, file: string, line: number) {
    this.#findings = findings;
    this.#file = file;
    this.line = line;
  }

  /** `field` is a path inside the record, such as `items[2].amount`; empty for the record as a whole. */
  fault(code: ImportFindingCode, field: string, found: string, expected: string): void {
    this.#faults += 1;
    const place = `${this.#file}:${this.line}`;
    const where = field === "" ? place : `${place} ${shownText(field)}`;
    // What two checks find wrong in the same way at the same place is one fault.
    this.#said ??= new Set();
    if (this.#said.has(`${code} ${where}`)) return;
    this.#said.add(`${code} ${where}`);
    this.#findings.add(code, where, found, expected, this.line);
  }

  /** Marks the record as not importable without a finding of its own: what it refers to has one already. */
  spoil(): void {
    this.#faults += 1;
  }

  get isFaulty(): boolean {
    return this.#faults > 0;
  }
}
