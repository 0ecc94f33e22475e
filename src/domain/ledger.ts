/** The ledger: its buckets, and the one table of money movements, each debit -> credit. */

/** Buckets that belong to a seller (or the operator, who is a seller with the id OPERATOR). */
export const SELLER_BUCKETS = ["PENDING", "AVAILABLE", "HELD", "RESERVED", "IN_TRANSIT", "FEES"] as const;
/** Buckets of the marketplace as a whole. */
export const MARKETPLACE_BUCKETS = [
  "ACQUIRER_RECEIVABLE",
  "BANK",
  "EXTERNAL_FUNDS",
  "SUSPENSE",
  "ACQUIRING_COSTS",
  "BANK_CHARGES",
] as const;

export type SellerBucket = (typeof SELLER_BUCKETS)[number];
export type MarketplaceBucket = (typeof MARKETPLACE_BUCKETS)[number];
export type Bucket = SellerBucket | MarketplaceBucket;

/**
 * Every movement of money the engine knows (design, section 8). An account's balance is its credits minus its debits, so
 * what is owed to sellers is positive and what the acquirer owes is negative; all balances of a currency sum to zero.
 */
export const MOVEMENTS = {
  SALE_CAPTURED: { debit: "ACQUIRER_RECEIVABLE", credit: "PENDING" },
  FEE_CAPTURED: { debit: "ACQUIRER_RECEIVABLE", credit: "FEES" },
  DELAY_OVER: { debit: "PENDING", credit: "AVAILABLE" },
  REFUNDED: { debit: "AVAILABLE", credit: "ACQUIRER_RECEIVABLE" },
  FEE_REFUNDED: { debit: "FEES", credit: "ACQUIRER_RECEIVABLE" },
  CHARGED_BACK: { debit: "AVAILABLE", credit: "ACQUIRER_RECEIVABLE" },
  CHARGEBACK_CHARGED: { debit: "AVAILABLE", credit: "ACQUIRER_RECEIVABLE" },
  FEES_TAKEN_IN: { debit: "FEES", credit: "AVAILABLE" },
  FEE_DECLARED: { debit: "AVAILABLE", credit: "FEES" },
  CASHED_IN: { debit: "EXTERNAL_FUNDS", credit: "AVAILABLE" },
  HELD: { debit: "AVAILABLE", credit: "HELD" },
  RELEASED: { debit: "HELD", credit: "AVAILABLE" },
  RESERVED: { debit: "AVAILABLE", credit: "RESERVED" },
  RESERVE_RELEASED: { debit: "RESERVED", credit: "AVAILABLE" },
  ACQUIRER_PAID_IN: { debit: "BANK", credit: "ACQUIRER_RECEIVABLE" },
  ACQUIRER_CHARGED: { debit: "ACQUIRING_COSTS", credit: "ACQUIRER_RECEIVABLE" },
  FROZEN_IN_FILE: { debit: "AVAILABLE", credit: "IN_TRANSIT" },
  WITHDRAWN: { debit: "IN_TRANSIT", credit: "AVAILABLE" },
  BOOKED: { debit: "IN_TRANSIT", credit: "BANK" },
  REJECTED: { debit: "IN_TRANSIT", credit: "AVAILABLE" },
  RETURNED: { debit: "BANK", credit: "AVAILABLE" },
  RETURN_CHARGED: { debit: "BANK_CHARGES", credit: "AVAILABLE" },
  BANK_CHARGED: { debit: "BANK_CHARGES", credit: "BANK" },
  UNEXPECTED_CREDIT: { debit: "BANK", credit: "SUSPENSE" },
  UNEXPECTED_DEBIT: { debit: "SUSPENSE", credit: "BANK" },
} as const satisfies Record<string, { readonly debit: Bucket; readonly credit: Bucket }>;

export type Movement = keyof typeof MOVEMENTS;

/** What a posting goes back to. */
export type CauseKind = "PAYABLE" | "SETTLEMENT" | "TRANSFER" | "BANK_ENTRY" | "CASHIN" | "OPERATOR_FEE";

/** One movement to be posted: amount in minor units, above zero; a movement of nothing is not a movement. */
export interface Posting {
  readonly movement: Movement;
  /** Seller whose bucket the movement touches; absent when it touches none. */
  readonly sellerId?: bigint;
  /** Seller on the fee side (the operator), where that differs. */
  readonly feeSellerId?: bigint;
  readonly amount: bigint;
  readonly currency: string;
  readonly cause: { readonly kind: CauseKind; readonly id: bigint };
}

export function isSellerBucket(bucket: Bucket): bucket is SellerBucket {
  return (SELLER_BUCKETS as readonly string[]).includes(bucket);
}
