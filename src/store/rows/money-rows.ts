/** Rows of the money itself: the journal, what is payable, settlements and transfers. */
import type { Generated } from "kysely";

export interface AccountRow {
  id: bigint;
  marketplace_id: bigint;
  seller_id: bigint;
  bucket:
    | "PENDING"
    | "AVAILABLE"
    | "HELD"
    | "RESERVED"
    | "IN_TRANSIT"
    | "FEES"
    | "ACQUIRER_RECEIVABLE"
    | "BANK"
    | "EXTERNAL_FUNDS"
    | "SUSPENSE"
    | "ACQUIRING_COSTS"
    | "BANK_CHARGES";
  currency: string;
  balance: bigint;
}

export interface PostingRow {
  id: bigint;
  marketplace_id: bigint;
  event: string;
  debit_account: bigint;
  credit_account: bigint;
  amount: bigint;
  cause_kind: string;
  cause_id: bigint;
  business_date: string;
}

/** A seal over a span of postings; text of `previous_hash` and `hash` is hexadecimal. */
export interface JournalSealRow {
  id: bigint;
  first_id: bigint;
  last_id: bigint;
  posting_count: bigint;
  amount_sum: bigint;
  previous_hash: string;
  hash: string;
  sealed_at: string;
}

export interface PayableRow {
  id: bigint;
  marketplace_id: bigint;
  seller_id: bigint;
  kind: "SALE" | "REFUND" | "CASHIN" | "OPERATOR_FEE" | "CHARGE";
  order_id: bigint | null;
  item_id: bigint | null;
  operation_id: bigint | null;
  currency: string;
  gross: bigint;
  fee: bigint;
  net: bigint;
  available_on: string;
  matured_on: string | null;
  settled: Generated<bigint>;
  held_reason: string | null;
  transfer_id: bigint | null;
}

export interface CashinRow {
  id: bigint;
  marketplace_id: bigint;
  seller_id: bigint;
  ref: string;
  amount: bigint;
  currency: string;
  business_date: string;
  booked: Generated<bigint>;
  content_hash: string;
  created_at: string;
}

export interface SettlementRow {
  id: bigint;
  marketplace_id: bigint;
  business_date: string;
  currency: string;
  run: bigint;
  proof: string;
  created_at: string;
}

export interface SettlementLineRow {
  settlement_id: bigint;
  seller_id: bigint;
  sales: bigint;
  fees: bigint;
  refunds: bigint;
  other: bigint;
  carried: bigint;
  net: bigint;
  outcome: "TRANSFER" | "HOLD" | "CARRIED" | "NOTHING";
  reason: string | null;
  transfer_id: bigint | null;
}

export interface TransferRow {
  id: bigint;
  marketplace_id: bigint;
  seller_id: bigint;
  end_to_end_id: string;
  currency: string;
  amount: bigint;
  state:
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
  hold_reason: string | null;
  reason_code: string | null;
  bank_status: string | null;
  standing: string | null;
  business_date: string;
  creditor_name: string | null;
  creditor_iban: string | null;
  creditor_bic: string | null;
  creditor_address: string | null;
  remittance: string | null;
  file_id: bigint | null;
  payment_information_id: string | null;
  replaces_id: bigint | null;
  held_at: string | null;
  executed_on: string | null;
  created_at: string;
  changed_at: string;
}
