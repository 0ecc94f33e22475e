import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { importFiles } from "../../../src/app/import-files.ts";
import { capturePolicyOf, feeRulesOf, settlementPolicyOf } from "../../../src/store/policies.ts";
import {
  briefly,
  type Fields,
  type ImportWorld,
  importWorld,
  MARKETPLACE,
  NOW,
  ndjson,
  operation,
  order,
  seller,
  transaction,
} from "./import-world.ts";

let world: ImportWorld;
afterEach(() => world.store.close());

const BASE = [
  MARKETPLACE,
  seller("a"),
  seller("b"),
  order("o", [
    ["a", 600],
    ["b", 400],
  ]),
];

async function worldWith(records: readonly Fields[]): Promise<ImportWorld> {
  world = await importWorld();
  const report = await world.importRecords(records);
  expect(report.findings).toEqual([]);
  return world;
}

describe("an import", () => {
  it("creates the operator as a seller beside the marketplace, and keeps its agreements exact", async () => {
    const { store } = await worldWith([
      {
        ...MARKETPLACE,
        capture: { validityDays: 13 },
        settlement: { minimumPayout: "900719925474099", maximumPayout: 1_000_000_000_000_000 },
        fees: [{ category: "books", basisPoints: 550, fixed: 25, minimum: 30, refund: "NONE" }],
        operator: { name: "Market SAS", iban: "DE89 3704 0044 0532 0130 00" },
      },
    ]);
    const row = await store.db.selectFrom("marketplaces").selectAll().executeTakeFirstOrThrow();
    expect([row.currency, row.zone, row.bank_profile]).toEqual(["EUR", "Europe/Paris", "sandbox"]);
    expect(capturePolicyOf(row)).toEqual({ honourDays: 6, validityDays: 13, marginHours: 24 });
    expect(settlementPolicyOf(row)).toEqual({
      delayDays: 1,
      delayCounts: "CALENDAR_DAYS",
      minimumPayout: 900_719_925_474_099n,
      maximumPayout: 1_000_000_000_000_000n,
    });
    expect(feeRulesOf(row)).toEqual([
      { category: "books", basisPoints: 550n, fixed: 25n, minimum: 30n, refund: "NONE" },
    ]);
    const [operator] = await store.db.selectFrom("sellers").selectAll().execute();
    expect(operator).toMatchObject({ ref: "OPERATOR", iban: "DE89370400440532013000", onboarding: "VALIDATED" });
  });

  it("changes nothing the second time and says how much it knew", async () => {
    const records = [
      ...BASE,
      { type: "token", marketplace: "m", id: "t", state: "SUCCEEDED" },
      transaction("T", "o", 1000),
      operation("capture", "C", "T", { seller: "a", amount: 600 }),
      { type: "cashin", marketplace: "m", id: "in", seller: "b", amount: 5 },
      {
        type: "endpoint",
        marketplace: "m",
        id: "e",
        url: "https://example.com/hook",
        secret: `whsec_${"A".repeat(32)}`,
      },
      { type: "hold", marketplace: "m", order: "o", item: "i1" },
    ];
    const { store, importRecords } = await worldWith(records);
    const tables = ["marketplaces", "sellers", "orders", "items", "transactions", "operations", "audit_log"] as const;
    const contents = () => Promise.all(tables.map((table) => store.db.selectFrom(table).selectAll().execute()));
    const before = await contents();
    const again = await importRecords(records, new Date("2026-11-20T02:00:00Z"));
    expect(again).toEqual({ ok: true, findings: [], counts: { known: records.length } });
    expect(await contents()).toEqual(before);
  });

  it("takes nothing of a file with a fault, and does not read the files after it", async () => {
    world = await importWorld();
    const good = join(world.folder, "good.ndjson");
    await world.importText("good.ndjson", "");
    await world.importText("bad.ndjson", ndjson([...BASE, { ...order("p", [["a", 5]]), amount: 6 }]));
    const context = { store: world.store, clock: () => NOW, actor: "test" };
    const report = await importFiles(context, [join(world.folder, "bad.ndjson"), good]);
    expect(report.ok).toBe(false);
    expect(briefly(report)).toEqual(["SUM_DIFFERS 5 amount"]);
    expect(report.counts).toEqual({ findings: 1, filesNotRead: 1 });
    expect(await world.store.db.selectFrom("marketplaces").selectAll().execute()).toEqual([]);
  });

  it("refuses the same id with other content for what is told once, and updates sellers and marketplaces", async () => {
    const { importRecords, store } = await worldWith([...BASE, transaction("T", "o", 1000)]);
    const report = await importRecords([
      { ...MARKETPLACE, name: "Market 2" },
      seller("a", { legalName: "Shop A renamed" }),
      order("o", [["a", 1000]]),
      transaction("T", "o", 999),
    ]);
    expect(briefly(report)).toEqual(["DUPLICATE_DIFFERS 3 id", "DUPLICATE_DIFFERS 4 id"]);
    const updated = await importRecords([
      { ...MARKETPLACE, name: "Market 2" },
      seller("a", { legalName: "Shop A renamed" }),
    ]);
    expect(updated.counts).toEqual({ marketplacesUpdated: 1, sellersUpdated: 1 });
    const names = await store.db.selectFrom("sellers").select(["ref", "legal_name"]).where("ref", "=", "a").execute();
    expect(names).toEqual([{ ref: "a", legal_name: "Shop A renamed" }]);
  });

  it("lists ten thousand findings and counts the rest", async () => {
    world = await importWorld();
    const report = await world.importText("many.ndjson", "[]\n".repeat(10_003));
    expect(report.findings).toHaveLength(10_000);
    expect(report.counts).toEqual({ findings: 10_003, findingsNotListed: 3 });
  });

  it("lets a record name only records before it, wherever the batch ends", async () => {
    world = await importWorld();
    const early = [
      MARKETPLACE,
      order("o", [["late", 5]]),
      seller("late"),
      transaction("T", "p", 5),
      order("p", [["late", 5]]),
    ];
    expect(briefly(await world.importRecords(early))).toEqual(["NOT_FOUND 2 items[0].seller", "NOT_FOUND 4 order"]);
  });

  it("carries references over the border of a batch", async () => {
    const orders = Array.from({ length: 2_500 }, (_, index) => order(`o${index}`, [["a", 10]]));
    const transactions = orders.map((_, index) => transaction(`T${index}`, `o${index}`, 10));
    const { store } = await worldWith([MARKETPLACE, seller("a"), ...orders, ...transactions]);
    const standing = await store.db
      .selectFrom("orders")
      .select(({ fn }) => ["order_status", "state", fn.countAll().as("count")])
      .groupBy(["order_status", "state"])
      .execute();
    expect(standing).toEqual([{ order_status: "PAID", state: "SUCCEEDED", count: 2_500n }]);
  });

  it("says that a file cannot be read, or that its name says no format", async () => {
    world = await importWorld();
    const context = { store: world.store, clock: () => NOW, actor: "test" };
    const missing = await importFiles(context, [join(world.folder, "missing.ndjson")]);
    expect(missing.findings.map(({ code, found }) => [code, found])).toEqual([["FILE_UNREADABLE", "ENOENT"]]);
    expect(briefly(await world.importText("orders.xlsx", "x"))).toEqual(["FORMAT_UNKNOWN 1"]);
  });

  it("reports its progress in bytes, up to the whole", async () => {
    world = await importWorld();
    const text = ndjson([MARKETPLACE, seller("a")]);
    await world.importText("p.ndjson", text);
    const seen: number[][] = [];
    const context = { store: world.store, clock: () => NOW, actor: "test" };
    await importFiles(context, [join(world.folder, "p.ndjson")], (done, total) => seen.push([done, total]));
    expect(seen).toEqual([[text.length, text.length]]);
  });
});
