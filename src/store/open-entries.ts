/** Bank lines that are not fully explained yet, a page at a time in the order of days, and what their references stood for before. */
import { sql } from "kysely";
import type { BankEntryState } from "../domain/inbound-file.ts";
import type { Queries } from "./store.ts";

export interface OpenEntry {
  readonly id: bigint;
  readonly identity: string;
  readonly state: BankEntryState;
  readonly reason: string | null;
  readonly fact: string;
  /** Of the amount, what stands in suspense. */
  readonly suspended: bigint;
  readonly amount: bigint;
  readonly currency: string;
  readonly direction: "CRDT" | "DBIT";
}

const AT_ONCE = 500;
const COLUMNS = sql.raw("id, identity, state, state_reason AS reason, fact, suspended, amount, currency, direction");
/** In the words of the index of these lines: a value that is bound would not find it. */
const TO_MATCH = sql.raw("state IN ('UNMATCHED', 'PARTLY_MATCHED') AND confirmed = 1");

/**
 * Confirmed lines of a marketplace's accounts that are not fully explained: day by day, debits before credits, by identity.
 * A page has lines of one day and direction. Lines may be marked while the pages are read.
 */
export async function* openEntryPages(
  db: Queries,
  marketplaceId: bigint,
  pageSize: number,
): AsyncGenerator<readonly OpenEntry[]> {
  const { rows: groups } = await sql<{ booking_date: string; direction: string }>`
    SELECT DISTINCT booking_date, direction FROM bank_entries
     WHERE marketplace_id = ${marketplaceId} AND ${TO_MATCH} ORDER BY booking_date, direction DESC`.execute(db);
  for (const { booking_date, direction } of groups) {
    for (let after = ""; ; ) {
      const { rows } = await sql<OpenEntry>`
        SELECT ${COLUMNS} FROM bank_entries
         WHERE marketplace_id = ${marketplaceId} AND ${TO_MATCH} AND booking_date = ${booking_date}
           AND direction = ${direction} AND identity > ${after}
         ORDER BY identity LIMIT ${BigInt(pageSize)}`.execute(db);
      const last = rows.at(-1);
      if (last === undefined) break;
      yield rows;
      if (rows.length < pageSize) break;
      after = last.identity;
    }
  }
}

export async function openEntriesOf(db: Queries, identities: readonly string[]): Promise<readonly OpenEntry[]> {
  const entries: OpenEntry[] = [];
  for (let start = 0; start < identities.length; start += AT_ONCE) {
    const part = identities.slice(start, start + AT_ONCE);
    const { rows } = await sql<OpenEntry>`
      SELECT ${COLUMNS} FROM bank_entries WHERE identity IN (${sql.join(part)})`.execute(db);
    for (const row of rows) entries.push(row);
  }
  return entries;
}

/** The transfers that a line with this reference of the bank executed. */
export interface ExecutedUnder {
  readonly reference: string;
  readonly identity: string;
  readonly transferIds: readonly bigint[];
}

export async function executedUnder(
  db: Queries,
  marketplaceId: bigint,
  references: readonly string[],
): Promise<readonly ExecutedUnder[]> {
  const lines = new Map<string, { reference: string; identity: string; transferIds: bigint[] }>();
  for (let start = 0; start < references.length; start += AT_ONCE) {
    const { rows } = await sql<{ identity: string; reference: string; transfer_id: bigint }>`
      SELECT bank_entries.identity, bank_entries.servicer_reference AS reference, matches.transfer_id
        FROM bank_entries JOIN matches ON matches.bank_entry_id = bank_entries.id AND matches.kind = 'EXECUTED'
       WHERE bank_entries.servicer_reference IN (${sql.join(references.slice(start, start + AT_ONCE))})
         AND bank_entries.marketplace_id = ${marketplaceId}
       ORDER BY matches.id`.execute(db);
    for (const { identity, reference, transfer_id } of rows) {
      const line = lines.get(identity) ?? { reference, identity, transferIds: [] };
      lines.set(identity, line);
      line.transferIds.push(transfer_id);
    }
  }
  return [...lines.values()];
}
