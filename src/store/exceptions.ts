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
    | "endpoint";
  readonly subjectRef: string;
  readonly says: string;
  readonly amount?: bigint;
  readonly currency?: string;
  readonly owner: "finance" | "operations";
}

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

export async function openExceptionCount(db: Queries): Promise<number> {
  const row = await db
    .selectFrom("exceptions")
    .select(({ fn }) => fn.countAll<bigint>().as("count"))
    .where("state", "<>", "RESOLVED")
    .executeTakeFirstOrThrow();
  return Number(row.count);
}
