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
  /** Reserves `count` consecutive ids of a table and returns the first. What is taken back may leave a gap. */
  reserveIds(table: keyof Schema, count: number): Promise<bigint>;
}

export interface Store {
  readonly kind: "sqlite" | "postgres";
  /** Queries outside a transaction: for reading only. Never use it inside `write`. */
  readonly db: Queries;
  /** Runs `work` in one transaction: all of it happens or nothing. It may run again after a conflict, so it must have no other effect. */
  write<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result>;
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
