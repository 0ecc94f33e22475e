/** A transfer file: frozen pain.001 bytes on their way to the bank. */
import type { EventOf, Lifecycle } from "./lifecycle.ts";

export type TransferFileState =
  | "AWAITING_APPROVAL"
  | "APPROVED"
  | "REFUSED"
  | "CANCELLED"
  | "UPLOADING"
  | "UPLOADED"
  | "RENAMING"
  | "UPLOAD_UNKNOWN"
  | "SENT"
  | "NEVER_HEARD_BACK"
  | "ACKNOWLEDGED"
  | "ACCEPTED"
  | "PARTIALLY_ACCEPTED"
  | "REJECTED"
  | "COMPLETED";

const ANSWERS = {
  acknowledge: "ACKNOWLEDGED",
  accept: "ACCEPTED",
  acceptPartly: "PARTIALLY_ACCEPTED",
  reject: "REJECTED",
  complete: "COMPLETED",
} as const;

/** By a second person's word, never by the engine itself: the bank has it, from our hands or by its own telling. */
const SENT_BY_HAND = { sendByHand: "SENT" } as const;
const CONFIRMED = { confirmByPhone: "ACKNOWLEDGED" } as const;

/**
 * The lifecycle of a transfer file (design: handing a file to the bank exactly once). Nothing is cancelled once an upload
 * was begun, and nothing is sent by hand while a rename may still arrive. RENAMING is the state in which the bank may
 * already have the file; at a bank that forbids to rename it is published from UPLOADING, under its final name at once,
 * and goes back only when the server has said that it created nothing.
 */
export const TRANSFER_FILE_LIFECYCLE = {
  AWAITING_APPROVAL: { approve: "APPROVED", refuse: "REFUSED", cancel: "CANCELLED" },
  APPROVED: { upload: "UPLOADING", cancel: "CANCELLED", ...SENT_BY_HAND },
  UPLOADING: { verify: "UPLOADED", upload: "UPLOADING", publish: "RENAMING", ...SENT_BY_HAND },
  UPLOADED: { rename: "RENAMING", upload: "UPLOADING", ...SENT_BY_HAND },
  RENAMING: { send: "SENT", rename: "RENAMING", unopened: "UPLOADING", doubt: "UPLOAD_UNKNOWN", ...CONFIRMED },
  UPLOAD_UNKNOWN: {
    ...{ send: "SENT", rename: "RENAMING", silence: "NEVER_HEARD_BACK" },
    ...SENT_BY_HAND,
    ...CONFIRMED,
    ...ANSWERS,
  },
  SENT: { silence: "NEVER_HEARD_BACK", ...CONFIRMED, ...ANSWERS },
  NEVER_HEARD_BACK: { ...SENT_BY_HAND, ...CONFIRMED, ...ANSWERS },
  ACKNOWLEDGED: { ...ANSWERS },
  ACCEPTED: { ...ANSWERS },
  PARTIALLY_ACCEPTED: { ...ANSWERS },
  REFUSED: {},
  CANCELLED: {},
  REJECTED: {},
  COMPLETED: {},
} as const satisfies Lifecycle<TransferFileState>;

export type TransferFileEvent = EventOf<typeof TRANSFER_FILE_LIFECYCLE>;
