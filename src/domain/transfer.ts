/** A transfer: one payout to one account. */
import type { EventOf, Lifecycle } from "./lifecycle.ts";

export type TransferState =
  | "SCHEDULED"
  | "ON_HOLD"
  | "IN_FILE"
  | "SENT"
  | "ACCEPTED"
  | "EXECUTED"
  | "REJECTED"
  | "RETURNED"
  | "CANCELLED"
  | "ABORTED";

/**
 * The lifecycle of a transfer. Accepted is not paid: only a booked statement entry executes it. A refused or withdrawn
 * file gives its transfers back to SCHEDULED; a re-issue after a reject or return is a new transfer.
 */
export const TRANSFER_LIFECYCLE = {
  SCHEDULED: { file: "IN_FILE", hold: "ON_HOLD", cancel: "CANCELLED" },
  ON_HOLD: { release: "SCHEDULED", hold: "ON_HOLD", abort: "ABORTED", cancel: "CANCELLED" },
  IN_FILE: { send: "SENT", withdraw: "SCHEDULED" },
  SENT: { accept: "ACCEPTED", reject: "REJECTED", book: "EXECUTED" },
  ACCEPTED: { accept: "ACCEPTED", book: "EXECUTED", reject: "REJECTED" },
  EXECUTED: { return: "RETURNED" },
  REJECTED: {},
  RETURNED: {},
  CANCELLED: {},
  ABORTED: {},
} as const satisfies Lifecycle<TransferState>;

export type TransferEvent = EventOf<typeof TRANSFER_LIFECYCLE>;
