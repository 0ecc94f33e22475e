/** The findings of one file, up to a number: a file that is wrong in every line must not fill the memory. */
import type { Finding } from "../../domain/finding.ts";
import { CONTENT_FINDINGS } from "./record-map.ts";

export class FindingList {
  readonly #max: number;
  readonly #kept: Finding[] = [];
  #more = 0;

  constructor(max: number) {
    this.#max = max;
  }

  add(finding: Finding): void {
    if (this.#kept.length < this.#max) this.#kept.push(finding);
    else this.#more++;
  }

  list(): readonly Finding[] {
    if (this.#more === 0) return this.#kept;
    const cut = {
      code: "FINDINGS_CUT",
      where: "the file",
      found: `${this.#more} more`,
      expected: CONTENT_FINDINGS.FINDINGS_CUT,
    };
    return [...this.#kept, cut];
  }
}
