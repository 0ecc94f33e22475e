/** Hands out ids of rows in blocks, so that many rows can be written in one statement and still refer to each other. */
import { sql } from "kysely";
import type { Schema } from "./schema.ts";
import type { Queries } from "./store.ts";

export async function reserveIds(db: Queries, table: keyof Schema, count: number): Promise<bigint> {
  const { rows } = await sql<{ next: bigint }>`
    INSERT INTO counters (name, next) VALUES (${table}, ${BigInt(count) + 1n})
    ON CONFLICT (name) DO UPDATE SET next = counters.next + ${BigInt(count)}
    RETURNING next`.execute(db);
  const row = rows[0];
  if (row === undefined) throw new Error(`no counter for ${table}`);
  return row.next - BigInt(count);
}
