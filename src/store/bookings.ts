/** Reads operations that succeeded and whose money is not booked yet, and writes what they make payable. */
import { sql } from "kysely";
import type { BookedItem, Operation } from "../domain/booking.ts";
import type { Queries, Transaction, Value } from "./store.ts";

export interface UnbookedOperation extends Operation {
  readonly orderId: bigint;
  readonly currency: string;
  readonly businessDate: string;
}

/** The next operations in the order in which they were asked for. Cancellations move no money and never appear. */
export async function unbookedOperations(
  db: Queries,
  marketplaceId: bigint,
  limit: number,
): Promise<readonly UnbookedOperation[]> {
  const rows = await db
    .selectFrom("operations")
    .innerJoin("transactions", "transactions.id", "operations.transaction_id")
    .select([
      "operations.id",
      "operations.ref",
      "operations.kind",
      "operations.amount",
      "operations.fee",
      "operations.currency",
      "operations.business_date",
      "transactions.order_id",
    ])
    .select(({ fn }) => fn.coalesce("operations.seller_id", "transactions.seller_id").as("seller_id"))
    .where("operations.marketplace_id", "=", marketplaceId)
    .where("operations.booked", "=", 0n)
    .where("operations.state", "=", "SUCCEEDED")
    .where("operations.kind", "in", ["CAPTURE", "REFUND"])
    .orderBy("operations.id")
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    ref: row.ref,
    kind: row.kind === "REFUND" ? "REFUND" : "CAPTURE",
    amount: row.amount,
    orderId: row.order_id,
    currency: row.currency,
    businessDate: row.business_date,
    ...(row.seller_id === null ? {} : { sellerId: row.seller_id }),
    ...(row.fee === null ? {} : { fee: row.fee }),
  }));
}

/** Items of the orders in cart order, with what was captured and refunded of each before. */
export async function itemsOfOrders(db: Queries, orderIds: readonly bigint[]): Promise<Map<bigint, BookedItem[]>> {
  const rows = await db
    .selectFrom("items")
    .innerJoin("sellers", "sellers.id", "items.seller_id")
    .select([
      "items.id",
      "items.order_id",
      "items.seller_id",
      "sellers.ref as seller",
      "items.category",
      "items.amount",
      "items.commission",
      "items.held_reason",
    ])
    .where("items.order_id", "in", orderIds)
    .orderBy("items.order_id")
    .orderBy("items.position")
    .execute();
  const before = await bookedBefore(db, orderIds);
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

async function bookedBefore(db: Queries, orderIds: readonly bigint[]): Promise<Map<bigint, BookedBefore>> {
  const rows = await db
    .selectFrom("payables")
    .select(["item_id", "kind", "gross", "fee"])
    .where("order_id", "in", orderIds)
    .execute();
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

/** Marks operations as booked; answers how many were not booked before. */
export async function markBooked(tx: Transaction, operationIds: readonly bigint[]): Promise<bigint> {
  const { numAffectedRows } = await sql`
    UPDATE operations SET booked = 1 WHERE booked = 0 AND id IN (${sql.join(operationIds)})`.execute(tx.db);
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
