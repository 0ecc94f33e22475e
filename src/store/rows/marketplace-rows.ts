/** Rows of the marketplace's side: tenants, sellers, orders, card transactions and the operations on them. */
import type { Generated } from "kysely";

export interface CounterRow {
  name: string;
  next: bigint;
}

export interface MarketplaceRow {
  id: bigint;
  ref: string;
  name: string;
  currency: string;
  zone: string;
  debtor_name: string;
  debtor_iban: string;
  debtor_bic: string | null;
  bank: string;
  bank_profile: string;
  gateway: string;
  integration_mode: "MULTI_CAPTURE" | "MULTI_AUTHORISATION" | "PAYMENT_AND_REFUND";
  capture_policy: string;
  settlement_policy: string;
  fee_rules: string;
  blocked_reason: string | null;
  content_hash: string;
  created_at: string;
}

export interface SellerRow {
  id: bigint;
  marketplace_id: bigint;
  ref: string;
  legal_name: string;
  account_holder: string;
  iban: string | null;
  bic: string | null;
  address: string | null;
  onboarding: "CREATED" | "AWAITING_SUBMISSION" | "PENDING_VALIDATION" | "VALIDATED" | "REFUSED";
  account_changed_at: string;
  content_hash: string;
  created_at: string;
  /** JSON of what differs from the marketplace's settlement policy. */
  settlement_policy: string | null;
  /** Who holds the seller's payouts, why and since when; all null for nobody. */
  held_by: string | null;
  held_why: string | null;
  held_at: string | null;
}

export interface OrderRow {
  id: bigint;
  marketplace_id: bigint;
  ref: string;
  amount: bigint;
  currency: string;
  state: "CREATED" | "PENDING" | "SUCCEEDED" | "FAILED" | "CANCELLED" | "ABANDONED";
  order_cycle: "OPEN" | "CLOSED";
  order_status: "PAID" | "RUNNING" | "UNPAID" | "ABANDONED";
  content_hash: string;
  created_at: string;
}

export interface ItemRow {
  id: bigint;
  order_id: bigint;
  seller_id: bigint;
  position: bigint;
  ref: string;
  name: string;
  category: string | null;
  quantity: bigint;
  amount: bigint;
  commission: bigint | null;
  held_reason: string | null;
}

export interface TokenRow {
  id: bigint;
  marketplace_id: bigint;
  ref: string;
  state: "CREATED" | "PENDING" | "SUCCEEDED" | "FAILED" | "CANCELLED" | "ABANDONED";
  gateway_token: string | null;
  content_hash: string;
  created_at: string;
}

export interface TransactionRow {
  id: bigint;
  marketplace_id: bigint;
  order_id: bigint;
  seller_id: bigint | null;
  ref: string;
  token_id: bigint | null;
  gateway_ref: string | null;
  currency: string;
  amount: bigint;
  authorised: bigint;
  captured: bigint;
  cancelled: bigint;
  refunded: bigint;
  status: "PAID" | "RUNNING" | "UNPAID" | "ABANDONED";
  detailed_status: string;
  capture_on: string;
  authorised_at: string | null;
  honour_until: string | null;
  expires_at: string | null;
  warned_at: string | null;
  captured_at: string | null;
  fence: Generated<bigint>;
  content_hash: string;
  created_at: string;
  payment_method: Generated<string | null>;
}

export interface OperationRow {
  id: bigint;
  marketplace_id: bigint;
  kind: "CAPTURE" | "CANCELLATION" | "REFUND" | "CHARGEBACK";
  ref: string;
  transaction_id: bigint;
  seller_id: bigint | null;
  amount: bigint;
  currency: string;
  fee: bigint | null;
  /** What the bank charges for a chargeback, beside its amount. */
  charge: Generated<bigint | null>;
  reason: Generated<string | null>;
  state: "CREATED" | "REQUESTED" | "SUCCEEDED" | "FAILED" | "UNKNOWN" | "CANCELLED";
  business_date: string;
  gateway_ref: string | null;
  failure: string | null;
  fence: Generated<bigint>;
  /** Until when whoever asks the gateway for it counts as alive, by the machine's time. */
  fence_until: Generated<string | null>;
  done_at: string | null;
  booked: Generated<bigint>;
  content_hash: string;
  created_at: string;
}

export interface DocumentRow {
  id: bigint;
  marketplace_id: bigint;
  seller_id: bigint | null;
  ref: string;
  type: string;
  state: "SUBMITTED" | "VALIDATED" | "REJECTED" | "EXPIRED";
  expires_on: string | null;
  sha256: string | null;
  decided_by: string | null;
  decided_at: string | null;
  reason: string | null;
  content_hash: string;
  created_at: string;
}
