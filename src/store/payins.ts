/** Pay-ins that acquirers announced: what was expected, and which bank lines brought it. */
import { sql } from "kysely";
import type { Queries, Transaction } from "./store.ts";
import { expectAll } from "./transfers.ts";

export interface AnnouncedPayIn {
  readonly id: bigint;
  readonly ref: string;
  /** Before the acquirer's charges. */
  readonly amount: bigint;
  readonly charges: bigint;
  readonly currency: string;
  /** Texts by which the bank's line names it. */
  readonly references: readonly string[];
  readonly expectedOn: string;
  /** The business date of the captures it is for, when the acquirer said so. */
  readonly capturedOn: string | null;
  /** The booking date of the line that completed it; null until then. */
  readonly paidOn: string | null;
}

export type PayInWithLines = AnnouncedPayIn & { readonly paidBy: readonly string[] };

/** Those not paid, and those expected since `since`: a line that names one of them a second time is an alarm. */
export async function payInCandidates(
  db: Queries,
  marketplaceId: bigint,
  since: string,
): Promise<readonly PayInWithLines[]> {
  const rows = await db
    .selectFrom("payins")
    .selectAll()
    .where("marketplace_id", "=", marketplaceId)
    .where((where) => where.or([where("paid_on", "is", null), where("expected_on", ">=", since)]))
    .orderBy("id")
    .execute();
  const lines = await db
    .selectFrom("matches")
    .innerJoin("bank_entries", "bank_entries.id", "matches.bank_entry_id")
    .innerJoin("payins", "payins.id", "matches.payin_id")
    .select(["matches.payin_id", "bank_entries.identity"])
    .where("payins.marketplace_id", "=", marketplaceId)
    .where("payins.expected_on", ">=", since)
    .orderBy("matches.id")
    .execute();
  const paidBy = new Map<bigint | null, string[]>();
  for (const { payin_id, identity } of lines) paidBy.set(payin_id, [...(paidBy.get(payin_id) ?? []), identity]);
  return rows.map((row) => ({ ...announced(row), paidBy: paidBy.get(row.id) ?? [] }));
}

type Row = Awaited<ReturnType<typeof rowsOf>>[number];
const rowsOf = (db: Queries) => db.selectFrom("payins").selectAll().execute();

function announced(row: Row): AnnouncedPayIn {
  const { id, ref, amount, charges, currency, expected_on, captured_on, paid_on } = row;
  const references = JSON.parse(row.payer_references) as string[];
  return {
    id,
    ref,
    amount,
    charges,
    currency,
    references,
    expectedOn: expected_on,
    capturedOn: captured_on,
    paidOn: paid_on,
  };
}

/** Marks pay-ins as arrived in full on the booking date of the line that completed them. */
export async function markPaidIn(
  tx: Transaction,
  paid: readonly { readonly id: bigint; readonly paidOn: string }[],
): Promise<void> {
  if (paid.length === 0) return;
  const values = paid.map(({ id, paidOn }) => sql`(CAST(${id} AS BIGINT), CAST(${paidOn} AS TEXT))`);
  const { numAffectedRows } = await sql`
    UPDATE payins SET paid_on = listed.paid_on
      FROM (SELECT column1 AS id, column2 AS paid_on FROM (VALUES ${sql.join(values)}) AS given) AS listed
     WHERE payins.id = listed.id AND payins.paid_on IS NULL`.execute(tx.db);
  expectAll("pay-ins that arrived", numAffectedRows, paid.length);
}

/** What arrived in full up to a business date, in the order of arrival: which captures the acquirer has paid. */
export async function paidInBy(db: Queries, marketplaceId: bigint, until: string): Promise<readonly AnnouncedPayIn[]> {
  const rows = await db
    .selectFrom("payins")
    .selectAll()
    .where("marketplace_id", "=", marketplaceId)
    .where("paid_on", "<=", until)
    .orderBy("paid_on")
    .orderBy("id")
    .execute();
  return rows.map(announced);
}
