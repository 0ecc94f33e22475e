/** Reads the journal in the order of its ids, and reads and writes the seals over it. */
import { sql } from "kysely";
import type { JournalSeal, SealedPosting } from "../domain/journal-seal.ts";
import type { Queries, Transaction, Value } from "./store.ts";

const SEALS = "journal_seals";

export interface StoredSeal extends JournalSeal {
  readonly id: bigint;
}

export async function lastSeal(db: Queries): Promise<StoredSeal | undefined> {
  const [row] = await seals(db).orderBy("id", "desc").limit(1).execute();
  return row;
}

/** Seals above an id, in order. */
export function sealsAfter(db: Queries, id: bigint, limit: number): Promise<readonly StoredSeal[]> {
  return seals(db).where("id", ">", id).orderBy("id").limit(limit).execute();
}

const seals = (db: Queries) =>
  db
    .selectFrom("journal_seals")
    .select(["id", "first_id as firstId", "last_id as lastId", "posting_count as count", "amount_sum as sum"])
    .select(["previous_hash as previousHash", "hash"]);

/** Postings above an id and below another, in order. */
export function postingsBetween(
  db: Queries,
  { above, below }: { readonly above: bigint; readonly below?: bigint },
  limit: number,
): Promise<readonly SealedPosting[]> {
  const query = db
    .selectFrom("postings")
    .select(["id", "marketplace_id as marketplaceId", "event", "debit_account as debitAccount"])
    .select(["credit_account as creditAccount", "amount", "cause_kind as causeKind", "cause_id as causeId"])
    .select("business_date as businessDate")
    .where("id", ">", above)
    .orderBy("id")
    .limit(limit);
  return (below === undefined ? query : query.where("id", "<", below)).execute();
}

/**
 * Numbered without gaps, and counted in the same statement that makes sure that nobody else sealed after `after`. Answers
 * whether that was so: if not, nothing is written.
 */
export async function insertSeals(
  tx: Transaction,
  after: bigint,
  sealed: readonly JournalSeal[],
  now: Date,
): Promise<boolean> {
  const next = after + BigInt(sealed.length) + 1n;
  const { rows } = await sql`
    INSERT INTO counters (name, next) VALUES (${SEALS}, ${next})
    ON CONFLICT (name) DO UPDATE SET next = excluded.next WHERE counters.next = ${after + 1n}
    RETURNING next`.execute(tx.db);
  if (rows.length === 0) return false;
  await tx.insertMany(
    SEALS,
    ["id", "first_id", "last_id", "posting_count", "amount_sum", "previous_hash", "hash", "sealed_at"],
    sealed.map((seal, index): Value[] => [
      after + BigInt(index) + 1n,
      seal.firstId,
      seal.lastId,
      seal.count,
      seal.sum,
      seal.previousHash,
      seal.hash,
      now.toISOString(),
    ]),
  );
  return true;
}

/** How many seals were ever written. */
export async function sealsWritten(db: Queries): Promise<bigint> {
  const row = await db.selectFrom("counters").select("next").where("name", "=", SEALS).executeTakeFirst();
  return (row?.next ?? 1n) - 1n;
}
