/** Decides what becomes of the money that is available to one seller: a transfer, a hold with its reason, or a carried debt. */
import type { HoldReason } from "./hold-reason.ts";
import type { PayoutLimits } from "./policies.ts";
import type { OnboardingState } from "./seller.ts";

export interface SellerPosition {
  readonly onboarding: OnboardingState;
  /** A person holds this seller's payouts. */
  readonly isHeld?: boolean;
  /** Why the account cannot be paid; absent when it can. */
  readonly accountProblem?: Extract<HoldReason, "NO_ACCOUNT" | "ACCOUNT_NOT_SEPA" | "CURRENCY_NOT_CARRIED">;
  /** The account changed so lately that nothing is paid to it yet. */
  readonly isCooling?: boolean;
  /** Minor units available in one currency, debts included: may be negative. */
  readonly net: bigint;
  /** What the seller is paid already on this business date, in this currency. */
  readonly paidToday?: bigint;
}

export type SettlementDecision =
  | { readonly outcome: "TRANSFER"; readonly amount: bigint }
  | { readonly outcome: "HOLD"; readonly amount: bigint; readonly reason: HoldReason }
  | { readonly outcome: "CARRIED"; readonly debt: bigint; readonly reason: "NEGATIVE_NET" }
  | { readonly outcome: "NOTHING" };

/** The first reason that applies holds the money: the seller, then his account, then the amount. */
export function decideSettlement(position: SellerPosition, limits: PayoutLimits): SettlementDecision {
  const { net } = position;
  if (net === 0n) return { outcome: "NOTHING" };
  if (net < 0n) return { outcome: "CARRIED", debt: -net, reason: "NEGATIVE_NET" };
  const reason = holdReason(position, limits);
  return reason === undefined ? { outcome: "TRANSFER", amount: net } : { outcome: "HOLD", amount: net, reason };
}

function holdReason(position: SellerPosition, limits: PayoutLimits): HoldReason | undefined {
  const { net, paidToday = 0n } = position;
  const { minimumPayout, maximumPayout, maximumPerDay } = limits;
  if (position.isHeld === true) return "SELLER_HELD";
  if (position.onboarding !== "VALIDATED") return "SELLER_NOT_VALIDATED";
  if (position.accountProblem !== undefined) return position.accountProblem;
  if (position.isCooling === true) return "ACCOUNT_COOLING";
  if (net < minimumPayout) return "BELOW_MINIMUM";
  if (maximumPayout !== undefined && net > maximumPayout) return "LIMIT_EXCEEDED";
  if (maximumPerDay === undefined || net + paidToday <= maximumPerDay) return undefined;
  // What no day can take needs a person; what only today cannot take waits for tomorrow.
  return net > maximumPerDay ? "LIMIT_EXCEEDED" : "DAY_LIMIT_REACHED";
}

/** Whether a changed account still has to wait; an account that was there from the start never does. */
export function isCooling(
  account: { readonly changedAt: string; readonly createdAt: string },
  now: Date,
  hours = 0,
): boolean {
  // Without an agreed period nothing cools: two machines' clocks may differ, and no payout waits for that.
  if (hours === 0 || account.changedAt <= account.createdAt) return false;
  return now.getTime() < Date.parse(account.changedAt) + hours * 3_600_000;
}
