/** Orders as people look at them: newest first, or one with its items, transactions, operations and what became of the money. */
import { addDays } from "../../domain/calendar.ts";
import type { Queries } from "../store.ts";
import type { ListFilter } from "./listing.ts";

const withNames = (db: Queries) =>
  db
    .selectFrom("orders")
    .innerJoin("marketplaces", "marketplaces.id", "orders.marketplace_id")
    .selectAll("orders")
    .select("marketplaces.ref as marketplace");

export function ordersLike(db: Queries, filter: ListFilter) {
  let query = withNames(db).orderBy("orders.id", "desc").limit(filter.limit);
  if (filter.beforeId !== undefined) query = query.where("orders.id", "<", filter.beforeId);
  if (filter.marketplace !== undefined) query = query.where("marketplaces.ref", "=", filter.marketplace);
  if (filter.state !== undefined) query = query.where("orders.state", "in", [filter.state as "SUCCEEDED"]);
  if (filter.date !== undefined) {
    query = query
      .where("orders.created_at", ">=", filter.date)
      .where("orders.created_at", "<", addDays(filter.date, 1));
  }
  return query.execute();
}

/** Orders of that ref, one for each marketplace that uses it. */
export function ordersByRef(db: Queries, ref: string, marketplace?: string) {
  const query = withNames(db).where("orders.ref", "=", ref).orderBy("orders.id");
  return (marketplace === undefined ? query : query.where("marketplaces.ref", "=", marketplace)).execute();
}

export function itemsOfOrder(db: Queries, orderId: bigint) {
  return db
    .selectFrom("items")
    .innerJoin("sellers", "sellers.id", "items.seller_id")
    .select(["items.ref", "items.name", "items.quantity", "items.amount", "items.held_reason", "sellers.ref as seller"])
    .where("items.order_id", "=", orderId)
    .orderBy("items.position")
    .execute();
}

export function transactionsOfOrder(db: Queries, orderId: bigint) {
  return db.selectFrom("transactions").selectAll().where("order_id", "=", orderId).orderBy("id").execute();
}

export function operationsOfOrder(db: Queries, orderId: bigint) {
  return db
    .selectFrom("operations")
    .innerJoin("transactions", "transactions.id", "operations.transaction_id")
    .select(["operations.kind", "operations.ref", "operations.amount", "operations.currency", "operations.state"])
    .select(["operations.business_date", "operations.failure", "transactions.ref as transaction"])
    .where("transactions.order_id", "=", orderId)
    .orderBy("operations.id")
    .execute();
}

/** What each seller is owed of the order, and the transfer that pays it. */
export function payablesOfOrder(db: Queries, orderId: bigint) {
  return db
    .selectFrom("payables")
    .innerJoin("sellers", "sellers.id", "payables.seller_id")
    .leftJoin("transfers", "transfers.id", "payables.transfer_id")
    .select(["payables.kind", "payables.gross", "payables.fee", "payables.net", "payables.currency"])
    .select(["payables.available_on", "sellers.ref as seller"])
    .select(["transfers.end_to_end_id", "transfers.state as transfer_state"])
    .where("payables.order_id", "=", orderId)
    .orderBy("payables.id")
    .execute();
}
