/** What should have been on a statement by now and is not. */
import { daysBetween, isIsoDate } from "../domain/calendar.ts";
import { sortedById } from "./grouping.ts";
import type { ExpectedPayIn, ReconTransfer } from "./recon-input.ts";
import type { ReconRun } from "./recon-run.ts";

/**
 * One exception for each payment with transfers that were due and are not booked; a payment's transfers come together. A
 * debit that the bank took back is told by its reversal.
 */
export function raiseNotBooked(run: ReconRun, transfers: readonly ReconTransfer[]): void {
  const late = new Map<string, ReconTransfer[]>();
  for (const transfer of sortedById(transfers)) {
    const waits = (transfer.state === "SENT" || transfer.state === "ACCEPTED") && !run.isTakenBack(transfer);
    if (!waits || run.isBooked(transfer) || !isOverdue(run, transfer.executionDate)) continue;
    const key = [transfer.executionDate, transfer.messageId, transfer.paymentInformationId, transfer.currency].join(
      "\n",
    );
    const group = late.get(key);
    if (group === undefined) late.set(key, [transfer]);
    else group.push(transfer);
  }
  for (const key of [...late.keys()].sort()) {
    const group = late.get(key) ?? [];
    const amountMinor = group.reduce((total, transfer) => total + transfer.amountMinor, 0n);
    run.raise("NOT_BOOKED", [], { transfers: group, amountMinor });
  }
}

/** One exception for each pay-in that was due and that no line has. */
export function raiseMissing(run: ReconRun, payIns: readonly ExpectedPayIn[]): void {
  for (const payIn of sortedById(payIns)) {
    if (run.isSeen(payIn) || !isOverdue(run, payIn.expectedDate)) continue;
    run.raise("PAYIN_MISSING", [], { payIns: [payIn], amountMinor: payIn.amountMinor });
  }
}

function isOverdue(run: ReconRun, date: string): boolean {
  const { asOf, overdueDays } = run.settings;
  return isIsoDate(date) && isIsoDate(asOf) && daysBetween(date, asOf) > overdueDays;
}
