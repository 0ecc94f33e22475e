/** The PostgreSQL adapter of the store. */
import type { Pool, PoolClient } from "pg";
import { assertUpToDate } from "../migrations/pending.ts";
import { reserveIds } from "../reserve-ids.ts";
import type { OpenOptions, Store, Transaction } from "../store.ts";
import { type Brackets, bracketsOf, READ_SNAPSHOT } from "./brackets.ts";
import { bulkInsertInto } from "./bulk-insert.ts";
import { retryOnConflict } from "./conflict-retry.ts";
import { assertServer, openPool } from "./connection.ts";
import { kyselyOn, kyselyOver } from "./dialect.ts";
import { appliedMigrations, migratePostgres, POSTGRES } from "./migrate.ts";
import { Statistics } from "./statistics.ts";
import { storeError } from "./store-error.ts";
import { Turns } from "./turns.ts";

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
    snapshot: (work) => inTransaction(pool, url, READ_SNAPSHOT, (client) => work(kyselyOn(client, url))),
    migrate: refuse,
    close: () => pool.end(),
  };
}

function writingStore(url: string, pool: Pool, clock: () => Date): Store {
  const db = kyselyOver(pool, url);
  const ids = idSource(url);
  const turns = new Turns();
  const statistics = new Statistics(db);
  return {
    kind: "postgres",
    db,
    write: (work, options = {}) => {
      const brackets = bracketsOf(options);
      const attempt = async () => {
        await statistics.follow(options.alone !== undefined);
        return inTransaction(pool, url, brackets, (client) => work(transactionOver(client, url, ids.reserve)));
      };
      return retryOnConflict(() => turns.take(options.alone ?? [], attempt));
    },
    snapshot: (work) => inTransaction(pool, url, READ_SNAPSHOT, (client) => work(kyselyOn(client, url))),
    migrate: () => migratePostgres(url, clock()),
    close: async () => {
      await ids.close();
      await pool.end();
    },
  };
}

async function inTransaction<Result>(
  pool: Pool,
  url: string,
  { begin, commit, rollback }: Brackets,
  work: (client: PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect().catch((error: unknown) => {
    throw storeError(error, url);
  });
  let broken = false;
  try {
    await client.query(begin);
    const result = await work(client);
    await client.query(commit);
    return result;
  } catch (error) {
    await client.query(rollback).catch(() => {
      broken = true;
    });
    throw storeError(error, url);
  } finally {
    client.release(broken);
  }
}

type ReserveIds = Transaction["reserveIds"];

function transactionOver(client: PoolClient, url: string, reserve: ReserveIds): Transaction {
  return {
    db: kyselyOn(client, url),
    insertMany: bulkInsertInto(client),
    lookAt: async (table) => void (await client.query(`ANALYZE ${table}`)),
    reserveIds: reserve,
  };
}

/**
 * Ids are reserved outside the transaction that uses them: a counter that moved with it would let only one transaction
 * run at a time. What a transaction takes back leaves a gap. The commit of a counter need not reach the disk by itself:
 * it stands in the log before that of the transaction whose rows use the ids.
 */
function idSource(url: string): { readonly reserve: ReserveIds; close(): Promise<void> } {
  const pool = openPool(url, ["synchronous_commit=off"], { max: 1 });
  const db = kyselyOver(pool, url);
  return { reserve: (table, count) => reserveIds(db, table, count), close: () => pool.end() };
}
