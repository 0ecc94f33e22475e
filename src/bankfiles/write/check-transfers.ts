/** The check of all transfers before they are written: every finding, the count and the sum, in one pass. */
import type { Finding } from "../../domain/finding.ts";
import type { BankProfile } from "../profile/profile.ts";
import { SeenIds } from "./duplicates.ts";
import { ExactSum } from "./exact-sum.ts";
import type { Pain001Transfer } from "./transfer.ts";
import { type Report, type TransferRules, transferRules } from "./transfer-rules.ts";

/** A finding at one transfer: `where` says the same as `index`, `endToEndId` and `field` in one text. */
export interface TransferFinding extends Finding {
  /** Place in the list, from 0. */
  readonly index: number;
  readonly endToEndId: string;
  /** For example `creditor.iban`. */
  readonly field: string;
}

export interface Inspection {
  readonly findings: readonly TransferFinding[];
  readonly count: number;
  readonly sumMinor: bigint;
}

/** All findings; at most `maxFindings` (default 10,000) are kept, so that a file of nothing but faults stays readable. */
export function checkTransfers(
  transfers: Iterable<Pain001Transfer>,
  profile: BankProfile,
  options: { readonly maxFindings?: number } = {},
): readonly TransferFinding[] {
  return inspectTransfers(transfers, profile, options).findings;
}

/** The findings, and the count and sum of the same pass, ready for the head of a payment. */
export function inspectTransfers(
  transfers: Iterable<Pain001Transfer>,
  profile: BankProfile,
  options: { readonly maxFindings?: number } = {},
): Inspection {
  const pass = new InspectionPass(profile, options.maxFindings ?? 10_000);
  pass.takeAll(transfers);
  return pass.conclude(transfers);
}

/** What one pass over the transfers gathers. */
class InspectionPass {
  readonly #rules: TransferRules;
  readonly #limit: number;
  readonly #findings: TransferFinding[] = [];
  readonly #seen = new SeenIds();
  readonly #doubts: number[] = [];
  readonly #sum = new ExactSum();
  #count = 0;
  #endToEndId = "";

  constructor(profile: BankProfile, limit: number) {
    this.#rules = transferRules(profile);
    this.#limit = limit;
  }

  /** A method of its own: what is compiled while a loop runs is thrown away when code after it runs that never ran before. */
  takeAll(transfers: Iterable<Pain001Transfer>): void {
    for (const transfer of transfers) this.#take(transfer);
  }

  #take(transfer: Pain001Transfer): void {
    this.#endToEndId = transfer.endToEndId;
    this.#rules.check(transfer, this.#report);
    if (this.#seen.addSeen(transfer.endToEndId)) this.#doubts.push(this.#count);
    this.#sum.add(transfer.amountMinor);
    this.#count += 1;
  }

  readonly #report: Report = (code, field, found, expected) => {
    if (this.#findings.length >= this.#limit) return;
    this.#findings.push(transferFinding(code, this.#count, this.#endToEndId, field, found, expected));
  };

  /** Looks at the transfers again where an id seemed to be used twice. */
  conclude(transfers: Iterable<Pain001Transfer>): Inspection {
    const repeated = this.#doubts.length === 0 ? [] : duplicateFindings(transfers, this.#doubts);
    const findings = [...this.#findings, ...repeated.slice(0, this.#limit - this.#findings.length)];
    findings.sort((a, b) => a.index - b.index);
    return { findings, count: this.#count, sumMinor: this.#sum.total };
  }
}

function transferFinding(
  code: string,
  index: number,
  endToEndId: string,
  field: string,
  found: string,
  expected: string,
): TransferFinding {
  const id = /^[\x20-\x7e]{1,40}$/.test(endToEndId) ? endToEndId : JSON.stringify(endToEndId.slice(0, 40));
  return { code, where: `transfers[${index}] ${id}: ${field}`, found, expected, index, endToEndId, field };
}

/** The second look: which of the doubtful transfers really repeat an id, and whose. */
function duplicateFindings(transfers: Iterable<Pain001Transfer>, doubts: readonly number[]): TransferFinding[] {
  const doubtful = new Set(doubts);
  const repeated = new Set<string>();
  let index = 0;
  for (const { endToEndId } of transfers) {
    if (doubtful.has(index)) repeated.add(endToEndId.toUpperCase());
    index += 1;
  }
  const first = new Map<string, number>();
  const findings: TransferFinding[] = [];
  index = 0;
  for (const { endToEndId } of transfers) {
    const id = endToEndId.toUpperCase();
    const earlier = repeated.has(id) ? first.get(id) : undefined;
    if (earlier !== undefined) {
      const expected = `an id of its own: transfers[${earlier}] has it (capital and small letters count as equal)`;
      findings.push(transferFinding("ID_DUPLICATE", index, endToEndId, "endToEndId", endToEndId, expected));
    } else if (repeated.has(id)) {
      first.set(id, index);
    }
    index += 1;
  }
  return findings;
}
