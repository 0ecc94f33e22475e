/** Proposals for lines that nothing names: amount, date and payee account, for a person to judge; never applied. */
import { daysBetween, isIsoDate } from "../domain/calendar.ts";
import { dateOf, plainIban, type ReconEntry } from "./recon-entry.ts";
import type { ReconTransfer } from "./recon-input.ts";
import type { ReconRun } from "./recon-run.ts";
import { creditBar, debitBar } from "./transfer-stance.ts";

/**
 * Raises the line as unmatched, with every transfer and pay-in of its amount near its date. Two of the same amount are
 * both named, and the line is ambiguous: none is guessed.
 */
export function proposeFor(run: ReconRun, entry: ReconEntry, code: "ENTRY_UNMATCHED" | "REFERENCE_UNKNOWN"): void {
  const isReturn = entry.direction === "CRDT" && (entry.kind === "return" || entry.reversal);
  const transfers = entry.direction === "DBIT" || isReturn ? transfersLike(run, entry) : [];
  const payIns = entry.direction === "CRDT" && !isReturn ? payInsLike(run, entry) : [];
  const candidates = transfers.length + payIns.length;
  run.raise(candidates > 1 && code === "ENTRY_UNMATCHED" ? "ENTRY_AMBIGUOUS" : code, [entry]);
  const payee = payeeOf(entry);
  run.propose(
    entry,
    payee !== undefined && transfers.length > 0 ? "AMOUNT_DATE_IBAN" : "AMOUNT_DATE",
    transfers,
    payIns,
  );
}

function transfersLike(run: ReconRun, entry: ReconEntry): readonly ReconTransfer[] {
  const payee = payeeOf(entry);
  const bar = entry.direction === "DBIT" ? debitBar : creditBar;
  return run.index
    .ofAmount(entry)
    .filter((one) => bar(run, one, entry) === undefined)
    .filter((one) => payee === undefined || plainIban(one.iban) === payee)
    .filter((one) => isNear(run, entry, one.executionDate));
}

function payInsLike(run: ReconRun, entry: ReconEntry) {
  return run.index
    .payInsOfAmount(entry)
    .filter((one) => !run.isPaidElsewhere(one, entry) && isNear(run, entry, one.expectedDate));
}

/** The other side's account, where the line's one detail gives it. */
function payeeOf(entry: ReconEntry): string | undefined {
  const [detail, ...more] = entry.details;
  if (detail === undefined || more.length > 0) return undefined;
  const other = entry.direction === "DBIT" ? detail.creditor : (detail.creditor ?? detail.debtor);
  const iban = plainIban(other?.iban);
  return iban === plainIban(entry.account) ? undefined : iban;
}

function isNear(run: ReconRun, entry: ReconEntry, date: string): boolean {
  const booked = dateOf(entry);
  if (!isIsoDate(booked) || !isIsoDate(date)) return false;
  return Math.abs(daysBetween(date, booked)) <= run.settings.proposalDays;
}
