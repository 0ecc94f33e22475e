/** Multi-row INSERTs into SQLite: the fastest way in, prepared once per number of rows. */
import type Database from "better-sqlite3";
import type { Value } from "../store.ts";

/** SQLite's default limit of bound parameters in one statement. */
const MAX_PARAMETERS = 32_766;
const MAX_ROWS = 500;

export type BulkInsert = (table: string, columns: readonly string[], rows: readonly (readonly Value[])[]) => void;

export function bulkInsertInto(db: Database.Database): BulkInsert {
  const prepared = new Map<string, Database.Statement>();
  const statementFor = (table: string, columns: readonly string[], rows: number): Database.Statement => {
    const key = `${table}(${columns.join()})*${rows}`;
    let statement = prepared.get(key);
    if (statement === undefined) {
      const tuple = `(${columns.map(() => "?").join()})`;
      statement = db.prepare(`INSERT INTO ${table} (${columns.join()}) VALUES ${Array(rows).fill(tuple).join()}`);
      prepared.set(key, statement);
    }
    return statement;
  };
  return (table, columns, rows) => {
    const most = Math.min(MAX_ROWS, Math.floor(MAX_PARAMETERS / columns.length));
    for (let start = 0; start < rows.length; start += most) {
      const part = rows.slice(start, start + most);
      // Only full batches are worth keeping prepared; odd rests go one row at a time through one statement.
      if (part.length === most) statementFor(table, columns, most).run(part.flat());
      else for (const row of part) statementFor(table, columns, 1).run(row);
    }
  };
}
