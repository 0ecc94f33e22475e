/** What should have been on a statement by now and is not. */
import { daysBetween, isIsoDate } from "../domain/calendar.ts";
import type { ReconInput, ReconTransfer } from "./recon-input.ts";
import type { ReconRun } from "./recon-run.ts";
import { sortedById } from "./transfer-index.ts";

/** One exception for each payment with transfers that were due and are not booked, one for each pay-in not seen. */
export function raiseOverdue(run: ReconRun, input: ReconInput): void {
  const late = new Map<string, ReconTransfer[]>();
  for (const transfer of sortedById(input.transfers)) {
    const waits = transfer.state === "SENT" || transfer.state === "ACCEPTED";
    if (!waits || run.isBooked(transfer) || !isOverdue(run, transfer.executionDate)) continue;
    const key = [transfer.executionDate, transfer.messageId, transfer.paymentInformationId, transfer.currency].join(
      "\n",
    );
    const group = late.get(key);
    if (group === undefined) late.set(key, [transfer]);
    else group.push(transfer);
  }
  for (const key of [...late.keys()].sort()) {
    const transfers = late.get(key) ?? [];
    const amountMinor = transfers.reduce((total, transfer) => total + transfer.amountMinor, 0n);
    run.raise("NOT_BOOKED", [], { transfers, amountMinor });
  }
  for (const payIn of sortedById(input.payIns)) {
    if (run.isSeen(payIn) || !isOverdue(run, payIn.expectedDate)) continue;
    run.raise("PAYIN_MISSING", [], { payIns: [payIn], amountMinor: payIn.amountMinor });
  }
}

function isOverdue(run: ReconRun, date: string): boolean {
  const { asOf, overdueDays } = run.settings;
  return isIsoDate(date) && isIsoDate(asOf) && daysBetween(date, asOf) > overdueDays;
}
