/** What an operation that succeeded does to its transaction: its amounts and its status. */
import { capturable, type DetailedStatus, type TransactionAmounts } from "./transaction.ts";

export interface TransactionState extends TransactionAmounts {
  readonly refunded: bigint;
  readonly detailedStatus: DetailedStatus;
}

/** What is asked of the gateway. */
export type AskedKind = "CAPTURE" | "CANCELLATION" | "REFUND";
/** A chargeback is never asked for: the buyer's bank takes the money back, and the gateway tells of it. */
export type OperationKind = AskedKind | "CHARGEBACK";

/**
 * A transaction is CAPTURED once nothing of it can be captured any more and something was, CANCELLED once all of it was
 * cancelled; in between it stays as it is (there are no "partly" statuses: the amounts say it).
 */
export function afterOperation(state: TransactionState, kind: OperationKind, amount: bigint): TransactionState {
  const amounts = {
    authorised: state.authorised,
    captured: state.captured + (kind === "CAPTURE" ? amount : 0n),
    cancelled: state.cancelled + (kind === "CANCELLATION" ? amount : 0n),
    refunded: state.refunded + (givesBack(kind) ? amount : 0n),
  };
  if (givesBack(kind) || capturable(amounts) > 0n) return { ...amounts, detailedStatus: state.detailedStatus };
  return { ...amounts, detailedStatus: amounts.captured > 0n ? "CAPTURED" : "CANCELLED" };
}

/** Refunds and chargebacks together are never more than what was captured. */
export function givesBack(kind: OperationKind): kind is "REFUND" | "CHARGEBACK" {
  return kind === "REFUND" || kind === "CHARGEBACK";
}

/** What becomes of an authorisation when its time is over: what was captured stays, the rest is given back to the buyer. */
export function afterExpiry(state: TransactionState): TransactionState {
  return state.captured > 0n
    ? { ...state, cancelled: state.authorised - state.captured, detailedStatus: "CAPTURED" }
    : { ...state, detailedStatus: "EXPIRED" };
}
