/** Reads the stored orders that a batch touches, with their transactions, into the batch. */
import {
  operationsOfTransactions,
  ordersByRef,
  ordersOfTransactions,
  sellerSumsOfOrders,
  transactionsOfOrders,
} from "../../store/import-lookups.ts";
import type { Queries } from "../../store/store.ts";
import type { MarketplaceBatch } from "./marketplace-batch.ts";
import { storedOrder, storedTransaction, type WorkingOrder } from "./working-orders.ts";

type StoredOrders = Awaited<ReturnType<typeof ordersByRef>>;

export async function loadOrders(db: Queries, batch: MarketplaceBatch, refs: Iterable<string>): Promise<void> {
  const missing: string[] = [];
  for (const ref of new Set(refs)) if (!batch.orders.has(ref)) missing.push(ref);
  await take(db, batch, await ordersByRef(db, batch.marketplace.row.id, missing));
}

export async function loadOrdersOfTransactions(
  db: Queries,
  batch: MarketplaceBatch,
  refs: Iterable<string>,
): Promise<void> {
  const missing: string[] = [];
  for (const ref of new Set(refs)) if (!batch.transactions.has(ref)) missing.push(ref);
  await take(db, batch, await ordersOfTransactions(db, batch.marketplace.row.id, missing));
}

async function take(db: Queries, batch: MarketplaceBatch, rows: StoredOrders): Promise<void> {
  const ids: bigint[] = [];
  for (const row of rows) {
    if (batch.ordersById.has(row.id)) continue;
    batch.addOrder(storedOrder(row));
    // An order is CREATED exactly as long as it has no transaction (consolidateOrder).
    if (row.state !== "CREATED") ids.push(row.id);
  }
  for (const row of await transactionsOfOrders(db, ids)) {
    const order = batch.ordersById.get(row.order_id);
    if (order !== undefined) batch.addTransaction(storedTransaction(order, row));
  }
}

/** Reads what each seller's items of these stored orders sum to. */
export async function loadSellerSums(db: Queries, orders: Iterable<WorkingOrder>): Promise<void> {
  const wanted = new Map<bigint, WorkingOrder>();
  for (const order of orders) {
    if (order.created !== undefined || order.sellerSums !== undefined) continue;
    order.sellerSums = new Map();
    wanted.set(order.id, order);
  }
  for (const { order_id, seller_id, amount } of await sellerSumsOfOrders(db, [...wanted.keys()])) {
    wanted.get(order_id)?.sellerSums?.set(seller_id, amount);
  }
}

/** Reads what was asked for before on the stored transactions of these orders. */
export async function loadAsked(db: Queries, orders: Iterable<WorkingOrder>): Promise<void> {
  const wanted = new Map<bigint, WorkingOrder["transactions"][number]>();
  for (const order of orders) {
    for (const transaction of order.transactions) {
      if (transaction.asked !== undefined) continue;
      transaction.asked = [];
      if (transaction.created === undefined) wanted.set(transaction.id, transaction);
    }
  }
  for (const row of await operationsOfTransactions(db, [...wanted.keys()])) {
    wanted.get(row.transaction_id)?.asked?.push({
      kind: row.kind,
      sellerId: row.seller_id,
      amount: row.amount,
      underWay: row.state !== "SUCCEEDED",
    });
  }
}
