/** Decides what becomes of the money that is available to one seller: a transfer, a hold with its reason, or a carried debt. */
import type { HoldReason } from "./hold-reason.ts";
import type { SettlementPolicy } from "./policies.ts";
import type { OnboardingState } from "./seller.ts";

export interface SellerPosition {
  readonly onboarding: OnboardingState;
  /** Why the account cannot be paid; absent when it can. */
  readonly accountProblem?: Extract<HoldReason, "NO_ACCOUNT" | "ACCOUNT_NOT_SEPA" | "CURRENCY_NOT_CARRIED">;
  /** Minor units available in one currency, debts included: may be negative. */
  readonly net: bigint;
}

export type SettlementDecision =
  | { readonly outcome: "TRANSFER"; readonly amount: bigint }
  | { readonly outcome: "HOLD"; readonly amount: bigint; readonly reason: HoldReason }
  | { readonly outcome: "CARRIED"; readonly debt: bigint; readonly reason: "NEGATIVE_NET" }
  | { readonly outcome: "NOTHING" };

/** The first reason that applies holds the money: onboarding, then the account, then the amount. */
export function decideSettlement(position: SellerPosition, policy: SettlementPolicy): SettlementDecision {
  const { net } = position;
  if (net === 0n) return { outcome: "NOTHING" };
  if (net < 0n) return { outcome: "CARRIED", debt: -net, reason: "NEGATIVE_NET" };
  const reason = holdReason(position, policy);
  return reason === undefined ? { outcome: "TRANSFER", amount: net } : { outcome: "HOLD", amount: net, reason };
}

function holdReason(position: SellerPosition, policy: SettlementPolicy): HoldReason | undefined {
  if (position.onboarding !== "VALIDATED") return "SELLER_NOT_VALIDATED";
  if (position.accountProblem !== undefined) return position.accountProblem;
  if (position.net < policy.minimumPayout) return "BELOW_MINIMUM";
  if (policy.maximumPayout !== undefined && position.net > policy.maximumPayout) return "LIMIT_EXCEEDED";
  return undefined;
}
