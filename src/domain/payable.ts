/** What a line of money owed can be: every kind, with what it says of the seller's money. */

export interface PayableKindRow {
  /** The column of a statement it is summed in. */
  readonly column: "sales" | "refunds" | "fees" | "reserve" | "rest" | "other";
  readonly says: string;
}

/** net = gross - fee in every one of them; refunds, chargebacks, charges, declared fees and reserves are negative. */
export const PAYABLE_KINDS = {
  SALE: { column: "sales", says: "captured of an item, less the operator's fee" },
  REFUND: { column: "refunds", says: "given back to the buyer, with the fee that the operator gives back" },
  CHARGEBACK: { column: "refunds", says: "taken back by the buyer's bank" },
  CHARGE: { column: "other", says: "what the bank charges for a chargeback" },
  CASHIN: { column: "other", says: "collected elsewhere for the seller" },
  OPERATOR_FEE: { column: "fees", says: "a fee that the operator declared afterwards" },
  RESERVE: { column: "reserve", says: "kept back as a reserve" },
  RESERVE_RELEASE: { column: "reserve", says: "a reserve whose days are over" },
  REST: { column: "rest", says: "what a cashout of a part leaves: out of its transfer, and open again" },
  FEE_INCOME: { column: "other", says: "fees that the operator takes into his own balance" },
} as const satisfies Record<string, PayableKindRow>;

export type PayableKind = keyof typeof PAYABLE_KINDS;
