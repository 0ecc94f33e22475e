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

/** The lifecycle of a transfer file (design: handing a file to the bank exactly once). */
export const TRANSFER_FILE_LIFECYCLE = {
  AWAITING_APPROVAL: { approve: "APPROVED", refuse: "REFUSED", cancel: "CANCELLED" },
  APPROVED: { upload: "UPLOADING", cancel: "CANCELLED" },
  UPLOADING: { verify: "UPLOADED", upload: "UPLOADING" },
  UPLOADED: { rename: "RENAMING", upload: "UPLOADING" },
  RENAMING: { send: "SENT", rename: "RENAMING", doubt: "UPLOAD_UNKNOWN" },
  UPLOAD_UNKNOWN: { send: "SENT", rename: "RENAMING", silence: "NEVER_HEARD_BACK", ...ANSWERS },
  SENT: { silence: "NEVER_HEARD_BACK", ...ANSWERS },
  NEVER_HEARD_BACK: { ...ANSWERS },
  ACKNOWLEDGED: { ...ANSWERS },
  ACCEPTED: { ...ANSWERS },
  PARTIALLY_ACCEPTED: { ...ANSWERS },
  REFUSED: {},
  CANCELLED: {},
  REJECTED: {},
  COMPLETED: {},
} as const satisfies Lifecycle<TransferFileState>;

export type TransferFileEvent = EventOf<typeof TRANSFER_FILE_LIFECYCLE>;
