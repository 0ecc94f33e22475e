/** Reads whole tables page by page in the order of their keys, for copies and comparisons of stores. */
import { sql } from "kysely";
import type { Schema } from "./schema.ts";
import type { Queries, Value } from "./store.ts";

export type TableName = keyof Schema;

type Keys = { readonly [Table in TableName]: readonly (keyof Schema[Table] & string)[] };

/** Every table with its primary key, in an order in which each row comes after those it refers to. */
export const TABLE_KEYS: Keys = {
  counters: ["name"],
  marketplaces: ["id"],
  sellers: ["id"],
  orders: ["id"],
  items: ["id"],
  tokens: ["id"],
  transactions: ["id"],
  operations: ["id"],
  documents: ["id"],
  accounts: ["id"],
  postings: ["id"],
  journal_seals: ["id"],
  journal_spans: ["first_id"],
  payables: ["id"],
  cashins: ["id"],
  operator_fees: ["id"],
  cashouts: ["id"],
  seller_volumes: ["seller_id", "currency", "month"],
  seller_debts: ["seller_id", "currency"],
  settlements: ["id"],
  settlement_lines: ["settlement_id", "seller_id"],
  transfers: ["id"],
  transfer_files: ["id"],
  sealed_files: ["file_id"],
  file_requests: ["id"],
  inbound_files: ["id"],
  inbound_chunks: ["inbound_file_id", "position"],
  bank_statements: ["id"],
  bank_entries: ["id"],
  payins: ["id"],
  matches: ["id"],
  exceptions: ["id"],
  endpoints: ["id"],
  status_changes: ["id"],
  notifications: ["id"],
  delivery_attempts: ["id"],
  job_runs: ["id"],
  due_slots: ["id"],
  audit_log: ["id"],
  api_keys: ["id"],
};

export const TABLES = Object.keys(TABLE_KEYS) as TableName[];

const ROWS_AT_ONCE = 5_000;
/** Rows that hold whole files. */
const FILES_AT_ONCE = 10;
const WITH_FILES: ReadonlySet<TableName> = new Set(["transfer_files", "sealed_files", "inbound_chunks"]);

export interface Page {
  readonly columns: readonly string[];
  /** Values in the order of `columns`. */
  readonly rows: readonly (readonly Value[])[];
}

/** The columns of each page are in one order, whatever the database's own is. */
export async function* pagesOf(db: Queries, table: TableName): AsyncGenerator<Page> {
  const limit = WITH_FILES.has(table) ? FILES_AT_ONCE : ROWS_AT_ONCE;
  const keys = sql.join(TABLE_KEYS[table].map((key) => sql.ref(key)));
  let after = sql``;
  for (;;) {
    const { rows } = await sql<Record<string, Value>>`
      SELECT * FROM ${sql.table(table)} ${after} ORDER BY ${keys} LIMIT ${BigInt(limit)}`.execute(db);
    const [first] = rows;
    const last = rows.at(-1);
    if (first === undefined || last === undefined) return;
    const columns = Object.keys(first).sort();
    yield { columns, rows: rows.map((row) => columns.map((column) => row[column] ?? null)) };
    if (rows.length < limit) return;
    after = sql`WHERE (${keys}) > (${sql.join(TABLE_KEYS[table].map((key) => last[key]))})`;
  }
}

/** The first table that holds a row; undefined when all are empty. */
export async function firstUsedTable(db: Queries): Promise<TableName | undefined> {
  for (const table of TABLES) {
    const { rows } = await sql`SELECT 1 AS used FROM ${sql.table(table)} LIMIT 1`.execute(db);
    if (rows.length > 0) return table;
  }
  return undefined;
}
