/** Captures, cancellations and refunds on their way to the gateway: what is unfinished, claimed, and how it ended. */
import { sql } from "kysely";
import { RemitError } from "../domain/errors.ts";
import type { AskedKind } from "../domain/operation-effect.ts";
import type { DetailedStatus } from "../domain/transaction.ts";
import type { Queries, Transaction, Value } from "./store.ts";

export interface UnfinishedOperation {
  readonly id: bigint;
  readonly kind: AskedKind;
  readonly ref: string;
  readonly state: "CREATED" | "REQUESTED" | "UNKNOWN";
  readonly amount: bigint;
  readonly fee: bigint | null;
  readonly currency: string;
  readonly seller: string | null;
  readonly transactionId: bigint;
  readonly transaction: string;
  readonly gatewayRef: string | null;
  /** As it was read: a claim is for this fence only. */
  readonly fence: bigint;
}

const UNFINISHED = ["CREATED", "REQUESTED", "UNKNOWN"] as const;

/** Ids of transactions, both included. */
export interface TransactionRange {
  readonly from: bigint;
  readonly to: bigint;
}

/** Ranges that have all unfinished operations of a marketplace, each those of so many transactions, whose operations stay together. */
export async function unfinishedRanges(
  db: Queries,
  marketplaceId: bigint,
  transactions: number,
): Promise<readonly TransactionRange[]> {
  const { rows } = await sql<TransactionRange>`
    SELECT min(transaction_id) AS "from", max(transaction_id) AS "to"
      FROM (SELECT transaction_id, (row_number() OVER (ORDER BY transaction_id) - 1) / ${BigInt(transactions)} AS part
              FROM (SELECT DISTINCT transaction_id FROM operations
                     WHERE marketplace_id = ${marketplaceId} AND state IN (${sql.join([...UNFINISHED])})) AS open) AS parts
     GROUP BY part ORDER BY 1`.execute(db);
  return rows;
}

/** Unfinished operations of a marketplace after `afterId`, in the order in which they were asked for. */
export async function unfinishedOperations(
  db: Queries,
  marketplaceId: bigint,
  { from, to }: TransactionRange,
  afterId: bigint,
  limit: number,
): Promise<readonly UnfinishedOperation[]> {
  const rows = await db
    .selectFrom("operations")
    .innerJoin("transactions", "transactions.id", "operations.transaction_id")
    .leftJoin("sellers", "sellers.id", "operations.seller_id")
    .select([
      "operations.id",
      "operations.kind",
      "operations.ref",
      "operations.state",
      "operations.amount",
      "operations.fee",
      "operations.currency",
      "sellers.ref as seller",
      "operations.transaction_id",
      "transactions.ref as transaction",
      "transactions.gateway_ref",
      "operations.fence",
    ])
    .where("operations.marketplace_id", "=", marketplaceId)
    .where("operations.state", "in", UNFINISHED)
    .where("operations.transaction_id", ">=", from)
    .where("operations.transaction_id", "<=", to)
    .where("operations.id", ">", afterId)
    .orderBy("operations.id")
    .limit(limit)
    .execute();
  return rows.map(({ transaction_id, gateway_ref, state, kind, ...row }) => ({
    ...row,
    // A chargeback has happened when it is known: it is never unfinished.
    kind: kind as AskedKind,
    state: state as UnfinishedOperation["state"],
    transactionId: transaction_id,
    gatewayRef: gateway_ref,
  }));
}

/** An operation that this worker may ask the gateway for, under the fence that it got with it. */
export interface HeldOperation {
  readonly id: bigint;
  readonly fence: bigint;
}

/**
 * Marks operations as asked for, before the gateway is called: after a crash they are looked up, never just repeated.
 * Answers those that are this worker's until `until`; the others are being asked for by another one that is alive at `now`.
 */
export async function claimOperations(
  tx: Transaction,
  operations: readonly HeldOperation[],
  now: Date,
  until: Date,
): Promise<readonly HeldOperation[]> {
  const { rows } = await sql<HeldOperation>`
    UPDATE operations SET state = 'REQUESTED', fence = operations.fence + 1, fence_until = ${until.toISOString()}
      FROM (${listed(operations)}) AS read
     WHERE operations.id = read.id AND operations.fence = read.fence
       AND operations.state IN ('CREATED', 'REQUESTED', 'UNKNOWN')
       AND (operations.fence_until IS NULL OR operations.fence_until <= ${now.toISOString()})
    RETURNING operations.id, operations.fence`.execute(tx.db);
  return rows;
}

/** Says that this worker is alive. FENCE_LOST when another one took any of them over. */
export async function extendOperations(tx: Transaction, held: readonly HeldOperation[], until: Date): Promise<void> {
  expectHeld(await setFenceUntil(tx, held, until.toISOString()), held);
}

/** Gives back what was not ended, so that the next worker need not wait; nothing for what another one took over. */
export async function releaseOperations(tx: Transaction, held: readonly HeldOperation[]): Promise<void> {
  await setFenceUntil(tx, held, null);
}

async function setFenceUntil(tx: Transaction, held: readonly HeldOperation[], until: string | null): Promise<bigint> {
  const { numAffectedRows } = await sql`
    UPDATE operations SET fence_until = CAST(${until} AS TEXT) FROM (${listed(held)}) AS mine
     WHERE operations.id = mine.id AND operations.fence = mine.fence AND operations.state = 'REQUESTED'`.execute(tx.db);
  return numAffectedRows ?? 0n;
}

function listed(operations: readonly HeldOperation[]) {
  const values = operations.map(({ id, fence }) => sql`(CAST(${id} AS BIGINT), CAST(${fence} AS BIGINT))`);
  return sql`SELECT column1 AS id, column2 AS fence FROM (VALUES ${sql.join(values)}) AS listed`;
}

function expectHeld(found: bigint | undefined, held: readonly HeldOperation[]): void {
  if (found === BigInt(held.length)) return;
  throw new RemitError("FENCE_LOST", {
    where: `operations ${held[0]?.id} to ${held.at(-1)?.id}`,
    found: `${found ?? 0n} that are still this worker's`,
    expected: `${held.length}`,
  });
}

export interface EndedOperation extends HeldOperation {
  readonly state: "SUCCEEDED" | "FAILED" | "UNKNOWN";
  readonly gatewayRef?: string;
  readonly failure?: string;
}

/** Writes how operations ended. FENCE_LOST, and none is written, when another worker took any of them over: its answers count. */
export async function endOperations(
  tx: Transaction,
  ended: readonly EndedOperation[],
  businessDate: string,
  now: Date,
): Promise<void> {
  if (ended.length === 0) return;
  const values = ended.map(
    ({ id, fence, state, gatewayRef, failure }) =>
      sql`(CAST(${id} AS BIGINT), CAST(${fence} AS BIGINT), CAST(${state} AS TEXT), CAST(${gatewayRef ?? null} AS TEXT), CAST(${failure ?? null} AS TEXT))`,
  );
  const { numAffectedRows } = await sql`
    UPDATE operations SET state = ended.state, gateway_ref = ended.gateway_ref, failure = ended.failure,
                          business_date = ${businessDate}, done_at = ${now.toISOString()}, fence_until = NULL
      FROM (SELECT column1 AS id, column2 AS fence, column3 AS state, column4 AS gateway_ref, column5 AS failure
              FROM (VALUES ${sql.join(values)}) AS listed) AS ended
     WHERE operations.id = ended.id AND operations.fence = ended.fence AND operations.state = 'REQUESTED'`.execute(
    tx.db,
  );
  expectHeld(numAffectedRows, ended);
}

export interface TransactionForOperation {
  readonly id: bigint;
  readonly ref: string;
  readonly orderId: bigint;
  readonly authorised: bigint;
  readonly captured: bigint;
  readonly cancelled: bigint;
  readonly refunded: bigint;
  readonly detailedStatus: DetailedStatus;
}

export async function transactionsById(
  db: Queries,
  ids: readonly bigint[],
): Promise<Map<bigint, TransactionForOperation>> {
  const rows = await db
    .selectFrom("transactions")
    .select(["id", "ref", "order_id", "authorised", "captured", "cancelled", "refunded", "detailed_status"])
    .where("id", "in", ids)
    .execute();
  return new Map(
    rows.map(({ order_id, detailed_status, ...row }) => [
      row.id,
      { ...row, orderId: order_id, detailedStatus: detailed_status as DetailedStatus },
    ]),
  );
}

export interface NewOperation {
  readonly kind: AskedKind;
  readonly ref: string;
  readonly transactionId: bigint;
  readonly sellerId?: bigint;
  readonly amount: bigint;
  readonly currency: string;
}

/** Operations that the engine itself asks for. */
export async function insertOperations(
  tx: Transaction,
  marketplaceId: bigint,
  operations: readonly NewOperation[],
  businessDate: string,
  now: Date,
): Promise<void> {
  const firstId = await tx.reserveIds("operations", operations.length);
  await tx.insertMany(
    "operations",
    [
      "id",
      "marketplace_id",
      "kind",
      "ref",
      "transaction_id",
      "seller_id",
      "amount",
      "currency",
      "state",
      "business_date",
      "content_hash",
      "created_at",
    ],
    operations.map((operation, index): Value[] => [
      firstId + BigInt(index),
      marketplaceId,
      operation.kind,
      operation.ref,
      operation.transactionId,
      operation.sellerId ?? null,
      operation.amount,
      operation.currency,
      "CREATED",
      businessDate,
      "engine",
      now.toISOString(),
    ]),
  );
}
