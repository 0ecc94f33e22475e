/** Inserts many rows by COPY, inside the transaction of its connection. */
import type { ClientBase } from "pg";
import type { Value } from "../store.ts";
import { copyIn } from "./copy-in.ts";
import { copyText } from "./copy-text.ts";

export type BulkInsert = (
  table: string,
  columns: readonly string[],
  rows: readonly (readonly Value[])[],
) => Promise<void>;

export function bulkInsertInto(client: ClientBase): BulkInsert {
  return async (table, columns, rows) => {
    if (rows.length === 0) return;
    await copyIn(client, `COPY ${table} (${columns.join()}) FROM STDIN`, copyText(rows));
  };
}
