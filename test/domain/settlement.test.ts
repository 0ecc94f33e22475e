import { describe, expect, it } from "vitest";
import { limitsFor, type PayoutLimits, reserveOf } from "../../src/domain/policies.ts";
import { decideSettlement, isCooling, type SellerPosition } from "../../src/domain/settlement.ts";

const LIMITS: PayoutLimits = { minimumPayout: 100n, maximumPayout: 50_000n, maximumPerDay: 60_000n };

describe("what becomes of a seller's money", () => {
  it.each<[string, Partial<SellerPosition>, string]>([
    ["paid", {}, "TRANSFER"],
    ["nothing to pay", { net: 0n }, "NOTHING"],
    ["a debt", { net: -1n }, "CARRIED NEGATIVE_NET"],
    ["held by a person, before all else", { isHeld: true, onboarding: "CREATED" }, "HOLD SELLER_HELD"],
    ["not validated", { onboarding: "PENDING_VALIDATION", accountProblem: "NO_ACCOUNT" }, "HOLD SELLER_NOT_VALIDATED"],
    ["no account", { accountProblem: "NO_ACCOUNT", isCooling: true }, "HOLD NO_ACCOUNT"],
    ["an account that changed lately", { isCooling: true, net: 1n }, "HOLD ACCOUNT_COOLING"],
    ["too little", { net: 99n }, "HOLD BELOW_MINIMUM"],
    ["just enough", { net: 100n }, "TRANSFER"],
    ["as much as may be", { net: 50_000n }, "TRANSFER"],
    ["too much at once", { net: 50_001n }, "HOLD LIMIT_EXCEEDED"],
    ["the rest of the day's limit", { net: 20_000n, paidToday: 40_000n }, "TRANSFER"],
    ["more than the rest of the day's limit", { net: 20_001n, paidToday: 40_000n }, "HOLD DAY_LIMIT_REACHED"],
  ])("%s", (_what, fields, expected) => {
    const decision = decideSettlement({ onboarding: "VALIDATED", net: 1_000n, ...fields }, LIMITS);
    expect([decision.outcome, ...("reason" in decision ? [decision.reason] : [])].join(" ")).toBe(expected);
  });

  it("waits for a person where no day's limit is enough", () => {
    const decision = decideSettlement({ onboarding: "VALIDATED", net: 11n }, { minimumPayout: 1n, maximumPerDay: 10n });
    expect(decision).toMatchObject({ outcome: "HOLD", reason: "LIMIT_EXCEEDED" });
  });
});

describe("a reserve of 5 %", () => {
  it.each<[string, bigint, bigint, bigint]>([
    ["of net sales of 100.00", 10_000n, 10_000n, 500n],
    ["is rounded half up: 0.5 cents of 0.10", 10n, 10n, 1n],
    ["is nothing where refunds exceed sales", -10_000n, 5_000n, 0n],
    ["never makes a debt", 10_000n, 300n, 300n],
    ["is nothing of a debt", 10_000n, -300n, 0n],
  ])("%s", (_what, netSales, payout, expected) => {
    expect(reserveOf(netSales, payout, { basisPoints: 500n, days: 90 })).toBe(expected);
  });
});

describe("limits", () => {
  const policy = {
    delayDays: 1,
    delayCounts: "CALENDAR_DAYS",
    minimumPayout: 500n,
    maximumPayout: 10_000n,
    currencies: { JPY: { maximumPayout: 1_000_000n } },
  } as const;
  it.each<[string, PayoutLimits]>([
    ["EUR", policy],
    ["JPY", { minimumPayout: 1n, maximumPayout: 1_000_000n }],
    ["KWD", { minimumPayout: 1n }],
  ])("in %s are those of the currency", (currency, expected) => {
    expect(limitsFor(policy, currency, "EUR")).toEqual(expected);
  });
});

describe("the cooling period of a changed account", () => {
  const account = { createdAt: "2026-11-01T00:00:00.000Z", changedAt: "2026-11-20T10:00:00.000Z" };
  it.each<[string, typeof account, string, number, boolean]>([
    ["lasts its hours", account, "2026-11-21T09:59:59.999Z", 24, true],
    ["then is over", account, "2026-11-21T10:00:00.000Z", 24, false],
    ["is none without hours", account, "2026-11-20T10:00:00.000Z", 0, false],
    ["is none without hours, whatever another machine's clock says", account, "2026-11-20T09:00:00Z", 0, false],
    ["is none for the first account", { ...account, changedAt: account.createdAt }, account.createdAt, 24, false],
  ])("%s", (_what, of, now, hours, expected) => {
    expect(isCooling(of, new Date(now), hours)).toBe(expected);
  });
});
