/** Reads operations that succeeded and whose money is not booked yet, and writes what they make payable. */
import { sql } from "kysely";
import type { BookedItem, Operation } from "../domain/booking.ts";
import type { Queries, Transaction, Value } from "./store.ts";

export interface UnbookedOperation extends Operation {
  readonly orderId: bigint;
  readonly currency: string;
  readonly businessDate: string;
}

/** The operations between two ids that wait for booking: a span is named by its ends, not by a list of thousands. */
export interface OperationSpan {
  readonly marketplaceId: bigint;
  readonly first: bigint;
  readonly last: bigint;
}

const UNBOOKED = (span: OperationSpan) => sql`
  operations.marketplace_id = ${span.marketplaceId} AND operations.booked = 0 AND operations.state = 'SUCCEEDED'
  AND operations.kind IN ('CAPTURE', 'REFUND') AND operations.id BETWEEN ${span.first} AND ${span.last}`;

const ORDERS_OF = (span: OperationSpan) => sql`
  SELECT transactions.order_id FROM operations JOIN transactions ON transactions.id = operations.transaction_id
   WHERE ${UNBOOKED(span)}`;

/** The next operations in the order in which they were asked for. Cancellations move no money and never appear. */
export async function unbookedOperations(
  db: Queries,
  marketplaceId: bigint,
  limit: number,
): Promise<readonly UnbookedOperation[]> {
  const { rows } = await sql<{
    id: bigint;
    ref: string;
    kind: "CAPTURE" | "REFUND";
    amount: bigint;
    fee: bigint | null;
    currency: string;
    business_date: string;
    order_id: bigint;
    seller_id: bigint | null;
  }>`
    SELECT operations.id, operations.ref, operations.kind, operations.amount, operations.fee, operations.currency,
           operations.business_date, transactions.order_id,
           coalesce(operations.seller_id, transactions.seller_id) AS seller_id
      FROM operations JOIN transactions ON transactions.id = operations.transaction_id
     WHERE operations.marketplace_id = ${marketplaceId} AND operations.booked = 0 AND operations.state = 'SUCCEEDED'
       AND operations.kind IN ('CAPTURE', 'REFUND')
     ORDER BY operations.id LIMIT ${limit}`.execute(db);
  return rows.map(({ order_id, business_date, seller_id, fee, ...row }) => ({
    ...row,
    orderId: order_id,
    businessDate: business_date,
    ...(seller_id === null ? {} : { sellerId: seller_id }),
    ...(fee === null ? {} : { fee }),
  }));
}

/** Items of the orders of a span in cart order, with what was captured and refunded of each before. */
export async function itemsOfSpan(db: Queries, span: OperationSpan): Promise<Map<bigint, BookedItem[]>> {
  const { rows } = await sql<{
    id: bigint;
    order_id: bigint;
    seller_id: bigint;
    seller: string;
    category: string | null;
    amount: bigint;
    commission: bigint | null;
    held_reason: string | null;
  }>`
    SELECT items.id, items.order_id, items.seller_id, sellers.ref AS seller, items.category, items.amount,
           items.commission, items.held_reason
      FROM items JOIN sellers ON sellers.id = items.seller_id
     WHERE items.order_id IN (${ORDERS_OF(span)})
     ORDER BY items.order_id, items.position`.execute(db);
  const before = await bookedBefore(db, span);
  const items = new Map<bigint, BookedItem[]>();
  for (const row of rows) {
    const done = before.get(row.id);
    const item: BookedItem = {
      id: row.id,
      orderId: row.order_id,
      sellerId: row.seller_id,
      seller: row.seller,
      amount: row.amount,
      captured: done?.captured ?? 0n,
      feeTaken: done?.fee ?? 0n,
      refunded: done?.refunded ?? 0n,
      ...(row.category === null ? {} : { category: row.category }),
      ...(row.commission === null ? {} : { commission: row.commission }),
      ...(row.held_reason === null ? {} : { heldReason: row.held_reason }),
    };
    const list = items.get(row.order_id);
    if (list === undefined) items.set(row.order_id, [item]);
    else list.push(item);
  }
  return items;
}

interface BookedBefore {
  captured: bigint;
  fee: bigint;
  refunded: bigint;
}

async function bookedBefore(db: Queries, span: OperationSpan): Promise<Map<bigint, BookedBefore>> {
  const { rows } = await sql<{ item_id: bigint | null; kind: string; gross: bigint; fee: bigint }>`
    SELECT item_id, kind, gross, fee FROM payables WHERE order_id IN (${ORDERS_OF(span)})`.execute(db);
  const before = new Map<bigint, BookedBefore>();
  for (const { item_id, kind, gross, fee } of rows) {
    if (item_id === null) continue;
    const done = before.get(item_id) ?? { captured: 0n, fee: 0n, refunded: 0n };
    before.set(item_id, done);
    if (kind === "REFUND") done.refunded -= gross;
    else {
      done.captured += gross;
      done.fee += fee;
    }
  }
  return before;
}

export interface NewPayable {
  readonly sellerId: bigint;
  readonly kind: "SALE" | "REFUND" | "CASHIN";
  readonly orderId?: bigint;
  readonly itemId?: bigint;
  readonly operationId?: bigint;
  readonly currency: string;
  readonly gross: bigint;
  readonly fee: bigint;
  readonly availableOn: string;
  /** Set when the money needs no delay: it is available at once. */
  readonly maturedOn?: string;
  readonly heldReason?: string;
}

/** Inserts the lines and answers the id of the first; the others follow it. */
export async function insertPayables(
  tx: Transaction,
  marketplaceId: bigint,
  payables: readonly NewPayable[],
): Promise<bigint> {
  const firstId = await tx.reserveIds("payables", payables.length);
  const rows = payables.map((payable, index): Value[] => [
    firstId + BigInt(index),
    marketplaceId,
    payable.sellerId,
    payable.kind,
    payable.orderId ?? null,
    payable.itemId ?? null,
    payable.operationId ?? null,
    payable.currency,
    payable.gross,
    payable.fee,
    payable.gross - payable.fee,
    payable.availableOn,
    payable.maturedOn ?? null,
    payable.heldReason ?? null,
  ]);
  await tx.insertMany(
    "payables",
    [
      "id",
      "marketplace_id",
      "seller_id",
      "kind",
      "order_id",
      "item_id",
      "operation_id",
      "currency",
      "gross",
      "fee",
      "net",
      "available_on",
      "matured_on",
      "held_reason",
    ],
    rows,
  );
  return firstId;
}

/** Marks the operations of a span as booked; answers how many were not booked before. */
export async function markBooked(tx: Transaction, span: OperationSpan): Promise<bigint> {
  const { numAffectedRows } = await sql`UPDATE operations SET booked = 1 WHERE ${UNBOOKED(span)}`.execute(tx.db);
  return numAffectedRows ?? 0n;
}

export interface UnbookedCashin {
  readonly id: bigint;
  readonly sellerId: bigint;
  readonly amount: bigint;
  readonly currency: string;
}

export async function unbookedCashins(db: Queries, marketplaceId: bigint): Promise<readonly UnbookedCashin[]> {
  const rows = await db
    .selectFrom("cashins")
    .select(["id", "seller_id", "amount", "currency"])
    .where("marketplace_id", "=", marketplaceId)
    .where("booked", "=", 0n)
    .orderBy("id")
    .execute();
  return rows.map((row) => ({ id: row.id, sellerId: row.seller_id, amount: row.amount, currency: row.currency }));
}

export async function markCashinsBooked(tx: Transaction, ids: readonly bigint[]): Promise<bigint> {
  const { numAffectedRows } = await sql`
    UPDATE cashins SET booked = 1 WHERE booked = 0 AND id IN (${sql.join(ids)})`.execute(tx.db);
  return numAffectedRows ?? 0n;
}
