/** Rows of the exchange with banks: files out and in, statements, entries, matches, exceptions. */
import type { Generated } from "kysely";

export interface TransferFileRow {
  id: bigint;
  marketplace_id: bigint;
  bank: string;
  bank_profile: string;
  message_id: string;
  remote_name: string;
  currency: string;
  transfer_count: bigint;
  transfer_sum: bigint;
  execution_date: string;
  business_date: string;
  bytes: Uint8Array;
  sha256: string;
  state: string;
  made_by: string;
  made_at: string;
  decided_by: string | null;
  decided_at: string | null;
  decision_reason: string | null;
  not_before: string | null;
  fence: Generated<bigint>;
  fence_owner: string | null;
  fence_until: string | null;
  sent_at: string | null;
  answer_by: string | null;
  answered_at: string | null;
  bank_status: string | null;
  changed_at: string;
}

export interface InboundFileRow {
  id: bigint;
  bank: string;
  remote_name: string;
  sha256: string;
  size: Generated<bigint>;
  remote_modified_at: string | null;
  archived_as: string | null;
  kind: string | null;
  message_id: string | null;
  state: "RECEIVED" | "APPLIED" | "QUARANTINED" | "DUPLICATE";
  duplicate_of: bigint | null;
  findings: string | null;
  received_at: string;
  applied_at: string | null;
}

/** A piece of a file's bytes; a file that repeats another has none. */
export interface InboundChunkRow {
  inbound_file_id: bigint;
  position: bigint;
  bytes: Uint8Array;
}

export interface BankStatementRow {
  id: bigint;
  inbound_file_id: bigint;
  kind: string;
  account: string;
  statement_ref: string | null;
  sequence: string | null;
  currency: string | null;
  opening: bigint | null;
  closing: bigint | null;
  closing_date: string | null;
  entry_sum: bigint;
  page: string | null;
}

export interface BankEntryRow {
  id: bigint;
  statement_id: bigint;
  marketplace_id: bigint | null;
  identity: string;
  amount: bigint;
  currency: string;
  direction: "CRDT" | "DBIT";
  booking_date: string;
  value_date: string | null;
  kind: string;
  confirmed: bigint;
  fact: string;
  state: "MATCHED" | "PARTLY_MATCHED" | "UNMATCHED" | "IGNORED";
  state_reason: string | null;
  /** Of `amount`, what nothing explains yet and so stands in suspense. */
  suspended: Generated<bigint>;
  servicer_reference: string | null;
}

export interface MatchRow {
  id: bigint;
  bank_entry_id: bigint;
  transfer_id: bigint | null;
  kind: "EXECUTED" | "RETURNED" | "PAYIN" | "CHARGE";
  rule: string;
  amount: bigint;
  matched_on: string;
  payin_id: bigint | null;
}

/** Money that an acquirer announced: `amount` is before his charges. */
export interface PayinRow {
  id: bigint;
  marketplace_id: bigint;
  ref: string;
  amount: bigint;
  charges: bigint;
  currency: string;
  /** JSON of the texts by which the bank's line names it. */
  payer_references: string;
  expected_on: string;
  captured_on: string | null;
  /** The booking date of the line that completed it; null until then. */
  paid_on: string | null;
  content_hash: string;
  created_at: string;
}

export interface ExceptionRow {
  id: bigint;
  marketplace_id: bigint | null;
  identity: string;
  reason: string;
  subject_kind: string;
  subject_ref: string;
  says: string;
  amount: bigint | null;
  currency: string | null;
  state: "OPEN" | "ASSIGNED" | "RESOLVED";
  owner: string;
  opened_on: string;
  resolved_by: string | null;
  resolution: string | null;
  changed_at: string;
  /** The run of a job that found it last, where the job closes what it does not find again. */
  found_in: bigint | null;
}
