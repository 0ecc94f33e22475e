/** What the plain model remembers: sellers, orders, what happened, lines of what is owed, transfers. */

export type TransferState =
  | "SCHEDULED"
  | "ON_HOLD"
  | "IN_FILE"
  | "SENT"
  | "ACCEPTED"
  | "EXECUTED"
  | "REJECTED"
  | "RETURNED"
  | "CANCELLED";

export interface ModelTransfer {
  readonly seller: string;
  amount: bigint;
  state: TransferState;
  /** Why it is on hold. */
  reason?: string;
  /** Of a re-issue: the account that the bank refused. Nothing joins a re-issue. */
  readonly refusedAccount?: string;
  /** What the file that took it said. */
  account?: string;
  file?: number;
}

export interface ModelSeller {
  /** Undefined for none. */
  account?: string;
  changedOn: number;
  isValidated: boolean;
  isHeld: boolean;
  /** Of net sales in basis points, kept back for so many days. */
  readonly reserve?: { readonly basisPoints: bigint; readonly days: number };
}

export interface Line {
  readonly seller: string;
  readonly kind: "sale" | "back" | "other" | "reserve" | "release" | "rest";
  /** Of a sale: which order it is held with. */
  readonly order: number;
  readonly net: bigint;
  readonly fee: bigint;
  readonly availableOn: number;
  /** Of a sale: when it was captured. */
  readonly day: number;
  isHeld: boolean;
  isMatured: boolean;
  /** A settlement has decided about it: no reserve is taken of it again. */
  isSettled: boolean;
  transfer?: ModelTransfer;
}

export interface ModelItem {
  readonly seller: string;
  readonly amount: bigint;
  captured: bigint;
  refunded: bigint;
}

export interface ModelOrder {
  readonly items: readonly ModelItem[];
  isHeld: boolean;
}

export interface Booking {
  readonly kind: "capture" | "refund" | "chargeback" | "cashin" | "operatorFee";
  readonly order: number;
  readonly seller: string;
  readonly amount: bigint;
  /** Of a chargeback: what the bank takes beside it. */
  readonly charge?: bigint;
  readonly day: number;
}

export type FileState = "AWAITING_APPROVAL" | "REFUSED" | "SENT";

/** What the acquirer owes more, or less, because of it. */
export function dueOf({ kind, amount, charge = 0n }: Booking): bigint {
  if (kind === "capture") return amount;
  return kind === "refund" || kind === "chargeback" ? -amount - charge : 0n;
}

/** Where the money of a line is. */
export function bucketOf({ kind, isMatured, transfer }: Line): string {
  if (!isMatured) return kind === "release" ? "RESERVED" : "PENDING";
  const state = transfer?.state;
  if (state === "ON_HOLD") return "HELD";
  if (state === "IN_FILE" || state === "SENT" || state === "ACCEPTED") return "IN_TRANSIT";
  return state === "EXECUTED" ? "PAID" : "AVAILABLE";
}
