/** Why money that is owed is not paid: every reason, who can clear it, and what clears it by itself. */

export interface HoldReasonRow {
  /** A temporary hold is looked at again at every settlement; a final one needs a decision. */
  readonly lasts: "temporary" | "final";
  readonly clearedBy: "seller" | "operator" | "finance" | "nobody";
  /** What makes the hold fall away without anybody's decision; empty when only a person can clear it. */
  readonly clearsWhen: string;
  readonly says: string;
}

export const HOLD_REASONS = {
  SELLER_NOT_VALIDATED: {
    lasts: "temporary",
    clearedBy: "seller",
    clearsWhen: "the seller's onboarding is VALIDATED",
    says: "the seller is not validated yet",
  },
  NO_ACCOUNT: {
    lasts: "temporary",
    clearedBy: "seller",
    clearsWhen: "the seller has a valid account",
    says: "the seller has no valid account",
  },
  ACCOUNT_NOT_SEPA: {
    lasts: "temporary",
    clearedBy: "seller",
    clearsWhen: "the seller's account is in the SEPA area",
    says: "the bank profile cannot pay this account",
  },
  CURRENCY_NOT_CARRIED: {
    lasts: "temporary",
    clearedBy: "operator",
    clearsWhen: "the bank profile carries the currency",
    says: "the bank profile does not carry this currency",
  },
  SELLER_HELD: {
    lasts: "temporary",
    clearedBy: "finance",
    clearsWhen: "the seller is released",
    says: "a person holds this seller's payouts",
  },
  ACCOUNT_COOLING: {
    lasts: "temporary",
    clearedBy: "nobody",
    clearsWhen: "the cooling period after the change of account is over",
    says: "the seller's account changed lately",
  },
  BELOW_MINIMUM: {
    lasts: "temporary",
    clearedBy: "operator",
    clearsWhen: "more has accrued, or the minimum is lowered",
    says: "the amount is below the minimum of a payout",
  },
  LIMIT_EXCEEDED: {
    lasts: "final",
    clearedBy: "finance",
    clearsWhen: "",
    says: "the amount is above the payout limit",
  },
  DAY_LIMIT_REACHED: {
    lasts: "temporary",
    clearedBy: "nobody",
    clearsWhen: "another day's limit allows it",
    says: "with what the seller is paid already, the amount is above the limit of a day",
  },
  NEGATIVE_NET: {
    lasts: "temporary",
    clearedBy: "nobody",
    clearsWhen: "later sales cover the debt",
    says: "refunds and fees exceed the sales: the debt is carried to the next settlement",
  },
  ITEM_HELD: {
    lasts: "temporary",
    clearedBy: "operator",
    clearsWhen: "the item is released",
    says: "the operator holds this item",
  },
  ACQUIRER_NOT_PAID: {
    lasts: "temporary",
    clearedBy: "nobody",
    clearsWhen: "the acquirer's money for the captures of that day, or for all older ones and it, is booked",
    says: "the acquirer has not paid these captures yet",
  },
  RESERVE: {
    lasts: "temporary",
    clearedBy: "nobody",
    clearsWhen: "the reserve's days are over",
    says: "kept back as a reserve",
  },
  NAME_MISMATCH: {
    lasts: "final",
    clearedBy: "finance",
    clearsWhen: "",
    says: "the account holder's name differs from what the bank knows",
  },
  BANK_REJECTED: {
    lasts: "temporary",
    clearedBy: "seller",
    clearsWhen: "the seller's account has changed since",
    says: "the bank rejected the transfer",
  },
  BANK_RETURNED: {
    lasts: "temporary",
    clearedBy: "seller",
    clearsWhen: "the seller's account has changed since",
    says: "the bank returned the transfer",
  },
  MANUAL: { lasts: "final", clearedBy: "finance", clearsWhen: "", says: "held by a person" },
} as const satisfies Record<string, HoldReasonRow>;

export type HoldReason = keyof typeof HOLD_REASONS;
