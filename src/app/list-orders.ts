/** Lists orders, newest first. */
import { formatMinor } from "../domain/money.ts";
import type { ListFilter } from "../store/listings/listing.ts";
import { ordersLike } from "../store/listings/orders.ts";
import type { Context } from "./context.ts";

export type OrderSummary = Awaited<ReturnType<typeof listOrders>>[number];

/** Amounts are decimal text of the currency. */
export async function listOrders({ store }: Pick<Context, "store">, filter: ListFilter) {
  return (await ordersLike(store.db, filter)).map(summaryOfOrder);
}

type OrderRow = Awaited<ReturnType<typeof ordersLike>>[number];

export function summaryOfOrder(row: OrderRow) {
  return {
    ref: row.ref,
    marketplace: row.marketplace,
    amount: formatMinor(row.amount, row.currency),
    currency: row.currency,
    state: row.state,
    orderStatus: row.order_status,
    orderCycle: row.order_cycle,
    createdAt: row.created_at,
  };
}
