/** What becomes of a file that a bank sent, and of the entries in it. */
import type { Lifecycle } from "./lifecycle.ts";

export type InboundFileState = "RECEIVED" | "APPLIED" | "QUARANTINED" | "DUPLICATE";

/** Kept whole, by content hash; a quarantined file can be read again after a fix. */
export const INBOUND_FILE_LIFECYCLE = {
  RECEIVED: { apply: "APPLIED", quarantine: "QUARANTINED", repeat: "DUPLICATE" },
  QUARANTINED: { apply: "APPLIED", quarantine: "QUARANTINED" },
  APPLIED: {},
  DUPLICATE: {},
} as const satisfies Lifecycle<InboundFileState>;

export type BankEntryState = "MATCHED" | "PARTLY_MATCHED" | "UNMATCHED" | "IGNORED";

/** Something finance must look at. */
export type ExceptionState = "OPEN" | "ASSIGNED" | "RESOLVED";

export const EXCEPTION_LIFECYCLE = {
  OPEN: { assign: "ASSIGNED", resolve: "RESOLVED" },
  ASSIGNED: { assign: "ASSIGNED", resolve: "RESOLVED" },
  RESOLVED: {},
} as const satisfies Lifecycle<ExceptionState>;
