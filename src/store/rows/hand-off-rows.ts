/** Rows of the hand-off: sealed bytes, and what people ask for by hand. */

export interface SealedFileRow {
  file_id: bigint;
  bytes: Uint8Array;
  sha256: string;
  sealed_at: string;
}

export interface FileRequestRow {
  id: bigint;
  file_id: bigint;
  kind: "WITHDRAW" | "SENT_BY_HAND" | "CONFIRMED_BY_PHONE";
  reason: string;
  asked_by: string;
  asked_at: string;
  state: "ASKED" | "CONFIRMED" | "DROPPED";
  confirmed_by: string | null;
  confirmed_at: string | null;
}
