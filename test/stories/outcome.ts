/** What came of a story, in a form that can be compared with what came of another one. */
import { createHash } from "node:crypto";
import { sql } from "kysely";
import type { Queries } from "../../src/store/store.ts";

/** Every transfer with its seller, amount and end, by EndToEndId. */
export async function transfersOf(db: Queries) {
  const rows = await db
    .selectFrom("transfers")
    .innerJoin("sellers", "sellers.id", "transfers.seller_id")
    .leftJoin("transfer_files", "transfer_files.id", "transfers.file_id")
    .select(["transfers.end_to_end_id as endToEndId", "sellers.ref as seller", "transfers.amount", "transfers.state"])
    .select(["transfers.hold_reason as holdReason", "transfers.reason_code as reasonCode"])
    .select(["transfers.executed_on as executedOn", "transfer_files.message_id as file"])
    .orderBy("transfers.end_to_end_id")
    .execute();
  return rows.map((row) => ({ ...row, amount: String(row.amount) }));
}

/** Every transfer file with the hash of its very bytes. */
export async function filesOf(db: Queries) {
  const rows = await db
    .selectFrom("transfer_files")
    .select(["message_id as messageId", "remote_name as remoteName", "state", "bytes"])
    .orderBy("message_id")
    .execute();
  return rows.map(({ bytes, ...row }) => ({ ...row, sha256: createHash("sha256").update(bytes).digest("hex") }));
}

/** Tables that record that something ran, not what is so. */
const RECORDS_OF_RUNS = ["job_runs", "due_slots", "counters"];

/** A hash of every table but those; two equal ones mean that nothing was changed in between. */
export async function contentOf(db: Queries): Promise<Readonly<Record<string, string>>> {
  const { rows: tables } = await sql<{ name: string }>`
    SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`.execute(db);
  const content: Record<string, string> = {};
  for (const { name } of tables.filter((table) => !RECORDS_OF_RUNS.includes(table.name))) {
    const { rows } = await sql<Record<string, unknown>>`SELECT * FROM ${sql.table(name)} ORDER BY 1, 2`.execute(db);
    const hash = createHash("sha256");
    for (const row of rows) hash.update(JSON.stringify(row, asText));
    content[name] = `${rows.length} rows ${hash.digest("hex")}`;
  }
  return content;
}

function asText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
