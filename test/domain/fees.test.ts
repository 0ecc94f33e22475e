import { describe, expect, it } from "vitest";
import {
  type FeeRule,
  feeGivenBack,
  feeOf,
  feeSchedule,
  type Sale,
  shareOfPiece,
  vatWithin,
} from "../../src/domain/fees.ts";

const rule = (fields: Partial<FeeRule> = {}): FeeRule => ({
  basisPoints: 0n,
  fixed: 0n,
  refund: "PROPORTIONAL",
  ...fields,
});

const sale = (fields: Partial<Sale> = {}): Sale => ({
  seller: "a",
  currency: "EUR",
  date: "2026-11-20",
  amount: 10_000n,
  volumeBefore: 0n,
  ...fields,
});

const TIERS = [
  { from: 100_000n, basisPoints: 800n, fixed: 0n },
  { from: 1_000_000n, basisPoints: 500n, fixed: 10n },
];

describe("the fee of a sale", () => {
  it.each<[string, Partial<FeeRule>, Partial<Sale>, bigint]>([
    ["10 % of 100.00", { basisPoints: 1_000n }, {}, 1_000n],
    ["10 % + 0.25", { basisPoints: 1_000n, fixed: 25n }, {}, 1_025n],
    ["half a cent is rounded up: 2.5 % of 0.20", { basisPoints: 250n }, { amount: 20n }, 1n],
    ["less than half a cent is rounded down: 2.4 % of 0.20", { basisPoints: 240n }, { amount: 20n }, 0n],
    ["the minimum of 0.50 on 1.00", { basisPoints: 1_000n, minimum: 50n }, { amount: 100n }, 50n],
    ["the maximum of 5.00 on 100.00", { basisPoints: 1_000n, maximum: 500n }, {}, 500n],
    ["never more than the sale", { fixed: 500n }, { amount: 300n }, 300n],
    ["a commission stands before the rule", { basisPoints: 1_000n }, { commission: 7n }, 7n],
    ["20 % VAT comes on top: 10.00 + 2.00", { basisPoints: 1_000n, vatBasisPoints: 2_000n }, {}, 1_200n],
    ["the minimum is without VAT", { minimum: 50n, vatBasisPoints: 2_000n }, { amount: 100n }, 60n],
    ["fee and VAT together are never more than the sale", { basisPoints: 9_000n, vatBasisPoints: 2_000n }, {}, 10_000n],
    ["below the first tier", { basisPoints: 1_000n, tiers: TIERS }, { volumeBefore: 99_999n }, 1_000n],
    ["from the first tier on", { basisPoints: 1_000n, tiers: TIERS }, { volumeBefore: 100_000n }, 800n],
    ["just below the second tier", { basisPoints: 1_000n, tiers: TIERS }, { volumeBefore: 999_999n }, 800n],
    [
      "from the second tier on, with its fixed part",
      { basisPoints: 1_000n, tiers: TIERS },
      { volumeBefore: 1_000_000n },
      510n,
    ],
    ["nothing sold costs nothing", { basisPoints: 1_000n }, { amount: 0n }, 0n],
  ])("%s", (_what, fields, of, expected) => {
    expect(feeOf(sale(of), rule(fields))).toBe(expected);
  });

  it("is nothing without a rule", () => {
    expect(feeOf(sale(), undefined)).toBe(0n);
  });
});

describe("the rule of a sale", () => {
  const named = (name: bigint, fields: Partial<FeeRule>): FeeRule => rule({ basisPoints: name, ...fields });
  const rules = [
    named(1n, {}),
    named(2n, { paymentMethod: "CB" }),
    named(3n, { category: "books" }),
    named(4n, { category: "books", paymentMethod: "CB" }),
    named(5n, { seller: "a" }),
    named(6n, { seller: "a", category: "books", validFrom: "2026-11-01", validUntil: "2026-11-30" }),
    named(7n, { seller: "yen", fixed: 25n }),
    named(8n, { seller: "yen", fixed: 30n, currency: "JPY" }),
  ];
  it.each<[string, Partial<Sale>, bigint]>([
    ["the general one", { seller: "b" }, 1n],
    ["the payment method's", { seller: "b", paymentMethod: "CB" }, 2n],
    ["the category's before the payment method's", { seller: "b", category: "books", paymentMethod: "AMEX" }, 3n],
    ["category and payment method together", { seller: "b", category: "books", paymentMethod: "CB" }, 4n],
    ["the seller's before all that are general", { category: "toys", paymentMethod: "CB" }, 5n],
    ["the seller's category on its first day", { category: "books", date: "2026-11-01" }, 6n],
    ["the seller's category on its last day", { category: "books", date: "2026-11-30" }, 6n],
    ["the seller's own when the category's is over", { category: "books", date: "2026-12-01" }, 5n],
    ["amounts without a currency are the marketplace's", { seller: "yen" }, 7n],
    ["amounts in yen are for sales in yen", { seller: "yen", currency: "JPY" }, 8n],
    ["amounts are for no other currency", { seller: "yen", currency: "KWD" }, 1n],
  ])("is %s", (_what, of, expected) => {
    expect(feeSchedule(rules, "EUR")(sale(of))?.basisPoints).toBe(expected);
  });
});

describe("the VAT inside a fee", () => {
  it("is what came on top of it, for every fee and rate", () => {
    for (const rate of [0n, 250n, 550n, 1_000n, 2_000n, 2_550n, 10_000n]) {
      const vatRule = rule({ fixed: 0n, vatBasisPoints: rate });
      for (let net = 0n; net <= 2_000n; net += 1n) {
        const total = feeOf(sale({ amount: 1_000_000n }), { ...vatRule, fixed: net });
        expect(vatWithin(total, vatRule)).toBe(total - net);
      }
    }
  });

  it("of a given commission of 12.00 at 20 % is 2.00", () => {
    expect(vatWithin(1_200n, { vatBasisPoints: 2_000n })).toBe(200n);
  });
});

describe("what a refund gives back of a fee of 10.00 on 100.00", () => {
  const none = { captured: 10_000n, refunded: 0n, feeTaken: 1_000n, feeReturned: 0n };
  it.each<[string, Partial<typeof none>, bigint, FeeRule["refund"], bigint]>([
    ["a half, in proportion", {}, 5_000n, "PROPORTIONAL", 500n],
    ["all, in proportion", {}, 10_000n, "PROPORTIONAL", 1_000n],
    ["one cent, in proportion: a tenth of a cent is nothing", {}, 1n, "PROPORTIONAL", 0n],
    ["the second half", { refunded: 5_000n, feeReturned: 500n }, 5_000n, "PROPORTIONAL", 500n],
    ["nothing", {}, 10_000n, "NONE", 0n],
    ["the whole fee before anything else", {}, 5_000n, "FULL", 1_000n],
    ["the whole fee, as far as the refund reaches", {}, 300n, "FULL", 300n],
    ["what is left of the fee", { refunded: 300n, feeReturned: 300n }, 5_000n, "FULL", 700n],
    ["never more than what is left", { refunded: 5_000n, feeReturned: 900n }, 5_000n, "PROPORTIONAL", 100n],
  ])("%s", (_what, standing, part, policy, expected) => {
    expect(feeGivenBack({ ...none, ...standing }, part, policy)).toBe(expected);
  });

  it("sums to the whole fee when a sale is refunded cent by cent", () => {
    let [back, sum] = [0n, 0n];
    for (let cent = 0n; cent < 337n; cent += 1n) {
      back = feeGivenBack({ captured: 337n, refunded: cent, feeTaken: 101n, feeReturned: sum }, 1n, "PROPORTIONAL");
      expect(back === 0n || back === 1n).toBe(true);
      sum += back;
    }
    expect(sum).toBe(101n);
  });
});

describe("the share of a piece", () => {
  it("sums to the whole over consecutive pieces of any size", () => {
    for (const pieces of [[1n, 2n, 3n, 4n], [10n], [3n, 3n, 3n, 1n], [9n, 1n]]) {
      let [from, sum] = [0n, 0n];
      for (const piece of pieces) {
        sum += shareOfPiece(7n, 10n, from, piece);
        from += piece;
      }
      expect(sum).toBe(7n);
    }
  });
});
