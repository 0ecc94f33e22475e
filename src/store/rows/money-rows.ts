/** Rows of the money itself: the journal, what is payable, settlements and transfers. */
import type { Generated } from "kysely";
import type { PayableKind } from "../../domain/payable.ts";

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

/** Postings `first_id` to `last_id`, all of one day and of one kind of cause. */
export interface JournalSpanRow {
  first_id: bigint;
  last_id: bigint;
  marketplace_id: bigint;
  business_date: string;
  cause_kind: string;
  first_cause: bigint;
  last_cause: bigint;
}

export interface PayableRow {
  id: bigint;
  marketplace_id: bigint;
  seller_id: bigint;
  kind: PayableKind;
  order_id: bigint | null;
  item_id: bigint | null;
  operation_id: bigint | null;
  currency: string;
  gross: bigint;
  fee: bigint;
  /** The part of `fee` that is value added tax. */
  fee_vat: Generated<bigint>;
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
  /** Signed: kept back as a reserve when negative, released when positive. */
  reserve: Generated<bigint>;
  /** Signed: what a cashout of a part leaves for later, negative. */
  rest: Generated<bigint>;
  /** The part of `fees` that is VAT. */
  fee_vat: Generated<bigint>;
  /** The released part of `reserve`. */
  released: Generated<bigint>;
  /** What was on hold until now and is part of the net. */
  held: Generated<bigint>;
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

export interface OperatorFeeRow {
  id: bigint;
  marketplace_id: bigint;
  seller_id: bigint;
  ref: string;
  amount: bigint;
  vat: bigint;
  currency: string;
  says: string | null;
  business_date: string;
  booked: Generated<bigint>;
  content_hash: string;
  created_at: string;
}

export interface CashoutRow {
  id: bigint;
  marketplace_id: bigint;
  seller_id: bigint;
  ref: string;
  amount: bigint;
  currency: string;
  business_date: string;
  transfer_id: bigint;
  content_hash: string;
  created_at: string;
}

/** Captured gross of a seller in a calendar month (`YYYY-MM`): what fee tiers go by. */
export interface SellerVolumeRow {
  marketplace_id: bigint;
  seller_id: bigint;
  currency: string;
  month: string;
  gross: bigint;
}

/** What a seller owes the marketplace, and since which business date. */
export interface SellerDebtRow {
  marketplace_id: bigint;
  seller_id: bigint;
  currency: string;
  amount: bigint;
  since: string;
}
