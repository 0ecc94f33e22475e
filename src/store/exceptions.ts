/** Opens and closes exceptions: what finance or operations must look at, once per matter. */
import { sql } from "kysely";
import type { ExceptionState } from "../domain/inbound-file.ts";
import type { Queries, Transaction } from "./store.ts";
import { expectAll } from "./transfers.ts";

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
    | "bank"
    | "payin"
    | "seller";
  readonly subjectRef: string;
  readonly says: string;
  readonly amount?: bigint;
  readonly currency?: string;
  readonly owner: "finance" | "operations";
}

const AT_ONCE = 500;

/**
 * Answers how many are open that were not. `foundIn`: the run that found them, for `resolveNotFound`. What resolved itself and is found again is opened again; what a person has
 * resolved stays resolved. A matter that is open says what was found last.
 */
export async function openExceptions(
  tx: Transaction,
  found: readonly NewException[],
  businessDate: string,
  now: Date,
  foundIn?: bigint,
): Promise<number> {
  const once = [...new Map(found.map((exception) => [exception.identity, exception])).values()];
  let opened = 0n;
  for (let start = 0; start < once.length; start += AT_ONCE) {
    const part = once.slice(start, start + AT_ONCE);
    opened += await reopen(tx, part, businessDate, now);
    const firstId = await tx.reserveIds("exceptions", part.length);
    const { numInsertedOrUpdatedRows } = await tx.db
      .insertInto("exceptions")
      .values(part.map((exception, index) => rowOf(firstId + BigInt(index), exception, businessDate, now)))
      .onConflict((conflict) => conflict.column("identity").doNothing())
      .executeTakeFirst();
    opened += numInsertedOrUpdatedRows ?? 0n;
    if (foundIn !== undefined) await noteFound(tx, part, foundIn);
  }
  return Number(opened);
}

async function noteFound(tx: Transaction, part: readonly NewException[], foundIn: bigint): Promise<void> {
  await tx.db
    .updateTable("exceptions")
    .set({ found_in: foundIn })
    .where(
      "identity",
      "in",
      part.map(({ identity }) => identity),
    )
    .execute();
}

function rowOf(id: bigint, exception: NewException, businessDate: string, now: Date) {
  return {
    id,
    marketplace_id: exception.marketplaceId ?? null,
    identity: exception.identity,
    reason: exception.reason,
    subject_kind: exception.subjectKind,
    subject_ref: exception.subjectRef,
    says: exception.says,
    amount: exception.amount ?? null,
    currency: exception.currency ?? null,
    state: "OPEN" as const,
    owner: exception.owner,
    opened_on: businessDate,
    changed_at: now.toISOString(),
  };
}

async function reopen(tx: Transaction, part: readonly NewException[], businessDate: string, now: Date) {
  const values = part.map(
    ({ identity, says, owner }) => sql`(CAST(${identity} AS TEXT), CAST(${says} AS TEXT), CAST(${owner} AS TEXT))`,
  );
  const listed = sql`(SELECT column1 AS identity, column2 AS says, column3 AS owner
                        FROM (VALUES ${sql.join(values)}) AS listed) AS listed`;
  // Beside the join, because SQLite would read all exceptions to find these.
  const known = sql.join(part.map(({ identity }) => identity));
  await sql`
    UPDATE exceptions SET says = listed.says, changed_at = ${now.toISOString()} FROM ${listed}
     WHERE exceptions.identity IN (${known}) AND exceptions.identity = listed.identity AND exceptions.state <> 'RESOLVED' AND exceptions.says <> listed.says`.execute(
    tx.db,
  );
  const { numAffectedRows } = await sql`
    UPDATE exceptions SET state = 'OPEN', says = listed.says, owner = listed.owner, opened_on = ${businessDate},
                          resolved_by = NULL, resolution = NULL, changed_at = ${now.toISOString()} FROM ${listed}
     WHERE exceptions.identity IN (${known}) AND exceptions.identity = listed.identity AND exceptions.state = 'RESOLVED'
       AND exceptions.resolved_by = 'remit'`.execute(tx.db);
  return numAffectedRows ?? 0n;
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

/** Resolves the open exceptions of a kind (`prefix` of their identities) that are not found any more. */
export async function resolveMissing(
  tx: Transaction,
  { prefix, marketplaceId }: { readonly prefix: string; readonly marketplaceId?: bigint },
  stillFound: readonly string[],
  how: string,
  now: Date,
): Promise<number> {
  let query = tx.db.selectFrom("exceptions").select("identity").where("state", "<>", "RESOLVED");
  if (marketplaceId !== undefined) query = query.where("marketplace_id", "=", marketplaceId);
  const rows = await query.where("identity", ">=", prefix).where("identity", "<", `${prefix}\uffff`).execute();
  const found = new Set(stillFound);
  const gone = rows
    .map(({ identity }) => identity)
    .filter((identity) => identity.startsWith(prefix) && !found.has(identity));
  for (let start = 0; start < gone.length; start += AT_ONCE) {
    await resolveExceptions(tx, gone.slice(start, start + AT_ONCE), how, now);
  }
  return gone.length;
}

/**
 * Resolves what is open of a kind (`prefix` of the identities) and was not found in the run `foundIn`: for finders with more
 * matters than they can hold. Answers how many.
 */
export async function resolveNotFound(
  tx: Transaction,
  { prefix, marketplaceId }: { readonly prefix: string; readonly marketplaceId: bigint },
  foundIn: bigint,
  how: string,
  now: Date,
): Promise<number> {
  const { numAffectedRows } = await sql`
    UPDATE exceptions SET state = 'RESOLVED', resolved_by = 'remit', resolution = ${how}, changed_at = ${now.toISOString()}
     WHERE state <> 'RESOLVED' AND marketplace_id = ${marketplaceId} AND substr(identity, 1, ${BigInt(prefix.length)}) = ${prefix}
       AND (found_in IS NULL OR found_in <> ${foundIn})`.execute(tx.db);
  return Number(numAffectedRows ?? 0n);
}

/** A number for a run that finds exceptions: none before it had it. */
export async function nextFindingRun(tx: Transaction): Promise<bigint> {
  return tx.reserveIds("exceptions", 1);
}

export async function openExceptionCount(db: Queries): Promise<number> {
  const row = await db
    .selectFrom("exceptions")
    .select(({ fn }) => fn.countAll<bigint>().as("count"))
    .where("state", "<>", "RESOLVED")
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

export async function isOpen(db: Queries, identity: string): Promise<boolean> {
  const query = db.selectFrom("exceptions").select("id").where("identity", "=", identity);
  return (await query.where("state", "<>", "RESOLVED").executeTakeFirst()) !== undefined;
}

export interface ExceptionChange {
  readonly id: bigint;
  readonly from: ExceptionState;
  readonly state: ExceptionState;
  readonly owner: string;
  readonly resolution: string | null;
  readonly resolvedBy: string | null;
  readonly now: Date;
}

/** STORE_CONFLICT when it is no longer in the state `from`. */
export async function setExceptionState(tx: Transaction, change: ExceptionChange): Promise<void> {
  const { id, from, state, owner, resolution, resolvedBy, now } = change;
  const { numUpdatedRows } = await tx.db
    .updateTable("exceptions")
    .set({ state, owner, resolution, resolved_by: resolvedBy, changed_at: now.toISOString() })
    .where("id", "=", id)
    .where("state", "=", from)
    .executeTakeFirstOrThrow();
  expectAll("exception", numUpdatedRows, 1);
}
