/** Which states of a transfer let the bank debit it, and which let it come back: one table. */
import type { TransferState } from "../domain/transfer.ts";
import type { ReconEntry } from "./recon-entry.ts";
import type { ReconTransfer } from "./recon-input.ts";
import type { ReconExceptionCode } from "./recon-result.ts";
import type { ReconRun } from "./recon-run.ts";

/** What a debit or a credit of a transfer in this state means; `ok` may be applied. */
const STANCE = {
  SCHEDULED: { debit: "BOOKED_BEFORE_SENT", credit: "CREDIT_FOR_REJECTED" },
  ON_HOLD: { debit: "BOOKED_BEFORE_SENT", credit: "CREDIT_FOR_REJECTED" },
  IN_FILE: { debit: "BOOKED_BEFORE_SENT", credit: "CREDIT_FOR_REJECTED" },
  SENT: { debit: "ok", credit: "RETURN_BEFORE_DEBIT" },
  ACCEPTED: { debit: "ok", credit: "RETURN_BEFORE_DEBIT" },
  EXECUTED: { debit: "ok", credit: "ok" },
  RETURNED: { debit: "ok", credit: "ok" },
  REJECTED: { debit: "BOOKED_AFTER_REJECTION", credit: "CREDIT_FOR_REJECTED" },
  CANCELLED: { debit: "BOOKED_AFTER_REJECTION", credit: "CREDIT_FOR_REJECTED" },
  ABORTED: { debit: "BOOKED_AFTER_REJECTION", credit: "CREDIT_FOR_REJECTED" },
} as const satisfies Record<TransferState, Record<"debit" | "credit", "ok" | ReconExceptionCode>>;

/** Why this line, or these lines together, may not execute the transfer; undefined when it may. */
export function debitBar(
  run: ReconRun,
  transfer: ReconTransfer,
  ...entries: readonly ReconEntry[]
): ReconExceptionCode | undefined {
  const { debit } = STANCE[transfer.state];
  if (debit !== "ok") return debit;
  return run.isBookedElsewhere(transfer, ...entries) ? "BOOKED_TWICE" : undefined;
}

/** Why this line may not return the transfer; undefined when it may. A debit of the same run counts. */
export function creditBar(run: ReconRun, transfer: ReconTransfer, entry: ReconEntry): ReconExceptionCode | undefined {
  const { credit } = STANCE[transfer.state];
  if (run.isTakenBack(transfer)) return "RETURN_BEFORE_DEBIT";
  const executed = credit === "RETURN_BEFORE_DEBIT" && run.isBooked(transfer);
  if (credit !== "ok" && !executed) return credit;
  return run.isReturnedElsewhere(transfer, entry) ? "RETURNED_TWICE" : undefined;
}
