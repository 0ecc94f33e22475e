import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TABLES } from "../../../src/store/table-pages.ts";
import { STORE_KINDS } from "../../support/test-database.ts";
import { cashout, type Fields, type MoneyWorld, marketplace, moneyWorld, refund, sale, seller } from "./money-world.ts";

const order = (amount: unknown, more: Fields = {}, item: Fields = {}): Fields => ({
  ...{ type: "order", marketplace: "m", id: "new", amount, currency: "EUR", ...more },
  items: [{ id: "i", name: "thing", amount, seller: "a", ...item }],
});
const declared = (type: string, amount: unknown, more: Fields = {}): Fields => {
  return { type, marketplace: "m", id: "new", seller: "a", amount, ...more };
};
const rules = (...fees: readonly Fields[]): Fields => marketplace({}, { fees });

/** What comes in; the code, the field, what was found there and what was expected: on a marketplace where 100.00 were sold. */
const REFUSED: readonly (readonly [string, Fields, string])[] = [
  [
    "a commission above its item",
    order(500, {}, { commission: 501 }),
    "AMOUNT_EXCEEDED items[0].commission: 501 -> at most the item's amount, 500",
  ],
  [
    "a refund's fee above it",
    refund("new", "o", "a", 10, "2026-11-19", { fee: 11 }),
    "AMOUNT_EXCEEDED fee: 11 -> at most the amount, 10",
  ],
  [
    "a rule that takes more than all",
    rules({ basisPoints: 10_001 }),
    "FIELD_INVALID fees[0].basisPoints: 10001 -> a whole number from 0 to 10000",
  ],
  ["a negative sale", order(-5), "AMOUNT_INVALID"],
  [
    "a negative refund",
    refund("new", "o", "a", -5, "2026-11-19"),
    "AMOUNT_INVALID amount: -5 -> whole minor units, such as 1250 for 12.50",
  ],
  ["a refund of nothing", refund("new", "o", "a", 0, "2026-11-19"), "AMOUNT_INVALID amount: 0 -> more than nothing"],
  ["a cashin of nothing", declared("cashin", 0), "AMOUNT_INVALID amount: 0 -> more than nothing"],
  [
    "a negative fee",
    declared("operator_fee", -5),
    "AMOUNT_INVALID amount: -5 -> whole minor units, such as 1250 for 12.50",
  ],
  ["half a cent", declared("cashin", 0.5), "AMOUNT_INVALID amount: 0.5 -> a whole number, written without a point"],
  ["an unknown field of a rule", rules({ basisPoints: 1, cap: 5 }), "FIELD_UNKNOWN fees[0].cap: cap"],
  [
    "tiers that overlap",
    rules({ tiers: [{ from: 5 }, { from: 5 }] }),
    "TIERS_OVERLAP fees[0].tiers[1].from: 5 -> more than 5, where the tier before it begins",
  ],
  [
    "rules that overlap",
    rules({ seller: "a" }, { seller: "a" }),
    "RULES_OVERLAP fees[1]: the same sales as fees[0] -> other sales, or other dates",
  ],
  [
    "a refund above what was captured",
    refund("new", "o", "a", 10_001, "2026-11-19"),
    "AMOUNT_EXCEEDED amount: 10001 -> at most 10000, what is open on T-o",
  ],
  ["a refund of a seller who is not in the order", refund("new", "o", "b", 1, "2026-11-19"), "NOT_FOUND seller: b -> "],
  [
    "a cashout above what is available",
    cashout("new", "a", 9_001),
    "AMOUNT_EXCEEDED amount: 9001 -> at most 9000, what is available",
  ],
  ["a cashout of nothing", cashout("new", "a", 0), "AMOUNT_INVALID amount: 0 -> more than nothing"],
  [
    "a payment in another currency than its order",
    { ...sale("o", { a: 5 }, "2026-11-19", { currency: "CHF" })[1], currency: "CHF", id: "new" },
    "CURRENCY_DIFFERS currency: CHF -> ",
  ],
  ["a currency that is none", declared("cashin", 5, { currency: "XXY" }), 'CURRENCY_UNKNOWN currency: "XXY"'],
];

/** Numbers that were given out are not given again: gaps in them are nothing. */
const WRITTEN = TABLES.filter((table) => table !== "counters");

describe.each(STORE_KINDS)("bad input on %s", (kind) => {
  let world: MoneyWorld;
  beforeAll(async () => {
    world = await moneyWorld(
      [
        marketplace({ schedule: { kind: "MANUAL" } }),
        seller("a"),
        seller("b"),
        ...sale("o", { a: 10_000 }, "2026-11-18"),
      ],
      kind,
    );
    await world.settle("2026-11-19");
  });
  afterAll(() => world.context.store.close());

  it.each(REFUSED)(
    "%s is refused with code, field, found and expected, and nothing is written",
    async (_what, record, expected) => {
      const content = () => Promise.all(WRITTEN.map((table) => world.db.selectFrom(table).selectAll().execute()));
      const before = await content();
      const findings = await world.import([record, declared("cashin", 700, { id: "good", seller: "b" })]);
      expect(findings[0]?.slice(0, expected.length)).toBe(expected);
      expect(findings[0]).toMatch(/^[A-Z_]+ \S+: .+ -> .+/);
      expect(await content()).toEqual(before);
    },
  );
});
