import { afterEach, beforeEach, expect, it } from "vitest";
import { openStore } from "../../src/store/open.ts";
import type { Store } from "../../src/store/store.ts";
import { migratedDatabase, sayTo, type TestDatabase } from "../support/test-database.ts";

const clock = () => new Date("2026-11-20T01:00:00Z");
/** The server tells how much a table changed some seconds after the commit. */
const SOON = { timeout: 30_000, interval: 500 };

let database: TestDatabase;
let store: Store;

beforeEach(async () => {
  database = await migratedDatabase("postgres");
  await sayTo(database, "ALTER TABLE audit_log SET (autovacuum_enabled = off)");
  await sayTo(database, "ALTER TABLE counters SET (autovacuum_enabled = off)");
  store = await openStore(database.url, { clock, access: "write" });
});

afterEach(async () => {
  await store.close();
  await database.drop();
});

const addRows = (first: number, count: number) =>
  store.write((tx) =>
    tx.insertMany(
      "audit_log",
      ["id", "at", "actor", "action", "subject"],
      Array.from({ length: count }, (_, index) => [BigInt(first + index), "now", "a", "b", "c"]),
    ),
  );

/** How many rows the planner thinks there are, after another transaction: -1 when it was told nothing. */
async function thoughtOf(table: string): Promise<number> {
  await store.write(() => Promise.resolve());
  const [row] = await sayTo(database, `SELECT reltuples FROM pg_class WHERE relname = '${table}'`);
  return Number(row?.reltuples);
}

it("PostgreSQL's planner is told of a table that grew before the next transaction begins", {
  timeout: 90_000,
}, async () => {
  await addRows(1, 20_000);
  await expect.poll(() => thoughtOf("audit_log"), SOON).toBe(20_000);
  await addRows(20_001, 20_000);
  await expect.poll(() => thoughtOf("audit_log"), SOON).toBe(40_000);
  expect(await thoughtOf("counters")).toBe(-1);
});
