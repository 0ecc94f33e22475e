/** The PostgreSQL adapter of the store. */
import type { Pool, PoolClient } from "pg";
import { assertUpToDate } from "../migrations/pending.ts";
import { reserveIds } from "../reserve-ids.ts";
import type { OpenOptions, Store, Transaction } from "../store.ts";
import { bulkInsertInto } from "./bulk-insert.ts";
import { retryOnConflict } from "./conflict-retry.ts";
import { assertServer, openPool } from "./connection.ts";
import { kyselyOn, kyselyOver } from "./dialect.ts";
import { appliedMigrations, migratePostgres, POSTGRES } from "./migrate.ts";
import { storeError } from "./store-error.ts";

/** STORE_UNREACHABLE names the URL (password masked), what was tried and what would help. */
export async function openPostgres(url: string, { clock, access }: OpenOptions): Promise<Store> {
  const pool = openPool(url, access === "read" ? ["default_transaction_read_only=on"] : []);
  try {
    await assertServer(pool, url, access !== "read");
    if (access !== "migrate") assertUpToDate(await appliedMigrations(pool), POSTGRES);
    return access === "read" ? readOnlyStore(url, pool) : writingStore(url, pool, clock);
  } catch (error) {
    await pool.end();
    throw storeError(error, url);
  }
}

function readOnlyStore(url: string, pool: Pool): Store {
  const db = kyselyOver(pool, url);
  const refuse = async (): Promise<never> => {
    throw new Error("this store was opened for reading only");
  };
  return {
    kind: "postgres",
    db,
    write: refuse,
    snapshot: (work) => inTransaction(pool, url, SNAPSHOT, (client) => work(kyselyOn(client, url))),
    migrate: refuse,
    close: () => db.destroy(),
  };
}

function writingStore(url: string, pool: Pool, clock: () => Date): Store {
  const db = kyselyOver(pool, url);
  const ids = idSource(url);
  return {
    kind: "postgres",
    db,
    write: (work) =>
      retryOnConflict(() =>
        inTransaction(pool, url, SERIALIZABLE, (client) => work(transactionOver(client, url, ids.reserve))),
      ),
    snapshot: (work) => inTransaction(pool, url, SNAPSHOT, (client) => work(kyselyOn(client, url))),
    migrate: () => migratePostgres(url, clock()),
    close: async () => {
      await ids.close();
      await db.destroy();
    },
  };
}

/** What transactions did beside each other is what they would have done one after another, or one of them is run again. */
const SERIALIZABLE = "BEGIN ISOLATION LEVEL SERIALIZABLE";
const SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

async function inTransaction<Result>(
  pool: Pool,
  url: string,
  begin: string,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect().catch((error: unknown) => {
    throw storeError(error, url);
  });
  let broken = false;
  try {
    await client.query(begin);
    const result = await work(client);
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {
      broken = true;
    });
    throw storeError(error, url);
  } finally {
    client.release(broken);
  }
}

type ReserveIds = Transaction["reserveIds"];

function transactionOver(client: PoolClient, url: string, reserve: ReserveIds): Transaction {
  return { db: kyselyOn(client, url), insertMany: bulkInsertInto(client), reserveIds: reserve };
}

/**
 * Ids are reserved outside the transaction that uses them: a counter that moved with it would let only one transaction
 * run at a time. What a transaction takes back leaves a gap. The commit of a counter need not reach the disk by itself:
 * it stands in the log before that of the transaction whose rows use the ids.
 */
function idSource(url: string): { readonly reserve: ReserveIds; close(): Promise<void> } {
  const db = kyselyOver(openPool(url, ["synchronous_commit=off"], { max: 1 }), url);
  return { reserve: (table, count) => reserveIds(db, table, count), close: () => db.destroy() };
}
