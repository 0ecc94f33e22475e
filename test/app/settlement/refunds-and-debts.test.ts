import { afterEach, describe, expect, it } from "vitest";
import { settle } from "../../../src/app/settle.ts";
import { writeTransferFiles } from "../../../src/app/write-transfer-files.ts";
import {
  cashout,
  chargeback,
  type Fields,
  type MoneyWorld,
  marketplace,
  moneyWorld,
  refund,
  sale,
  seller,
} from "./money-world.ts";

let world: MoneyWorld;
afterEach(() => world.context.store.close());

/** 100.00 sold by `a`, a fee of 10.00, paid out on 19 November. */
async function paidOut(settlement: Fields = {}, more: Fields = {}) {
  world = await moneyWorld([marketplace(settlement, more), seller("a"), ...sale("o", { a: 10_000 }, "2026-11-18")]);
  await world.settle("2026-11-19");
  await writeTransferFiles(world.context, "2026-11-19");
}

describe("a refund", () => {
  it.each<[string, string, readonly number[], bigint, bigint]>([
    ["of a half before the payout gives back half the fee", "PROPORTIONAL", [5_000], 4_500n, 500n],
    ["of all in three parts leaves nothing", "PROPORTIONAL", [3_333, 3_333, 3_334], 0n, 0n],
    ["of a half under NONE keeps the fee", "NONE", [5_000], 4_000n, 1_000n],
    ["of a half under FULL gives all of the fee back", "FULL", [5_000], 5_000n, 0n],
    ["smaller than the fee under FULL costs the seller nothing", "FULL", [300, 200], 9_000n, 500n],
  ])("%s", async (_what, policy, amounts, paid, fees) => {
    world = await moneyWorld([
      marketplace({}, { fees: [{ basisPoints: 1_000, refund: policy }] }),
      seller("a"),
      ...sale("o", { a: 10_000 }, "2026-11-18"),
      ...amounts.map((amount, index) => refund(`r${index}`, "o", "a", amount, "2026-11-18")),
    ]);
    await world.settle("2026-11-19");
    expect(await world.transfers()).toEqual(paid === 0n ? [] : [`a ${paid} SCHEDULED`]);
    expect(await world.balance("OPERATOR")).toEqual(fees === 0n ? {} : { FEES: fees });
  });

  it("after the payout is a debt, carried over three settlements, told, and netted by what is sold", async () => {
    await paidOut();
    await world.bring([refund("r", "o", "a", 10_000, "2026-11-19")]);
    const sold: readonly (readonly [string, number])[] = [
      ["2026-11-20", 2_000],
      ["2026-11-21", 3_000],
      ["2026-11-22", 8_000],
    ];
    const debts: unknown[] = [];
    for (const [day, amount] of sold) {
      await world.settle(day);
      debts.push(...(await world.db.selectFrom("seller_debts").select(["amount", "since"]).execute()));
      await world.bring(sale(`o-${day}`, { a: amount }, day));
    }
    await world.settle("2026-11-23");
    expect(debts).toEqual([
      { amount: 9_000n, since: "2026-11-20" },
      { amount: 7_200n, since: "2026-11-20" },
      { amount: 4_500n, since: "2026-11-20" },
    ]);
    expect(await world.db.selectFrom("seller_debts").selectAll().execute()).toEqual([]);
    expect((await world.transfers()).at(-1)).toBe("a 2700 SCHEDULED");
    expect((await world.told("settlement")).map((line) => line.split(" ").slice(1).join(" "))).toEqual([
      "CARRIED NEGATIVE_NET",
      "CARRIED NEGATIVE_NET",
      "CARRIED NEGATIVE_NET",
      "COVERED",
    ]);
  });

  it.each<[string, Fields, string]>([
    [
      "above what was captured",
      refund("r", "o", "a", 10_001, "2026-11-19"),
      "AMOUNT_EXCEEDED amount: 10001 -> at most 10000, what is open on T-o",
    ],
    ["of nothing", refund("r", "o", "a", 0, "2026-11-19"), "AMOUNT_INVALID amount: 0 -> more than nothing"],
    [
      "with a fee above it",
      refund("r", "o", "a", 10, "2026-11-19", { fee: 11 }),
      "AMOUNT_EXCEEDED fee: 11 -> at most the amount, 10",
    ],
  ])("%s is refused", async (_what, record, expected) => {
    await paidOut();
    expect(await world.import([record])).toEqual([expected]);
  });
});

describe("a chargeback", () => {
  it.each<[string, Fields, Fields, Record<string, bigint>, Record<string, bigint>]>([
    [
      "takes the sale back from the seller, the fee in proportion",
      {},
      {},
      { AVAILABLE: -9_000n, IN_TRANSIT: 9_000n },
      {},
    ],
    [
      "charges the seller what the bank charges",
      {},
      { charge: 1_500 },
      { AVAILABLE: -10_500n, IN_TRANSIT: 9_000n },
      {},
    ],
    [
      "charges what the policy says where the record says nothing",
      { chargeback: { charge: 700 } },
      {},
      { AVAILABLE: -9_700n, IN_TRANSIT: 9_000n },
      {},
    ],
    [
      "charges the operator where that is agreed",
      { chargeback: { chargedTo: "OPERATOR" } },
      { charge: 1_500 },
      { AVAILABLE: -9_000n, IN_TRANSIT: 9_000n },
      { AVAILABLE: -1_500n },
    ],
    [
      "leaves the operator his fee where that is agreed",
      { chargeback: { fee: "NONE" } },
      {},
      { AVAILABLE: -10_000n, IN_TRANSIT: 9_000n },
      { FEES: 1_000n },
    ],
  ])("%s", async (_what, settlement, more, ofSeller, ofOperator) => {
    await paidOut(settlement);
    await world.bring([chargeback("c", "o", "a", 10_000, "2026-11-19", { reason: "10.4 fraud", ...more })]);
    await world.settle("2026-11-20");
    expect(await world.balance("a")).toEqual(ofSeller);
    expect(await world.balance("OPERATOR")).toEqual(ofOperator);
    const row = await world.db.selectFrom("transactions").select("refunded").executeTakeFirstOrThrow();
    expect(row.refunded).toBe(10_000n);
  });

  it("of several sellers' order is charged to them in proportion", async () => {
    world = await moneyWorld([
      marketplace(),
      seller("a"),
      seller("b"),
      ...sale("o", { a: 10_000, b: 5_000 }, "2026-11-18"),
    ]);
    const { seller: _all, ...whole } = chargeback("c", "o", "", 15_000, "2026-11-18", { charge: 1_000 });
    await world.bring([whole]);
    await world.settle("2026-11-18");
    expect(await world.balance("a")).toEqual({ AVAILABLE: -9_667n, PENDING: 9_000n });
    expect(await world.balance("b")).toEqual({ AVAILABLE: -4_833n, PENDING: 4_500n });
  });

  it("and refunds together are never more than what was captured", async () => {
    await paidOut();
    await world.bring([refund("r", "o", "a", 6_000, "2026-11-19"), chargeback("c", "o", "a", 3_000, "2026-11-19")]);
    expect(await world.import([chargeback("d", "o", "a", 1_001, "2026-11-19")])).toEqual([
      "AMOUNT_EXCEEDED amount: 1001 -> at most 1000, what is open on T-o",
    ]);
    await world.bring([chargeback("d", "o", "a", 1_000, "2026-11-19"), chargeback("c", "o", "a", 3_000, "2026-11-19")]);
    await world.settle("2026-11-20");
    expect(await world.balance("OPERATOR")).toEqual({});
  });

  it.each<[string, Fields, string]>([
    [
      "without the day on which it happened",
      { chargedBackAt: undefined },
      "FIELD_MISSING chargedBackAt: nothing -> when the bank took the money back",
    ],
    ["with a charge of nothing", { charge: 0 }, "AMOUNT_INVALID charge: 0 -> more than nothing, or no charge"],
    [
      "of what was never captured",
      { transaction: "T-x" },
      "NOT_FOUND transaction: T-x -> a transaction imported before this record",
    ],
  ])("%s is refused", async (_what, more, expected) => {
    await paidOut();
    expect(await world.import([chargeback("c", "o", "a", 10, "2026-11-19", more)])).toEqual([expected]);
  });
});

describe("a debt above its limit", () => {
  const openMatters = () =>
    world.db.selectFrom("exceptions").select(["reason", "subject_ref", "says", "amount", "state"]).execute();

  it("by amount is an exception at once, and resolved when it is covered", async () => {
    await paidOut({ maximumDebt: 5_000 });
    await world.bring([refund("r", "o", "a", 10_000, "2026-11-19")]);
    await world.settle("2026-11-20");
    await world.settle("2026-11-21");
    expect(await openMatters()).toEqual([
      {
        reason: "DEBT_ABOVE_LIMIT",
        subject_ref: "a",
        // As the last settlement saw it, a day later.
        says: "owes 90.00 EUR for 1 days; expected at most 50.00 EUR",
        amount: 9_000n,
        state: "OPEN",
      },
    ]);
    await world.bring(sale("o2", { a: 10_000 }, "2026-11-21"));
    await world.settle("2026-11-22");
    expect((await openMatters()).map(({ state }) => state)).toEqual(["RESOLVED"]);
  });

  it("is covered by a cashout too, and the next debt begins on its own day", async () => {
    await paidOut({ maximumDebtDays: 1 });
    const debts = () => world.db.selectFrom("seller_debts").select(["amount", "since"]).execute();
    await world.bring([refund("r", "o", "a", 1_000, "2026-11-19")]);
    await world.settle("2026-11-20");
    await world.settle("2026-11-22");
    expect(await debts()).toEqual([{ amount: 900n, since: "2026-11-20" }]);
    await world.bring(sale("o2", { a: 10_000 }, "2026-11-22"));
    world.context.setClock("2026-11-23T01:00:00Z");
    await world.bring([cashout("x", "a")]);
    expect((await world.transfers()).at(-1)).toBe("a 8100 SCHEDULED");
    expect(await debts()).toEqual([]);
    expect((await world.told("settlement")).at(-1)).toBe("debt/EUR/a/2026-11-20 COVERED");
    expect((await openMatters()).map(({ state }) => state)).toEqual(["RESOLVED"]);
    await world.bring([refund("r2", "o", "a", 2_000, "2026-11-23")]);
    await world.settle("2026-11-24");
    expect(await debts()).toEqual([{ amount: 1_800n, since: "2026-11-24" }]);
    expect((await openMatters()).map(({ state }) => state)).toEqual(["RESOLVED"]);
  });

  it("by age is an exception when its days are over, though nothing else happened", async () => {
    await paidOut({ maximumDebtDays: 2 });
    await world.bring([refund("r", "o", "a", 1_000, "2026-11-19")]);
    const found: number[] = [];
    for (const day of ["2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23"]) {
      await world.settle(day);
      found.push((await openMatters()).length);
    }
    expect(found).toEqual([0, 0, 0, 1]);
  });
});

describe("fees by agreement", () => {
  it("go by what the seller sold in the calendar month before each sale, in the order of the captures", async () => {
    const tiers = [{ from: 10_000, basisPoints: 500 }];
    world = await moneyWorld([
      marketplace({}, { fees: [{ basisPoints: 1_000, tiers }] }),
      seller("a"),
      seller("b"),
      ...sale("o1", { a: 9_999, b: 10_000 }, "2026-11-29"),
      ...sale("o2", { a: 1_000 }, "2026-11-29"),
      ...sale("o3", { a: 1_000 }, "2026-11-30"),
      ...sale("o4", { a: 1_000 }, "2026-12-01"),
    ]);
    await settle(world.context, "2026-12-01");
    const lines = await world.db.selectFrom("payables").select(["gross", "fee"]).orderBy("id").execute();
    expect(lines.map(({ gross, fee }) => [gross, fee])).toEqual([
      [9_999n, 1_000n],
      [10_000n, 1_000n],
      // 99.99 before it: one cent short of the tier.
      [1_000n, 100n],
      // 109.99 before it.
      [1_000n, 50n],
      // A new month begins at nothing.
      [1_000n, 100n],
    ]);
    await world.booksHold();
  });

  it("go by the payment method, and tell the VAT apart", async () => {
    world = await moneyWorld([
      marketplace(
        {},
        { fees: [{ basisPoints: 1_000 }, { paymentMethod: "AMEX", basisPoints: 2_000, vatBasisPoints: 2_000 }] },
      ),
      seller("a"),
      ...sale("o1", { a: 10_000 }, "2026-11-18", { paymentMethod: "AMEX" }),
      ...sale("o2", { a: 10_000 }, "2026-11-18", { paymentMethod: "CB" }),
      refund("r", "o1", "a", 5_000, "2026-11-18"),
    ]);
    await world.settle("2026-11-19");
    const lines = await world.db
      .selectFrom("payables")
      .select(["kind", "fee", "fee_vat", "net"])
      .orderBy("id")
      .execute();
    expect(lines.map((line) => Object.values(line))).toEqual([
      ["SALE", 2_400n, 400n, 7_600n],
      ["SALE", 1_000n, 0n, 9_000n],
      ["REFUND", -1_200n, -200n, -3_800n],
    ]);
  });

  it.each<[string, readonly Fields[], string]>([
    [
      "tiers that overlap",
      [{ tiers: [{ from: 5 }, { from: 5 }] }],
      "TIERS_OVERLAP fees[0].tiers[1].from: 5 -> more than 5, where the tier before it begins",
    ],
    [
      "tiers that descend",
      [{ tiers: [{ from: 5 }, { from: 1 }] }],
      "TIERS_OVERLAP fees[0].tiers[1].from: 1 -> more than 5, where the tier before it begins",
    ],
    ["an unknown field", [{ basispoints: 5 }], "FIELD_UNKNOWN fees[0].basispoints: basispoints"],
    ["an unknown field of a tier", [{ tiers: [{ from: 1, upTo: 5 }] }], "FIELD_UNKNOWN fees[0].tiers[0].upTo: upTo"],
    ["more than all", [{ basisPoints: 10_001 }], "FIELD_INVALID fees[0].basisPoints: 10001"],
    [
      "two rules for the same sales",
      [{ seller: "a" }, { seller: "a", basisPoints: 1 }],
      "RULES_OVERLAP fees[1]: the same sales as fees[0] -> other sales, or other dates",
    ],
    [
      "dates that overlap by a day",
      [{ validUntil: "2026-11-20" }, { validFrom: "2026-11-20" }],
      "RULES_OVERLAP fees[1]: the same sales as fees[0] -> other sales, or other dates",
    ],
    [
      "dates the wrong way round",
      [{ validFrom: "2026-11-20", validUntil: "2026-11-19" }],
      "FIELD_INVALID fees[0].validFrom: 2026-11-20 -> not after validUntil, 2026-11-19",
    ],
    [
      "a minimum above the maximum",
      [{ minimum: 2, maximum: 1 }],
      "FIELD_INVALID fees[0].minimum: 2 -> at most the maximum, 1",
    ],
  ])("with %s are refused", async (_what, fees, expected) => {
    world = await moneyWorld([]);
    const [finding, ...more] = await world.import([marketplace({}, { fees })]);
    expect(finding?.startsWith(expected)).toBe(true);
    expect(more).toEqual([]);
  });

  it("may follow each other without a gap or an overlap", async () => {
    const fees = [
      { basisPoints: 1_000, validUntil: "2026-11-18" },
      { basisPoints: 500, validFrom: "2026-11-19" },
    ];
    world = await moneyWorld([
      marketplace({}, { fees }),
      seller("a"),
      ...sale("o1", { a: 1_000 }, "2026-11-18"),
      ...sale("o2", { a: 1_000 }, "2026-11-19"),
    ]);
    await world.settle("2026-11-20");
    expect(await world.balance("OPERATOR")).toEqual({ FEES: 150n });
  });
});

describe("other currencies", () => {
  it("have a settlement of their own, and are held where the bank profile cannot carry them", async () => {
    world = await moneyWorld([
      marketplace({ minimumPayout: 500 }),
      seller("a"),
      ...sale("eur", { a: 1_000 }, "2026-11-18"),
      ...sale("jpy", { a: 1_005 }, "2026-11-18", { currency: "JPY" }),
      ...sale("kwd", { a: 12_345 }, "2026-11-18", { currency: "KWD" }),
    ]);
    await world.settle("2026-11-19");
    expect((await world.transfers()).toSorted()).toEqual([
      "a 11110 KWD ON_HOLD CURRENCY_NOT_CARRIED",
      "a 900 SCHEDULED",
      // 10 % of 1005 yen is 100.5: the fee is 101.
      "a 904 JPY ON_HOLD CURRENCY_NOT_CARRIED",
    ]);
    expect(await world.balance("OPERATOR", "JPY")).toEqual({ FEES: 101n });
    expect(await world.balance("OPERATOR", "KWD")).toEqual({ FEES: 1_235n });
    const settlements = await world.db.selectFrom("settlements").select("currency").orderBy("currency").execute();
    expect(settlements.map(({ currency }) => currency)).toEqual(["EUR", "JPY", "KWD"]);
    await writeTransferFiles(world.context, "2026-11-19");
    await world.booksHold();
  });
});
