import { expect, it } from "vitest";
import { type PayoutHistory, type PlannedPayout, payoutAnomalies } from "../../src/domain/payout-anomaly.ts";

const usual: PlannedPayout = { amount: 100n, holder: "Shop One", iban: "A" };
const paid = (...amounts: bigint[]): PayoutHistory => ({ paid: amounts.map((amount) => ({ ...usual, amount })) });

it.each<[string, Partial<PlannedPayout>, PayoutHistory, readonly string[]]>([
  ["a first payout", {}, { paid: [] }, []],
  ["a payout like the others", {}, paid(90n, 110n, 100n), []],
  ["another account", { iban: "B" }, paid(90n), ["NEW_ACCOUNT"]],
  ["another name", { holder: "Shop Two" }, paid(90n), ["NAME_CHANGED"]],
  ["the same name written otherwise", { holder: " SHOP  one" }, paid(90n), []],
  ["ten times the median", { amount: 1_000n }, paid(100n, 5n, 900n), ["TEN_TIMES_USUAL"]],
  ["nearly ten times the median", { amount: 999n }, paid(100n, 5n, 900n), []],
  ["ten times of too few to be usual", { amount: 1_000n }, paid(100n, 100n), []],
  ["the lower of two in the middle", { amount: 1_000n }, paid(100n, 200n, 100n, 200n), ["TEN_TIMES_USUAL"]],
  [
    "the same amount once more",
    {},
    { ...paid(90n), duplicate: { endToEndId: "E", businessDate: "2026-11-01" } },
    ["DUPLICATE_AMOUNT"],
  ],
  [
    "everything at once",
    { iban: "B", holder: "X", amount: 9_999n },
    paid(1n, 1n, 1n),
    ["NEW_ACCOUNT", "NAME_CHANGED", "TEN_TIMES_USUAL"],
  ],
])("names what is unusual about %s", (_what, planned, history, expected) => {
  expect(payoutAnomalies({ ...usual, ...planned }, history).map(({ code }) => code)).toEqual(expected);
});
