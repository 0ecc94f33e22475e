/** Where a record stands, and the way its faults get into the list of findings. */
import { type ImportFindingCode, type ImportFindings, shownText } from "./import-findings.ts";

export class RecordPlace {
  readonly #findings: ImportFindings;
  readonly #file: string;
  readonly line: number;
  #faults = 0;

  constructor(findings: ImportFindings, file: string, line: number) {
    this.#findings = findings;
    this.#file = file;
    this.line = line;
  }

  /** `field` is a path inside the record, such as `items[2].amount`; empty for the record as a whole. */
  fault(code: ImportFindingCode, field: string, found: string, expected: string): void {
    this.#faults += 1;
    const place = `${this.#file}:${this.line}`;
    this.#findings.add(code, field === "" ? place : `${place} ${shownText(field)}`, found, expected);
  }

  /** Marks the record as not importable without a finding of its own: what it refers to has one already. */
  spoil(): void {
    this.#faults += 1;
  }

  get isFaulty(): boolean {
    return this.#faults > 0;
  }
}
