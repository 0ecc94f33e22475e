/** Opens and closes exceptions: what finance or operations must look at, once per matter. */
import { sql } from "kysely";
import type { Queries, Transaction } from "./store.ts";

export interface NewException {
  /** What makes it the same matter when it is found again; finding it again opens nothing. */
  readonly identity: string;
  readonly marketplaceId?: bigint;
  readonly reason: string;
  readonly subjectKind:
    | "transfer-file"
    | "inbound-file"
    | "transfer"
    | "bank-entry"
    | "statement"
    | "transaction"
    | "endpoint"
    | "seller";
  readonly subjectRef: string;
  readonly says: string;
  readonly amount?: bigint;
  readonly currency?: string;
  readonly owner: "finance" | "operations";
}

const AT_ONCE = 500;

/** Answers how many were new. */
export async function openExceptions(
  tx: Transaction,
  found: readonly NewException[],
  businessDate: string,
  now: Date,
): Promise<number> {
  if (found.length === 0) return 0;
  const firstId = await tx.reserveIds("exceptions", found.length);
  let opened = 0n;
  for (const [index, exception] of found.entries()) {
    const { numInsertedOrUpdatedRows } = await tx.db
      .insertInto("exceptions")
      .values({
        id: firstId + BigInt(index),
        marketplace_id: exception.marketplaceId ?? null,
        identity: exception.identity,
        reason: exception.reason,
        subject_kind: exception.subjectKind,
        subject_ref: exception.subjectRef,
        says: exception.says,
        amount: exception.amount ?? null,
        currency: exception.currency ?? null,
        state: "OPEN",
        owner: exception.owner,
        opened_on: businessDate,
        changed_at: now.toISOString(),
      })
      .onConflict((conflict) => conflict.column("identity").doNothing())
      .executeTakeFirst();
    opened += numInsertedOrUpdatedRows ?? 0n;
  }
  return Number(opened);
}

/** What resolved itself: an answer that came after all, an entry that matches now. */
export async function resolveExceptions(
  tx: Transaction,
  identities: readonly string[],
  how: string,
  now: Date,
): Promise<void> {
  if (identities.length === 0) return;
  await sql`
    UPDATE exceptions SET state = 'RESOLVED', resolved_by = 'remit', resolution = ${how}, changed_at = ${now.toISOString()}
     WHERE state <> 'RESOLVED' AND identity IN (${sql.join(identities)})`.execute(tx.db);
}

/** Resolves the open exceptions of a kind (`like`: an SQL pattern of identities) that are not found any more. */
export async function resolveMissing(
  tx: Transaction,
  like: string,
  stillFound: readonly string[],
  how: string,
  now: Date,
): Promise<number> {
  const rows = await tx.db
    .selectFrom("exceptions")
    .select("identity")
    .where("identity", "like", like)
    .where("state", "<>", "RESOLVED")
    .execute();
  const found = new Set(stillFound);
  const gone = rows.map(({ identity }) => identity).filter((identity) => !found.has(identity));
  for (let start = 0; start < gone.length; start += AT_ONCE) {
    await resolveExceptions(tx, gone.slice(start, start + AT_ONCE), how, now);
  }
  return gone.length;
}

export async function openExceptionCount(db: Queries): Promise<number> {
  const row = await db
    .selectFrom("exceptions")
    .select(({ fn }) => fn.countAll<bigint>().as("count"))
    .where("state", "<>", "RESOLVED")
    .executeTakeFirstOrThrow();
  return Number(row.count);
}
