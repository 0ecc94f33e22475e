/** A marketplace's agreements as its row keeps them: JSON text in which every amount is decimal text, so that none is rounded. */
import type { FeeRule } from "../domain/fees.ts";
import {
  type CapturePolicy,
  DEFAULT_CAPTURE_POLICY,
  DEFAULT_SETTLEMENT_POLICY,
  type SettlementPolicy,
} from "../domain/policies.ts";
import type { MarketplaceRow, SellerRow } from "./rows/marketplace-rows.ts";

/** The text that stands in the row for a policy or a list of fee rules. */
export function policyText(policy: Partial<CapturePolicy> | Partial<SettlementPolicy> | readonly FeeRule[]): string {
  return JSON.stringify(policy, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
}

/** What the row says; the default for each part that it leaves out. */
export function capturePolicyOf(row: Pick<MarketplaceRow, "capture_policy">): CapturePolicy {
  return { ...DEFAULT_CAPTURE_POLICY, ...(JSON.parse(row.capture_policy) as Partial<CapturePolicy>) };
}

/** Amounts in minor units; the default for each part that the row leaves out. */
export function settlementPolicyOf(row: Pick<MarketplaceRow, "settlement_policy">): SettlementPolicy {
  return { ...DEFAULT_SETTLEMENT_POLICY, ...(parsed(row.settlement_policy) as Partial<SettlementPolicy>) };
}

/** The policy of a seller: the marketplace's, with what differs for him. */
export function sellerPolicyOf(policy: SettlementPolicy, row: Pick<SellerRow, "settlement_policy">): SettlementPolicy {
  if (row.settlement_policy === null) return policy;
  return { ...policy, ...(parsed(row.settlement_policy) as Partial<SettlementPolicy>) };
}

/** Rules in the order in which they were given. */
export function feeRulesOf(row: Pick<MarketplaceRow, "fee_rules">): readonly FeeRule[] {
  return parsed(row.fee_rules) as readonly FeeRule[];
}

/** Fields that hold amounts or basis points, wherever they stand. */
const WHOLE_NUMBERS: ReadonlySet<string> = new Set([
  ...["minimumPayout", "maximumPayout", "maximumPerDay", "maximumDebt", "charge"],
  ...["basisPoints", "vatBasisPoints", "fixed", "minimum", "maximum", "from"],
]);

function parsed(text: string): unknown {
  return JSON.parse(text, (key, value: unknown) =>
    WHOLE_NUMBERS.has(key) && typeof value === "string" ? BigInt(value) : value,
  );
}
