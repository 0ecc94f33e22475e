/** Booked lines of statements, each kept once under its identity, and the statements they came in. */
import { sql } from "kysely";
import type { BankEntryState } from "../domain/inbound-file.ts";
import type { Queries, Transaction, Value } from "./store.ts";
import { expectAll } from "./transfers.ts";

export interface NewStatement {
  readonly inboundFileId: bigint;
  readonly kind: string;
  readonly account: string;
  readonly statementRef?: string;
}

/** A statement whose lines are still being read: its numbers come at its end. */
export async function insertStatement(tx: Transaction, statement: NewStatement): Promise<bigint> {
  const id = await tx.reserveIds("bank_statements", 1);
  await tx.db
    .insertInto("bank_statements")
    .values({
      id,
      inbound_file_id: statement.inboundFileId,
      kind: statement.kind,
      account: statement.account,
      statement_ref: statement.statementRef ?? null,
      entry_sum: 0n,
    })
    .execute();
  return id;
}

export interface NumbersOfStatement {
  readonly sequence?: string;
  readonly page?: string;
  readonly currency?: string;
  readonly opening?: bigint;
  readonly closing?: bigint;
  readonly closingDate?: string;
  /** Credits minus debits of its booked lines. */
  readonly entrySum: bigint;
}

export async function setStatementNumbers(tx: Transaction, id: bigint, numbers: NumbersOfStatement): Promise<void> {
  const { numUpdatedRows } = await tx.db
    .updateTable("bank_statements")
    .set({
      sequence: numbers.sequence ?? null,
      page: numbers.page ?? null,
      currency: numbers.currency ?? null,
      opening: numbers.opening ?? null,
      closing: numbers.closing ?? null,
      closing_date: numbers.closingDate ?? null,
      entry_sum: numbers.entrySum,
    })
    .where("id", "=", id)
    .executeTakeFirstOrThrow();
  expectAll("statement", numUpdatedRows, 1);
}

/** Whether a statement of that name came before the one with the row id `before`. */
export async function hasStatement(
  db: Queries,
  { kind, account, statementRef, before }: Omit<NewStatement, "inboundFileId"> & { readonly before: bigint },
): Promise<boolean> {
  const row = await db
    .selectFrom("bank_statements")
    .select("id")
    .where("account", "=", account)
    .where("kind", "=", kind)
    .where("statement_ref", "=", statementRef ?? "")
    .where("id", "<", before)
    .executeTakeFirst();
  return row !== undefined;
}

export interface StoredEntry {
  readonly id: bigint;
  readonly identity: string;
  /** The fact as JSON text. */
  readonly fact: string;
}

const AT_ONCE = 500;

export async function entriesByIdentity(
  db: Queries,
  identities: readonly string[],
): Promise<ReadonlyMap<string, StoredEntry>> {
  const entries = new Map<string, StoredEntry>();
  for (let start = 0; start < identities.length; start += AT_ONCE) {
    const rows = await db
      .selectFrom("bank_entries")
      .select(["id", "identity", "fact"])
      .where("identity", "in", identities.slice(start, start + AT_ONCE))
      .execute();
    for (const row of rows) entries.set(row.identity, row);
  }
  return entries;
}

export interface NewEntry {
  readonly statementId: bigint;
  readonly marketplaceId?: bigint;
  readonly identity: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly direction: "CRDT" | "DBIT";
  readonly bookingDate: string;
  readonly valueDate?: string;
  readonly kind: string;
  readonly confirmed: boolean;
  /** The bank's own, by which a later line may name this one. */
  readonly servicerReference?: string;
  readonly fact: string;
}

export async function insertEntries(tx: Transaction, entries: readonly NewEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const firstId = await tx.reserveIds("bank_entries", entries.length);
  await tx.insertMany(
    "bank_entries",
    [
      "id",
      "statement_id",
      "marketplace_id",
      "identity",
      "amount",
      "currency",
      "direction",
      "booking_date",
      "value_date",
      "kind",
      "confirmed",
      "servicer_reference",
      "fact",
      "state",
    ],
    entries.map((entry, index): Value[] => [
      firstId + BigInt(index),
      entry.statementId,
      entry.marketplaceId ?? null,
      entry.identity,
      entry.amount,
      entry.currency,
      entry.direction,
      entry.bookingDate,
      entry.valueDate ?? null,
      entry.kind,
      entry.confirmed ? 1n : 0n,
      entry.servicerReference ?? null,
      entry.fact,
      "UNMATCHED",
    ]),
  );
}

/** A later report of the same line: the merged fact takes the place of the first one. */
export async function mergeEntries(
  tx: Transaction,
  entries: readonly { readonly id: bigint; readonly confirmed: boolean; readonly fact: string }[],
): Promise<void> {
  for (let start = 0; start < entries.length; start += AT_ONCE) {
    const part = entries.slice(start, start + AT_ONCE);
    const values = part.map(
      ({ id, confirmed, fact }) =>
        sql`(CAST(${id} AS BIGINT), CAST(${confirmed ? 1n : 0n} AS BIGINT), CAST(${fact} AS TEXT))`,
    );
    const { numAffectedRows } = await sql`
      UPDATE bank_entries SET fact = merged.fact, confirmed = merged.confirmed
        FROM (SELECT column1 AS id, column2 AS confirmed, column3 AS fact FROM (VALUES ${sql.join(values)}) AS listed) AS merged
       WHERE bank_entries.id = merged.id`.execute(tx.db);
    expectAll("bank entries to merge", numAffectedRows, part.length);
  }
}

export interface EntryOutcome {
  readonly id: bigint;
  readonly state: BankEntryState;
  readonly reason?: string;
  readonly suspended: bigint;
}

export async function markEntries(tx: Transaction, outcomes: readonly EntryOutcome[]): Promise<void> {
  for (let start = 0; start < outcomes.length; start += AT_ONCE) {
    const part = outcomes.slice(start, start + AT_ONCE);
    const values = part.map(
      ({ id, state, reason, suspended }) =>
        sql`(CAST(${id} AS BIGINT), CAST(${state} AS TEXT), CAST(${reason ?? null} AS TEXT), CAST(${suspended} AS BIGINT))`,
    );
    const { numAffectedRows } = await sql`
      UPDATE bank_entries SET state = marked.state, state_reason = marked.reason, suspended = marked.suspended
        FROM (SELECT column1 AS id, column2 AS state, column3 AS reason, column4 AS suspended
                FROM (VALUES ${sql.join(values)}) AS listed) AS marked
       WHERE bank_entries.id = marked.id AND bank_entries.state IN ('UNMATCHED', 'PARTLY_MATCHED')`.execute(tx.db);
    expectAll("bank entries to mark", numAffectedRows, part.length);
  }
}

export interface NewMatch {
  readonly entryId: bigint;
  readonly transferId?: bigint;
  readonly payInId?: bigint;
  readonly kind: "EXECUTED" | "RETURNED" | "PAYIN" | "CHARGE";
  readonly rule: string;
  readonly amount: bigint;
}

export async function insertMatches(tx: Transaction, matches: readonly NewMatch[], matchedOn: string): Promise<void> {
  if (matches.length === 0) return;
  const firstId = await tx.reserveIds("matches", matches.length);
  await tx.insertMany(
    "matches",
    ["id", "bank_entry_id", "transfer_id", "payin_id", "kind", "rule", "amount", "matched_on"],
    matches.map((match, index): Value[] => [
      firstId + BigInt(index),
      match.entryId,
      match.transferId ?? null,
      match.payInId ?? null,
      match.kind,
      match.rule,
      match.amount,
      matchedOn,
    ]),
  );
}

/**
 * Gives a marketplace the lines that came for its account before it was known: an account that was in no marketplace is in
 * one now. Answers how many.
 */
export async function adoptEntries(tx: Transaction, account: string, marketplaceId: bigint): Promise<number> {
  const { numUpdatedRows } = await tx.db
    .updateTable("bank_entries")
    .set({ marketplace_id: marketplaceId })
    .where("marketplace_id", "is", null)
    .where("statement_id", "in", (query) =>
      query.selectFrom("bank_statements").select("id").where("account", "=", account),
    )
    .executeTakeFirstOrThrow();
  return Number(numUpdatedRows);
}
