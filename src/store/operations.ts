/** Captures, cancellations and refunds on their way to the gateway: what is unfinished, claimed, and how it ended. */
import { sql } from "kysely";
import type { AskedKind } from "../domain/operation-effect.ts";
import type { DetailedStatus } from "../domain/transaction.ts";
import type { Queries, Transaction, Value } from "./store.ts";
import { expectAll } from "./transfers.ts";

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
}

/** Unfinished operations of a marketplace after `afterId`, in the order in which they were asked for. */
export async function unfinishedOperations(
  db: Queries,
  marketplaceId: bigint,
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
    ])
    .where("operations.marketplace_id", "=", marketplaceId)
    .where("operations.state", "in", ["CREATED", "REQUESTED", "UNKNOWN"])
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

/** Marks operations as asked for, before the gateway is called: after a crash they are looked up, never just repeated. */
export async function claimOperations(tx: Transaction, ids: readonly bigint[]): Promise<void> {
  const { numUpdatedRows } = await tx.db
    .updateTable("operations")
    .set(({ eb }) => ({ state: "REQUESTED", fence: eb("fence", "+", 1n) }))
    .where("id", "in", ids)
    .where("state", "in", ["CREATED", "REQUESTED", "UNKNOWN"])
    .executeTakeFirstOrThrow();
  expectAll("operations to ask the gateway for", numUpdatedRows, ids.length);
}

export interface EndedOperation {
  readonly id: bigint;
  readonly state: "SUCCEEDED" | "FAILED" | "UNKNOWN";
  readonly gatewayRef?: string;
  readonly failure?: string;
}

/** Writes how operations ended; each must still be REQUESTED. */
export async function endOperations(
  tx: Transaction,
  ended: readonly EndedOperation[],
  businessDate: string,
  now: Date,
): Promise<void> {
  if (ended.length === 0) return;
  const values = ended.map(
    ({ id, state, gatewayRef, failure }) =>
      sql`(CAST(${id} AS BIGINT), CAST(${state} AS TEXT), CAST(${gatewayRef ?? null} AS TEXT), CAST(${failure ?? null} AS TEXT))`,
  );
  const { numAffectedRows } = await sql`
    UPDATE operations SET state = ended.state, gateway_ref = ended.gateway_ref, failure = ended.failure,
                          business_date = ${businessDate}, done_at = ${now.toISOString()}
      FROM (SELECT column1 AS id, column2 AS state, column3 AS gateway_ref, column4 AS failure
              FROM (VALUES ${sql.join(values)}) AS listed) AS ended
     WHERE operations.id = ended.id AND operations.state = 'REQUESTED'`.execute(tx.db);
  expectAll("operations that ended", numAffectedRows, ended.length);
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
