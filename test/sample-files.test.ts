import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { importFiles } from "../src/app/import-files.ts";
import { freshStore } from "./support/test-store.ts";

const ROOT = join(import.meta.dirname, "..", "sample-files");
const clock = () => new Date("2026-11-20T01:00:00Z");

async function importing(names: readonly string[]) {
  const store = await freshStore(clock);
  const context = { store, clock, actor: "test" };
  const report = await importFiles(
    context,
    names.map((name) => join(ROOT, name)),
  );
  return { store, report };
}

describe("the practical case of one cart of three sellers", () => {
  it.each([
    [
      "practical-case/multi-capture.ndjson",
      [
        ["OPERATOR", 80_000n],
        ["myshop1.com", 3_000n],
        ["myshop2.com", 4_500n],
      ],
    ],
    ["practical-case/multi-authorisation.json", [["OPERATOR", 80_000n]]],
    [
      "practical-case/payment-and-refund.json",
      [
        [null, 87_500n],
        ["myshop2.com", 1_500n],
      ],
    ],
  ])("%s brings what each seller is to have", async (name, expected) => {
    const { store, report } = await importing([name]);
    expect(report).toMatchObject({ ok: true, findings: [] });
    const items = await store.db
      .selectFrom("items")
      .innerJoin("sellers", "sellers.id", "items.seller_id")
      .select(({ fn }) => ["sellers.ref", fn.sum<bigint>("items.amount").as("amount")])
      .groupBy("sellers.ref")
      .orderBy("sellers.ref")
      .execute();
    expect(items.map(({ ref, amount }) => [ref, amount])).toEqual([
      ["OPERATOR", 80_000n],
      ["myshop1.com", 3_000n],
      ["myshop2.com", 4_500n],
    ]);
    const operations = await store.db
      .selectFrom("operations")
      .leftJoin("sellers", "sellers.id", "operations.seller_id")
      .select(["sellers.ref", "operations.amount"])
      .orderBy("operations.id")
      .execute();
    expect(operations.map(({ ref, amount }) => [ref, amount])).toEqual(expected);
    await store.close();
  });
});

describe("the sample files", () => {
  const CSV = ["marketplaces", "sellers", "orders", "transactions", "refunds", "cashins", "payins", "holds"].map(
    (name) => `csv/${name}.csv`,
  );

  it("of the CSV marketplace can be imported one after the other", async () => {
    const { store, report } = await importing(CSV);
    expect(report).toEqual({
      ok: true,
      findings: [],
      counts: {
        marketplaces: 1,
        sellers: 3,
        orders: 3,
        items: 4,
        transactions: 4,
        captures: 1,
        refunds: 1,
        cashins: 1,
        payins: 1,
        holds: 1,
      },
    });
    const refs = await store.db.selectFrom("sellers").select("ref").orderBy("id").execute();
    expect(refs.map(({ ref }) => ref)).toEqual(["OPERATOR", "0012", "1E5", "jardim"]);
    await store.close();
  });

  it.each(readdirSync(join(ROOT, "hostile")))("hostile/%s is refused and leaves nothing behind", async (name) => {
    const { store, report } = await importing([`hostile/${name}`]);
    expect(report.ok).toBe(false);
    for (const table of ["marketplaces", "sellers", "orders", "transactions", "audit_log"] as const) {
      expect(await store.db.selectFrom(table).selectAll().execute()).toEqual([]);
    }
    await store.close();
  });

  it("find a fault in every bad line and none in the good ones", async () => {
    const name = "hostile/bad-lines.ndjson";
    const { store, report } = await importing([name]);
    const faulty = new Set(report.findings.map(({ where }) => Number(/:(\d+)/.exec(where)?.[1])));
    const lines = readFileSync(join(ROOT, name), "utf8").trimEnd().split("\n").length;
    // Line 25 names the order of line 13, which has a fault of its own: it is refused without a finding.
    const bad = Array.from({ length: lines }, (_, index) => index + 1).filter((line) => line > 4 && line !== 25);
    expect([...faulty]).toEqual(bad);
    await store.close();
  });

  it("are each told of in the README", () => {
    const readme = readFileSync(join(ROOT, "README.md"), "utf8");
    for (const folder of ["practical-case", "csv", "hostile"]) {
      for (const name of readdirSync(join(ROOT, folder))) expect(readme).toContain(`\`${folder}/${name}\``);
    }
  });
});
