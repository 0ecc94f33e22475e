/** Proposals for lines that nothing names: amount, date and payee account, for a person to judge; never applied. */
import { addDays, isIsoDate } from "../domain/calendar.ts";
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
  const isNear = nearness(run, entry);
  return run.index
    .ofAmount(entry)
    .filter((one) => isNear(one.executionDate) && bar(run, one, entry) === undefined)
    .filter((one) => payee === undefined || plainIban(one.iban) === payee);
}

function payInsLike(run: ReconRun, entry: ReconEntry) {
  const isNear = nearness(run, entry);
  return run.index.payInsOfAmount(entry).filter((one) => isNear(one.expectedDate) && !run.isPaidElsewhere(one, entry));
}

/** The other side's account, where the line's one detail gives it. */
function payeeOf(entry: ReconEntry): string | undefined {
  const [detail, ...more] = entry.details;
  if (detail === undefined || more.length > 0) return undefined;
  const other = entry.direction === "DBIT" ? detail.creditor : (detail.creditor ?? detail.debtor);
  const iban = plainIban(other?.iban);
  return iban === plainIban(entry.account) ? undefined : iban;
}

/** ISO dates sort as text, so that a window is worked out once for each line. */
function nearness(run: ReconRun, entry: ReconEntry): (date: string) => boolean {
  const booked = dateOf(entry);
  if (!isIsoDate(booked)) return () => false;
  const [from, to] = [addDays(booked, -run.settings.proposalDays), addDays(booked, run.settings.proposalDays)];
  return (date) => date >= from && date <= to;
}
