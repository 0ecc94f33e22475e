import { afterEach, describe, expect, it } from "vitest";
import { cashout, type MoneyWorld, marketplace, moneyWorld, refund, sale, seller } from "./money-world.ts";

let world: MoneyWorld;
afterEach(() => world.context.store.close());

const MANUAL = { schedule: { kind: "MANUAL" } };

/** A seller `a` with 90.00 available on 19 November, paid only by cashout. */
async function ninetyAvailable(settlement = {}) {
  world = await moneyWorld([
    marketplace({ ...MANUAL, ...settlement }),
    seller("a"),
    ...sale("o", { a: 10_000 }, "2026-11-18"),
  ]);
  await world.settle("2026-11-19");
}

const cashin = (id: string, who: string, amount: number, currency = "EUR") => ({
  type: "cashin",
  marketplace: "m",
  id,
  seller: who,
  amount,
  currency,
});
const operatorFee = (id: string, who: string, amount: number, more = {}) => ({
  type: "operator_fee",
  marketplace: "m",
  id,
  seller: who,
  amount,
  ...more,
});

describe("a cashout", () => {
  it("pays all that is available", async () => {
    await ninetyAvailable();
    expect(await world.transfers()).toEqual([]);
    expect(await world.balance("a")).toEqual({ AVAILABLE: 9_000n });
    await world.bring([cashout("x", "a")]);
    expect(await world.transfers()).toEqual(["a 9000 SCHEDULED"]);
    await world.booksHold();
  });

  it("pays a part, and the rest another time: no cent is lost or paid twice", async () => {
    await ninetyAvailable();
    await world.bring([cashout("x", "a", 2_500)]);
    await world.bring([cashout("y", "a", 1)]);
    await world.booksHold();
    await world.bring([cashout("z", "a")]);
    expect(await world.transfers()).toEqual(["a 2500 SCHEDULED", "a 1 SCHEDULED", "a 6499 SCHEDULED"]);
    await world.booksHold();
  });

  it("takes what matured this morning before any settlement ran, and counts a refund that no settlement saw", async () => {
    world = await moneyWorld([marketplace(MANUAL), seller("a"), ...sale("o", { a: 10_000 }, "2026-11-18")]);
    world.context.setClock("2026-11-19T10:00:00Z");
    await world.bring([refund("r", "o", "a", 4_000, "2026-11-19")]);
    expect(await world.import([cashout("x", "a", 5_401)])).toEqual([
      "AMOUNT_EXCEEDED amount: 5401 -> at most 5400, what is available",
    ]);
    await world.bring([cashout("y", "a", 5_400)]);
    expect(await world.balance("a")).toEqual({ AVAILABLE: 5_400n });
    await world.booksHold();
  });

  it("pays the operator his own sales, and with them his fees where that is agreed", async () => {
    world = await moneyWorld([
      marketplace({ ...MANUAL, operatorPayout: "SALES_AND_FEES" }),
      seller("a"),
      ...sale("o", { a: 10_000, OPERATOR: 2_000 }, "2026-11-18"),
    ]);
    await world.settle("2026-11-19");
    // 18.00 of his own sale, and the fees of 10.00 and 2.00 that he kept.
    await world.bring([cashout("x", "OPERATOR", 1_900), cashout("y", "OPERATOR")]);
    expect(await world.transfers()).toEqual(["OPERATOR 1900 SCHEDULED", "OPERATOR 1100 SCHEDULED"]);
    await world.booksHold();
  });

  it("spends a cashin at once, less a fee that the operator declared before", async () => {
    world = await moneyWorld([marketplace(MANUAL), seller("a")]);
    await world.bring([cashin("in", "a", 5_000), operatorFee("f", "a", 1_200, { vat: 200, says: "monthly" })]);
    await world.bring([cashout("x", "a")]);
    expect(await world.transfers()).toEqual(["a 3800 SCHEDULED"]);
    expect(await world.balance("OPERATOR")).toEqual({ FEES: 1_200n });
    await world.booksHold();
  });

  it.each<[string, Parameters<typeof marketplace>[0], ReturnType<typeof seller>, ReturnType<typeof cashout>, string]>([
    [
      "above what is available",
      {},
      seller("a"),
      cashout("x", "a", 9_001),
      "AMOUNT_EXCEEDED amount: 9001 -> at most 9000, what is available",
    ],
    ["of an amount of nothing", {}, seller("a"), cashout("x", "a", 0), "AMOUNT_INVALID amount: 0 -> more than nothing"],
    [
      "in a currency without money",
      {},
      seller("a"),
      cashout("x", "a", 1, { currency: "JPY" }),
      "NOTHING_AVAILABLE amount: nothing -> money whose delay is over",
    ],
    [
      "of the operator who has nothing",
      {},
      seller("a"),
      cashout("x", "OPERATOR"),
      "NOTHING_AVAILABLE amount: nothing -> money whose delay is over",
    ],
    [
      "of a seller who is not validated",
      {},
      seller("a", { onboarding: "CREATED" }),
      cashout("x", "a"),
      "PAYOUT_REFUSED seller: SELLER_NOT_VALIDATED -> the seller's onboarding is VALIDATED",
    ],
    [
      "of a seller without an account",
      {},
      seller("a", { iban: undefined }),
      cashout("x", "a"),
      "PAYOUT_REFUSED seller: NO_ACCOUNT -> the seller has a valid account",
    ],
    [
      "below the minimum",
      { minimumPayout: 1_000 },
      seller("a"),
      cashout("x", "a", 999),
      "PAYOUT_REFUSED seller: BELOW_MINIMUM -> at least 1000",
    ],
    [
      "above the maximum",
      { maximumPayout: 5_000 },
      seller("a"),
      cashout("x", "a", 5_001),
      "PAYOUT_REFUSED seller: LIMIT_EXCEEDED -> at most 5000 at once",
    ],
    [
      "beyond the reserve",
      { reserve: { basisPoints: 1_000, days: 30 } },
      seller("a"),
      cashout("x", "a", 8_101),
      "AMOUNT_EXCEEDED amount: 8101 -> at most 8100, what is available beside the reserve of 900",
    ],
    [
      "of nobody",
      {},
      seller("a"),
      { ...cashout("x", "a"), seller: "nobody" },
      "NOT_FOUND seller: nobody -> a seller imported before this record",
    ],
    [
      "without a seller",
      {},
      seller("a"),
      { type: "cashout", marketplace: "m", id: "x", scope: "seller" },
      "FIELD_MISSING seller: nothing -> the seller who is paid out",
    ],
    [
      "of scope operator with a seller",
      {},
      seller("a"),
      { ...cashout("x", "OPERATOR"), seller: "a" },
      "FIELD_INVALID seller: a -> no seller: the scope is operator",
    ],
  ])("%s is refused, and nothing is posted", async (_what, settlement, who, record, expected) => {
    world = await moneyWorld([
      marketplace({ ...MANUAL, ...settlement }),
      who,
      ...sale("o", { a: 10_000 }, "2026-11-18"),
    ]);
    await world.settle("2026-11-19");
    const before = await world.db.selectFrom("postings").selectAll().execute();
    expect(await world.import([record])).toEqual([expected]);
    expect(await world.db.selectFrom("postings").selectAll().execute()).toEqual(before);
    expect(await world.transfers()).toEqual([]);
    await world.booksHold();
  });

  it("keeps to the limit of a day, cashouts and settlements together", async () => {
    await ninetyAvailable({ maximumPerDay: 5_000 });
    await world.bring([cashout("x", "a", 4_000)]);
    expect(await world.import([cashout("y", "a", 1_001)])).toEqual([
      "PAYOUT_REFUSED seller: DAY_LIMIT_REACHED -> at most 1000 more on this day",
    ]);
    await world.bring([cashout("y", "a", 1_000)]);
    world.context.setClock("2026-11-20T10:00:00Z");
    await world.bring([cashout("z", "a", 4_000)]);
    await world.booksHold();
  });

  it("is made once for one id: 64 requests beside each other make one transfer", async () => {
    await ninetyAvailable();
    const answers = await Promise.all(Array.from({ length: 64 }, () => world.import([cashout("x", "a", 9_000)])));
    expect(answers).toEqual(answers.map(() => []));
    expect(await world.transfers()).toEqual(["a 9000 SCHEDULED"]);
    expect(await world.import([cashout("x", "a", 1)])).toEqual([
      "DUPLICATE_DIFFERS id: x -> the content it had when it was first imported, or another id",
    ]);
    await world.booksHold();
  });

  it("refuses exactly ten of twenty withdrawals beside each other for ten funds", async () => {
    world = await moneyWorld([marketplace(MANUAL), seller("a"), cashin("in", "a", 10_000)]);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => world.import([cashout(`x${n}`, "a", 1_000)])),
    );
    expect(answers.filter((findings) => findings.length > 0)).toHaveLength(10);
    expect(await world.transfers()).toEqual(Array.from({ length: 10 }, () => "a 1000 SCHEDULED"));
    await world.booksHold();
  });
});

describe("a fee declared afterwards", () => {
  it("above the balance makes a debt that later sales cover", async () => {
    world = await moneyWorld([marketplace(), seller("a"), operatorFee("f", "a", 1_000)]);
    await world.settle("2026-11-19");
    expect(await world.balance("a")).toEqual({ AVAILABLE: -1_000n });
    await world.bring(sale("o", { a: 5_000 }, "2026-11-19"));
    await world.settle("2026-11-20");
    expect(await world.transfers()).toEqual(["a 3500 SCHEDULED"]);
    expect(await world.balance("OPERATOR")).toEqual({ FEES: 1_500n });
  });

  it.each<[string, Record<string, unknown>, string]>([
    ["of nothing", operatorFee("f", "a", 0), "AMOUNT_INVALID amount: 0 -> more than nothing"],
    [
      "with more VAT than fee",
      operatorFee("f", "a", 5, { vat: 6 }),
      "AMOUNT_EXCEEDED vat: 6 -> at most the amount that includes it, 5",
    ],
    [
      "of the operator",
      operatorFee("f", "OPERATOR", 5),
      "FIELD_INVALID seller: OPERATOR -> a seller: the operator owes himself none",
    ],
    ["below zero", operatorFee("f", "a", -5), "AMOUNT_INVALID amount: -5 -> whole minor units, such as 1250 for 12.50"],
  ])("%s is refused", async (_what, record, expected) => {
    world = await moneyWorld([marketplace(), seller("a")]);
    expect(await world.import([record])).toEqual([expected]);
  });
});
