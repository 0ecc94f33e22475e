import { sql } from "kysely";
import { afterEach, expect, it } from "vitest";
import { importFiles } from "../../src/app/import-files.ts";
import { gatherWholeCaptures, nextUnbooked } from "../../src/store/whole-captures.ts";
import { writeNightInput } from "../bench/night-input.ts";
import { tempDir } from "../support/temp-dir.ts";
import { type TestContext, testContext } from "../support/test-context.ts";

const CAPTURES = 4_000;

let context: TestContext;
afterEach(() => context.store.close());

it("captures are gathered with a few rows read for each, even when PostgreSQL was told nothing of its tables", async () => {
  context = await testContext({}, "2026-11-20T01:00:00Z", "postgres");
  const { store } = context;
  const tables = ["orders", "items", "transactions", "operations", "payables"] as const;
  await store.write(async ({ db }) => {
    for (const table of tables) await sql`ALTER TABLE ${sql.table(table)} SET (autovacuum_enabled = off)`.execute(db);
  });
  const { marketplace, sellers, orders } = await writeNightInput(tempDir(), {
    ...{ sellers: 10, orders: CAPTURES, itemsPerOrder: 1 },
  });
  expect(await importFiles(context, [marketplace, sellers, orders])).toMatchObject({ ok: true });
  const { gathered, rows } = await store.write(async (tx) => {
    const span = await nextUnbooked(tx.db, 1n, 0n, CAPTURES);
    const before = await readOf(tx.db);
    const count = await gatherWholeCaptures(tx, span ?? { marketplaceId: 0n, first: 0n, last: 0n });
    return { gathered: count, rows: (await readOf(tx.db)) - before };
  });
  expect(gathered).toBe(BigInt(CAPTURES));
  expect(rows).toBeLessThan(12n * BigInt(CAPTURES));

  /** Rows read of the tables in this transaction. */
  async function readOf(db: Parameters<typeof nextUnbooked>[0]): Promise<bigint> {
    const read = await sql<{ rows: bigint }>`
      SELECT CAST(sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) AS BIGINT) AS rows FROM pg_stat_xact_user_tables
       WHERE relname IN (${sql.join([...tables])})`.execute(db);
    return BigInt(read.rows[0]?.rows ?? 0);
  }
});
