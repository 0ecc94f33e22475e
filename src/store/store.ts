/** The port of the store: what the use cases ask of a database, whichever it is. */
import type { Kysely } from "kysely";
import type { Schema } from "./schema.ts";

export type Queries = Kysely<Schema>;

/** A value as both databases take it. */
export type Value = string | bigint | null | Uint8Array;

export interface Transaction {
  /** Typed queries inside this transaction. */
  readonly db: Queries;
  /** Inserts many rows in the database's own fastest way; `rows` hold the values in the order of `columns`. */
  insertMany<Table extends keyof Schema>(
    table: Table,
    columns: readonly (keyof Schema[Table] & string)[],
    rows: readonly (readonly Value[])[],
  ): Promise<void>;
  /**
   * Lets the database look at a temporary table that was just filled: PostgreSQL knows nothing of it by itself, and then sorts
   * whole tables to join it. SQLite joins in the order that is written and needs no look.
   */
  lookAt(table: string): Promise<void>;
  /** Reserves `count` consecutive ids of a table and returns the first. What is taken back may leave a gap. */
  reserveIds(table: keyof Schema, count: number): Promise<bigint>;
}

/**
 * How PostgreSQL keeps a transaction apart from others; SQLite, which has one writer, needs to be told nothing.
 *
 * Without a word a transaction is serializable: the database follows everything it reads. It does so by whole tables as
 * soon as a transaction has read a few dozen pages, so two transactions over thousands of rows would always meet, even when
 * no row of one is of interest to the other.
 */
export interface WriteOptions {
  /**
   * Names of what nobody else with the same name may work on meanwhile, such as `marketplace/SHOP`. The transaction begins,
   * with a look at the store as it is then, when it has all of them.
   */
  readonly alone?: readonly string[];
  /**
   * `snapshot`: the transaction sees one moment, and fails and is run again when a row that it changes was changed since,
   * but what it only read is not followed. For bulk work whose names of `alone` keep away all who would write what it
   * reads, and for changes of one row that are guarded by what was read of that row.
   */
  readonly isolation?: "serializable" | "snapshot";
}

export interface Store {
  readonly kind: "sqlite" | "postgres";
  /** Queries outside a transaction: for reading only. Never use it inside `write`. */
  readonly db: Queries;
  /** Runs `work` in one transaction: all of it happens or nothing. It may run again after a conflict, so it must have no other effect. */
  write<Result>(work: (tx: Transaction) => Promise<Result>, options?: WriteOptions): Promise<Result>;
  /**
   * Runs queries that must agree with each other, such as sums that are compared: they all see the store at one moment,
   * whatever is written meanwhile. `work` may use neither `db` of this store nor `write`.
   */
  snapshot<Result>(work: (db: Queries) => Promise<Result>): Promise<Result>;
  /** Applies what is missing of the migrations; answers the names of those applied. */
  migrate(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly clock: () => Date;
  /**
   * `read` opens beside writers; `write` is for one process on SQLite, for many on PostgreSQL; `visit` is for a short
   * transaction beside the process that writes, such as an approval; `migrate` is `write` on a store of any version.
   */
  readonly access: "read" | "visit" | "write" | "migrate";
}
