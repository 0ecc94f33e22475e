/** Multi-row INSERTs into SQLite: the fastest way in, prepared once per number of rows and kind of columns. */
import type Database from "better-sqlite3";
import type { Value } from "../store.ts";

/** SQLite's default limit of bound parameters in one statement. */
const MAX_PARAMETERS = 32_766;
const MAX_ROWS = 500;

export type BulkInsert = (table: string, columns: readonly string[], rows: readonly (readonly Value[])[]) => void;

/** What a batch has in a column: one value for all rows, numbers that count up by one, or whatever each row has. */
type Shape = "same" | "counting" | "own";

export function bulkInsertInto(db: Database.Database): BulkInsert {
  const prepared = new Map<string, Database.Statement>();
  const statementFor = (table: string, columns: readonly string[], shapes: readonly Shape[], rows: number) => {
    const key = `${table}(${columns.join()})*${rows} ${shapes.join()}`;
    const known = prepared.get(key);
    if (known !== undefined) return known;
    const statement = db.prepare(`INSERT INTO ${table} (${columns.join()}) ${selectOf(shapes, rows)}`);
    prepared.set(key, statement);
    return statement;
  };
  return (table, columns, rows) => {
    const most = Math.min(MAX_ROWS, Math.floor(MAX_PARAMETERS / columns.length));
    const own = columns.map((): Shape => "own");
    for (let start = 0; start < rows.length; start += most) {
      const part = rows.slice(start, start + most);
      // Only full batches are worth keeping prepared; odd rests go one row at a time through one statement.
      if (part.length === most) {
        const shapes = columns.map((_, column) => shapeOf(part, column));
        statementFor(table, columns, shapes, most).run(parametersOf(part, shapes));
      } else for (const row of part) statementFor(table, columns, own, 1).run(row);
    }
  };
}

function shapeOf(rows: readonly (readonly Value[])[], column: number): Shape {
  const first = rows[0]?.[column];
  let [same, counting] = [true, typeof first === "bigint"];
  for (let index = 1; index < rows.length && (same || counting); index += 1) {
    const value = rows[index]?.[column];
    same &&= value === first;
    counting &&= typeof value === "bigint" && value - (rows[index - 1]?.[column] as bigint) === 1n;
  }
  return same ? "same" : counting ? "counting" : "own";
}

/** What all rows share is bound once: binding values is most of the work of an INSERT. */
function parametersOf(rows: readonly (readonly Value[])[], shapes: readonly Shape[]): Value[] {
  const parameters: Value[] = [];
  const own: number[] = [];
  shapes.forEach((shape, column) => {
    if (shape === "own") own.push(column);
    else parameters.push(rows[0]?.[column] ?? null);
  });
  for (const row of rows) for (const column of own) parameters.push(row[column] ?? null);
  return parameters;
}

/** The shared values stand before the rows, so that they are bound first; every row begins with its number. */
function selectOf(shapes: readonly Shape[], rows: number): string {
  let own = 1;
  const values = shapes.map((shape) => {
    if (shape === "own") own += 1;
    return shape === "own" ? `column${own}` : shape === "same" ? "?" : "? + column1";
  });
  const tuples = Array.from({ length: rows }, (_, row) => `(${row}${",?".repeat(own - 1)})`);
  return `SELECT ${values.join()} FROM (VALUES ${tuples.join()})`;
}
