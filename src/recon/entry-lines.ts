/** The details of a bank line, each with the transfer it names, and whether together they make up the line. */
import { plainIban, type ReconDetail, type ReconEntry, referenceText } from "./recon-entry.ts";
import type { ReconTransfer } from "./recon-input.ts";
import type { MatchRule, ReconExceptionCode } from "./recon-result.ts";
import type { ReconRun } from "./recon-run.ts";

export interface EntryLine {
  readonly detail: ReconDetail;
  readonly rule: MatchRule;
  /** The one transfer it names, when nothing about it contradicts. */
  readonly transfer?: ReconTransfer;
  /** Why there is no such transfer, when the line does name something. */
  readonly problem?: ReconExceptionCode;
  /** What it names although something is wrong. */
  readonly candidates: readonly ReconTransfer[];
}

export function linesOf(run: ReconRun, entry: ReconEntry): readonly EntryLine[] {
  return entry.details.map((detail) => lineOf(run, entry, detail));
}

function lineOf(run: ReconRun, entry: ReconEntry, detail: ReconDetail): EntryLine {
  const { by: rule, transfers } = run.index.named(detail, entry.account);
  if (transfers.length === 0) {
    const names = referenceText(detail.endToEndId) ?? referenceText(detail.instructionId);
    return { detail, rule, candidates: [], ...(names === undefined ? {} : { problem: "REFERENCE_UNKNOWN" }) };
  }
  const candidates = transfers.length === 1 ? transfers : narrowed(entry, detail, transfers);
  const [transfer] = candidates;
  if (transfer === undefined || candidates.length > 1) {
    return { detail, rule, candidates: transfers, problem: "REFERENCE_AMBIGUOUS" };
  }
  const problem = contradiction(entry, detail, transfer);
  return problem === undefined ? { detail, rule, transfer, candidates } : { detail, rule, candidates, problem };
}

/** Several transfers under one reference: amount and payee may leave one. They are conditions, never keys. */
function narrowed(
  entry: ReconEntry,
  detail: ReconDetail,
  transfers: readonly ReconTransfer[],
): readonly ReconTransfer[] {
  return transfers.filter(
    (transfer) =>
      contradiction(entry, detail, transfer) === undefined &&
      (detail.amountMinor === undefined || detail.amountMinor === transfer.amountMinor),
  );
}

function contradiction(
  entry: ReconEntry,
  detail: ReconDetail,
  transfer: ReconTransfer,
): ReconExceptionCode | undefined {
  if (entry.currency !== transfer.currency) return "CURRENCY_DIFFERS";
  // On the way back the parties may be swapped, and the bank's own account may stand there: only a debit is held to it.
  const payee = entry.direction === "DBIT" ? plainIban(detail.creditor?.iban) : undefined;
  return payee !== undefined && payee !== plainIban(transfer.iban) ? "IBAN_DIFFERS" : undefined;
}

/**
 * The amount of each line when together they make up the entry, else undefined (partial details). Lines without an
 * amount have their transfer's. `extraMinor` is what the entry has beyond its lines, where the bank states it as a charge.
 */
export function amountsOf(
  entry: ReconEntry,
  lines: readonly EntryLine[],
): { readonly minors: readonly bigint[]; readonly extraMinor: bigint } | undefined {
  const minors: bigint[] = [];
  for (const { detail, transfer } of lines) {
    const own = detail.currency === undefined || detail.currency === entry.currency ? detail.amountMinor : undefined;
    const minor = own ?? transfer?.amountMinor;
    if (minor === undefined || detail.direction !== entry.direction) return undefined;
    minors.push(minor);
  }
  const extraMinor = entry.amountMinor - sum(minors);
  const explained =
    extraMinor === 0n || statedCharges(entry).includes(entry.direction === "DBIT" ? extraMinor : -extraMinor);
  return explained ? { minors, extraMinor } : undefined;
}

/**
 * The sums of charges the bank may mean: all of them, or those of its details, or those of the entry alone, because some
 * banks state the same charge at both places. A difference that equals one of them is explained, no other is.
 */
export function statedCharges(entry: ReconEntry): readonly bigint[] {
  const all = chargeSum(entry, entry.charges);
  const ofDetails = entry.details.reduce((total, { charges }) => total + chargeSum(entry, charges), 0n);
  return [all, ofDetails, all - ofDetails].filter((minor) => minor > 0n);
}

export function chargeSum(entry: ReconEntry, charges: ReconEntry["charges"]): bigint {
  return sum(
    charges
      .filter(({ currency }) => currency === entry.currency)
      .map(({ amountMinor, direction }) => (direction === "DBIT" ? amountMinor : -amountMinor)),
  );
}

export function sum(minors: readonly bigint[]): bigint {
  return minors.reduce((total, minor) => total + minor, 0n);
}
