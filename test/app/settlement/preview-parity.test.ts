import { afterEach, describe, expect, it } from "vitest";
import { bookOperations } from "../../../src/app/book-operations.ts";
import { previewSettlement } from "../../../src/app/preview.ts";
import { allMarketplaces } from "../../../src/store/marketplaces.ts";
import { TABLES } from "../../../src/store/table-pages.ts";
import { STORE_KINDS } from "../../support/test-database.ts";
import {
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

const declared = (type: string, id: string, who: string, amount: number, more: Fields = {}): Fields => {
  return { type, marketplace: "m", id, seller: who, amount, ...more };
};

/** Everything a settlement can meet, on three days. */
const FIRST: readonly Fields[] = [
  marketplace(
    {
      minimumPayout: 300,
      maximumPayout: 200_000,
      maximumPerDay: 150_000,
      reserve: { basisPoints: 1_500, days: 1 },
      operatorPayout: "SALES_AND_FEES",
    },
    { fees: [{ basisPoints: 1_234, vatBasisPoints: 2_000, tiers: [{ from: 15_000, basisPoints: 777 }] }] },
  ),
  ...["paid", "debtor", "held", "little", "much", "reserved"].map((id) => seller(id)),
  seller("no-account", { iban: undefined }),
  seller("unknown", { onboarding: "CREATED" }),
  seller("weekly", { settlement: { schedule: { kind: "WEEKLY", days: ["MON"] } } }),
  ...sale("o1", { paid: 10_007, debtor: 9_999, held: 5_003, little: 201, "no-account": 8_001 }, "2026-11-16"),
  ...sale("o2", { much: 400_001, unknown: 333, weekly: 4_444, reserved: 20_011, OPERATOR: 7_003 }, "2026-11-16"),
  ...sale("yen", { paid: 10_007 }, "2026-11-16", { currency: "JPY" }),
];
const SECOND: readonly Fields[] = [
  refund("r1", "o1", "debtor", 9_999, "2026-11-17"),
  refund("r2", "o1", "paid", 3_333, "2026-11-17"),
  chargeback("c1", "o2", "reserved", 5_005, "2026-11-17", { charge: 1_500 }),
  declared("operator_fee", "f1", "held", 120, { vat: 20 }),
  declared("cashin", "i1", "little", 77),
  ...sale("o3", { paid: 6_001, little: 99, held: 2_001 }, "2026-11-17"),
  { type: "seller_hold", marketplace: "m", seller: "held", by: "alice", reason: "a question" },
];
const THIRD: readonly Fields[] = [
  ...sale("o4", { debtor: 3_007, paid: 20_003, little: 601 }, "2026-11-18"),
  seller("no-account"),
];

type Said = readonly (readonly [string, ...unknown[]])[];

async function previewed(date: string): Promise<Said> {
  const { lines, findings } = await previewSettlement(world.context, date);
  expect(findings).toEqual([]);
  return lines
    .filter(({ unchanged }) => !unchanged)
    .map(({ position, feesTaken, reserve, net, outcome, reason }) => {
      const { currency, sales, fees, vat, refunds, other, released, carried, held } = position;
      const sums =
        reason === "NOT_DUE"
          ? [0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n, 0n]
          : [sales, fees, vat, refunds, other + feesTaken, carried, released - reserve, released, held?.amount ?? 0n];
      return [`${position.seller} ${currency}`, ...sums, net, outcome, reason ?? null] as const;
    })
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

async function settled(date: string): Promise<Said> {
  const rows = await world.db
    .selectFrom("settlement_lines")
    .innerJoin("settlements", "settlements.id", "settlement_lines.settlement_id")
    .innerJoin("sellers", "sellers.id", "settlement_lines.seller_id")
    .selectAll("settlement_lines")
    .select(["sellers.ref", "settlements.currency"])
    .where("settlements.business_date", "=", date)
    .execute();
  return rows
    .map((row) => {
      const { sales, fees, fee_vat, refunds, other, carried, reserve, released, held, net, outcome, reason } = row;
      const sums = [sales, fees, fee_vat, refunds, other, carried, reserve, released, held];
      return [`${row.ref} ${row.currency}`, ...sums, net, outcome, reason] as const;
    })
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

const content = async () =>
  Promise.all(TABLES.map(async (table) => [table, await world.db.selectFrom(table).selectAll().execute()]));

describe.each(STORE_KINDS)("on %s,", (kind) => {
  it("a preview says what the settlement then does, to the cent, for every seller and reason, and writes nothing", async () => {
    world = await moneyWorld([], kind);
    const outcomes = new Set<unknown>();
    for (const [records, date] of [
      [FIRST, "2026-11-17"],
      [SECOND, "2026-11-18"],
      [THIRD, "2026-11-19"],
      [[], "2026-11-23"],
    ] as const) {
      world.context.setClock(`${date}T00:30:00Z`);
      if (records.length > 0) await world.bring(records);
      // As sweep-captures does; what is not booked yet the preview names as such.
      for (const market of await allMarketplaces(world.db)) await bookOperations(world.context.store, market, date);
      const before = await content();
      world.context.setClock(`${date}T01:00:00Z`);
      const said = await previewed(date);
      expect(await content()).toEqual(before);
      await world.settle(date);
      expect(await settled(date)).toEqual(said);
      for (const line of said) outcomes.add(line.at(-1) ?? line.at(-2));
    }
    expect([...outcomes].toSorted()).toEqual([
      ...["BELOW_MINIMUM", "CURRENCY_NOT_CARRIED", "LIMIT_EXCEEDED", "NEGATIVE_NET", "NOT_DUE", "NO_ACCOUNT"],
      ...["SELLER_HELD", "SELLER_NOT_VALIDATED", "TRANSFER"],
    ]);
  });
});
