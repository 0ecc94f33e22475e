/** The SQLite adapter of the store. */
import Database from "better-sqlite3";
import type { Kysely } from "kysely";
import { assertUpToDate } from "../migrations/pending.ts";
import { reserveIds } from "../reserve-ids.ts";
import type { Schema } from "../schema.ts";
import type { OpenOptions, Store } from "../store.ts";
import { type BulkInsert, bulkInsertInto } from "./bulk-insert.ts";
import { lockForWriting, openForReading, openForVisiting, openForWriting, storeBusy } from "./connection.ts";
import { kyselyOver } from "./dialect.ts";
import { appliedMigrations, migrateSqlite, SQLITE } from "./migrate.ts";

export function openSqlite(path: string, { clock, access }: OpenOptions): Store {
  if (access === "read") return readOnlyStore(path);
  if (access === "visit") return visitedStore(path, clock);
  const lock = lockForWriting(path);
  try {
    const writer = openForWriting(path);
    if (access === "write") assertUpToDate(appliedMigrations(writer), SQLITE);
    return writingStore(path, writer, lock, clock);
  } catch (error) {
    lock.close();
    throw error;
  }
}

function readOnlyStore(path: string): Store {
  const reader = openForReading(path);
  assertUpToDate(appliedMigrations(reader), SQLITE);
  const db = kyselyOver(reader);
  const refuse = async (): Promise<never> => {
    throw new Error("this store was opened for reading only");
  };
  return {
    kind: "sqlite",
    db,
    write: refuse,
    snapshot: (work) => inSnapshot(path, work),
    migrate: refuse,
    close: async () => void reader.close(),
  };
}

function visitedStore(path: string, clock: () => Date): Store {
  const writer = openForVisiting(path);
  assertUpToDate(appliedMigrations(writer), SQLITE);
  return writingStore(path, writer, undefined, clock);
}

function writingStore(
  path: string,
  writer: Database.Database,
  lock: Database.Database | undefined,
  clock: () => Date,
): Store {
  const writing = kyselyOver(writer);
  const insert = bulkInsertInto(writer);
  // Reads outside a transaction go to a connection of their own: a snapshot, which never waits for the writer.
  const reader = openForReading(path);
  return {
    kind: "sqlite",
    db: kyselyOver(reader),
    write: (work) =>
      writing
        .transaction()
        .execute((db) => work(transactionOver(db, insert)))
        .catch((error: unknown) => {
          throw error instanceof Database.SqliteError && error.code === "SQLITE_BUSY" ? storeBusy(path, error) : error;
        }),
    snapshot: (work) => inSnapshot(path, work),
    migrate: async () => migrateSqlite(writer, clock()),
    close: async () => {
      reader.close();
      writer.close();
      lock?.close();
    },
  };
}

/** On a connection of its own: on a shared one, others would read in its transaction or wait for its end. */
async function inSnapshot<Result>(path: string, work: (db: Kysely<Schema>) => Promise<Result>): Promise<Result> {
  const reader = openForReading(path);
  reader.exec("BEGIN");
  try {
    return await work(kyselyOver(reader));
  } finally {
    reader.close();
  }
}

function transactionOver(db: Kysely<Schema>, insert: BulkInsert) {
  return {
    db,
    insertMany: async (...[table, columns, rows]: Parameters<BulkInsert>) => insert(table, columns, rows),
    lookAt: async () => undefined,
    reserveIds: (table: keyof Schema, count: number) => reserveIds(db, table, count),
  };
}
