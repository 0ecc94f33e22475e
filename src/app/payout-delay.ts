/** From which business date a sale may be paid out, by the policy of its marketplace or of its seller. */
import { addBankingDays, addDays } from "../domain/calendar.ts";
import type { SettlementPolicy } from "../domain/policies.ts";
import { sellerPolicyOf } from "../store/policies.ts";

/** Thousands of sales of one run share a few days and policies: each is worked out once. */
export class PayoutDelay {
  readonly #policy: SettlementPolicy;
  readonly #dates = new Map<string, string>();

  constructor(policy: SettlementPolicy) {
    this.#policy = policy;
  }

  /** `sellerPolicy` is the text of the seller's own policy; null for none. */
  availableOn(capturedOn: string, sellerPolicy: string | null): string {
    const key = `${capturedOn}${sellerPolicy ?? ""}`;
    const known = this.#dates.get(key);
    if (known !== undefined) return known;
    const date = availableOn(capturedOn, sellerPolicyOf(this.#policy, { settlement_policy: sellerPolicy }));
    this.#dates.set(key, date);
    return date;
  }
}

function availableOn(capturedOn: string, policy: SettlementPolicy): string {
  return policy.delayCounts === "BANKING_DAYS"
    ? addBankingDays(capturedOn, policy.delayDays, "TARGET")
    : addDays(capturedOn, policy.delayDays);
}
