/** A card transaction: its statuses exactly as in the gateway's reference, and which event leads from one to the next. */
import type { EventOf, Lifecycle } from "./lifecycle.ts";

/** The simplified status, the same for every means of payment. */
export type TransactionStatus = "PAID" | "RUNNING" | "UNPAID" | "ABANDONED";

interface DetailedStatusRow {
  readonly status: TransactionStatus;
  /** Cannot change any more without a deliberate operation such as a cancellation. */
  readonly final: boolean;
  readonly says: string;
}

/** Every `detailedStatus`, the `status` it stands for and whether it is an end (seed 003, both tables). */
export const DETAILED_STATUS = {
  ACCEPTED: { status: "PAID", final: true, says: "a verification was accepted; never captured" },
  AUTHORISED: { status: "PAID", final: false, says: "authorised, captured automatically" },
  CAPTURED: { status: "PAID", final: true, says: "captured" },
  PRE_AUTHORISED: { status: "PAID", final: true, says: "a pre-authorisation was accepted; never captured" },
  AUTHORISED_TO_VALIDATE: { status: "RUNNING", final: false, says: "authorised, waits for the merchant's validation" },
  WAITING_AUTHORISATION: { status: "RUNNING", final: false, says: "authorisation is asked the day before capture" },
  WAITING_AUTHORISATION_TO_VALIDATE: {
    status: "RUNNING",
    final: false,
    says: "authorisation is asked the day before capture, then waits for validation",
  },
  WAITING_FOR_PAYMENT: { status: "RUNNING", final: false, says: "created, not paid yet" },
  UNDER_VERIFICATION: { status: "RUNNING", final: false, says: "the acquirer has not answered yet" },
  PENDING: { status: "RUNNING", final: false, says: "paid; its transactions wait for capture or validation" },
  INITIAL: { status: "RUNNING", final: false, says: "no answer from the acquirer within the session" },
  REFUSED: { status: "UNPAID", final: true, says: "refused" },
  ERROR: { status: "UNPAID", final: true, says: "failed for a reason nobody foresaw" },
  CAPTURE_FAILED: { status: "UNPAID", final: true, says: "the capture failed" },
  CANCELLED: { status: "UNPAID", final: true, says: "cancelled" },
  EXPIRED: { status: "UNPAID", final: true, says: "not validated or captured in time" },
} as const satisfies Record<string, DetailedStatusRow>;

export type DetailedStatus = keyof typeof DETAILED_STATUS;

const OUTCOMES = { refuse: "REFUSED", fail: "ERROR", cancel: "CANCELLED" } as const;

/** The lifecycle of a transaction. A missing cell is a refused event; there is no other place to look. */
export const TRANSACTION_LIFECYCLE = {
  INITIAL: {
    authorise: "AUTHORISED",
    authoriseToValidate: "AUTHORISED_TO_VALIDATE",
    verify: "UNDER_VERIFICATION",
    ...OUTCOMES,
  },
  WAITING_FOR_PAYMENT: {
    authorise: "AUTHORISED",
    authoriseToValidate: "AUTHORISED_TO_VALIDATE",
    expire: "EXPIRED",
    ...OUTCOMES,
  },
  PENDING: { authorise: "AUTHORISED", authoriseToValidate: "AUTHORISED_TO_VALIDATE", expire: "EXPIRED", ...OUTCOMES },
  UNDER_VERIFICATION: {
    authorise: "AUTHORISED",
    authoriseToValidate: "AUTHORISED_TO_VALIDATE",
    expire: "EXPIRED",
    ...OUTCOMES,
  },
  WAITING_AUTHORISATION: { authorise: "AUTHORISED", expire: "EXPIRED", ...OUTCOMES },
  WAITING_AUTHORISATION_TO_VALIDATE: { authorise: "AUTHORISED_TO_VALIDATE", expire: "EXPIRED", ...OUTCOMES },
  AUTHORISED_TO_VALIDATE: { validate: "AUTHORISED", expire: "EXPIRED", cancel: "CANCELLED" },
  AUTHORISED: { capture: "CAPTURED", captureFail: "CAPTURE_FAILED", expire: "EXPIRED", cancel: "CANCELLED" },
  ACCEPTED: {},
  CAPTURED: {},
  PRE_AUTHORISED: {},
  REFUSED: {},
  ERROR: {},
  CAPTURE_FAILED: {},
  CANCELLED: {},
  EXPIRED: {},
} as const satisfies Lifecycle<DetailedStatus>;

export type TransactionEvent = EventOf<typeof TRANSACTION_LIFECYCLE>;

export interface TransactionAmounts {
  readonly authorised: bigint;
  readonly captured: bigint;
  readonly cancelled: bigint;
}

/** Minor units that can still be captured: authorised - captured - cancelled. */
export function capturable(amounts: TransactionAmounts): bigint {
  return amounts.authorised - amounts.captured - amounts.cancelled;
}
