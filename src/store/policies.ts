/** A marketplace's agreements as its row keeps them: JSON text in which every amount is decimal text, so that none is rounded. */
import type { FeeRule } from "../domain/fees.ts";
import {
  type CapturePolicy,
  DEFAULT_CAPTURE_POLICY,
  DEFAULT_SETTLEMENT_POLICY,
  type SettlementPolicy,
} from "../domain/policies.ts";
import type { MarketplaceRow } from "./rows/marketplace-rows.ts";

/** The text that stands in the row for a policy or a list of fee rules. */
export function policyText(policy: CapturePolicy | SettlementPolicy | readonly FeeRule[]): string {
  return JSON.stringify(policy, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
}

/** What the row says; the default for each part that it leaves out. */
export function capturePolicyOf(row: Pick<MarketplaceRow, "capture_policy">): CapturePolicy {
  return { ...DEFAULT_CAPTURE_POLICY, ...(JSON.parse(row.capture_policy) as Partial<CapturePolicy>) };
}

/** Amounts in minor units; the default for each part that the row leaves out. */
export function settlementPolicyOf(row: Pick<MarketplaceRow, "settlement_policy">): SettlementPolicy {
  const stored = JSON.parse(row.settlement_policy) as Stored<Partial<SettlementPolicy>>;
  return {
    delayDays: stored.delayDays ?? DEFAULT_SETTLEMENT_POLICY.delayDays,
    delayCounts: stored.delayCounts ?? DEFAULT_SETTLEMENT_POLICY.delayCounts,
    minimumPayout:
      stored.minimumPayout === undefined ? DEFAULT_SETTLEMENT_POLICY.minimumPayout : BigInt(stored.minimumPayout),
    ...(stored.maximumPayout === undefined ? {} : { maximumPayout: BigInt(stored.maximumPayout) }),
  };
}

/** Rules in the order in which they were given. */
export function feeRulesOf(row: Pick<MarketplaceRow, "fee_rules">): readonly FeeRule[] {
  return (JSON.parse(row.fee_rules) as readonly Stored<FeeRule>[]).map(({ minimum, maximum, ...rule }) => ({
    ...rule,
    basisPoints: BigInt(rule.basisPoints),
    fixed: BigInt(rule.fixed),
    ...(minimum === undefined ? {} : { minimum: BigInt(minimum) }),
    ...(maximum === undefined ? {} : { maximum: BigInt(maximum) }),
  }));
}

/** The same shape with every amount as text. */
type Stored<Value> = { readonly [Key in keyof Value]: bigint extends Value[Key] ? string : Value[Key] };
