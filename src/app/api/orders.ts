/** A marketplace's own orders as its systems read them: amounts as text of minor units. */
import type { DetailedStatus } from "../../domain/transaction.ts";
import {
  itemsOfOrder,
  operationsOfOrder,
  ordersByRef,
  ordersLike,
  payablesOfOrder,
  transactionsOfOrder,
} from "../../store/listings/orders.ts";
import type { Queries } from "../../store/store.ts";
import type { Context } from "../context.ts";
import { filterOf, notFound, type PageRequest, pageOf } from "./page.ts";

export async function pageOfOrders({ store: { db } }: Pick<Context, "store">, marketplace: string, page: PageRequest) {
  const idOf = async (ref: string) => (await ordersByRef(db, ref, marketplace))[0]?.id;
  const rows = await ordersLike(db, await filterOf(marketplace, page, idOf));
  return pageOf(rows, page, ({ ref }) => ref, summaryOf);
}

type OrderRow = Awaited<ReturnType<typeof ordersLike>>[number];

function summaryOf(row: OrderRow) {
  return {
    ref: row.ref,
    amount: String(row.amount),
    currency: row.currency,
    state: row.state,
    orderStatus: row.order_status,
    orderCycle: row.order_cycle,
    createdAt: row.created_at,
  };
}

/** NOT_FOUND also for another marketplace's order. */
export async function orderOf({ store: { db } }: Pick<Context, "store">, marketplace: string, ref: string) {
  const [row] = await ordersByRef(db, ref, marketplace);
  if (row === undefined) throw notFound("order", ref);
  const payables = await payablesOf(db, row.id);
  return {
    ...summaryOf(row),
    items: await itemsOf(db, row.id),
    transactions: await transactionsOf(db, row.id),
    operations: await operationsOf(db, row.id),
    payables,
    transfers: transfersIn(payables),
  };
}

async function itemsOf(db: Queries, orderId: bigint) {
  const rows = await itemsOfOrder(db, orderId);
  return rows.map(({ ref, name, seller, quantity, amount, held_reason }) => ({
    ref,
    name,
    seller,
    quantity: Number(quantity),
    amount: String(amount),
    heldReason: held_reason,
  }));
}

async function transactionsOf(db: Queries, orderId: bigint) {
  const rows = await transactionsOfOrder(db, orderId);
  return rows.map((row) => ({
    ref: row.ref,
    status: row.status,
    detailedStatus: row.detailed_status as DetailedStatus,
    amount: String(row.amount),
    authorised: String(row.authorised),
    captured: String(row.captured),
    cancelled: String(row.cancelled),
    refunded: String(row.refunded),
    currency: row.currency,
    captureOn: row.capture_on,
    authorisedAt: row.authorised_at,
    honourUntil: row.honour_until,
    expiresAt: row.expires_at,
    capturedAt: row.captured_at,
  }));
}

async function operationsOf(db: Queries, orderId: bigint) {
  const rows = await operationsOfOrder(db, orderId);
  return rows.map(({ kind, ref, transaction, amount, currency, state, business_date, failure }) => ({
    kind,
    ref,
    transaction,
    amount: String(amount),
    currency,
    state,
    businessDate: business_date,
    failure,
  }));
}

async function payablesOf(db: Queries, orderId: bigint) {
  const rows = await payablesOfOrder(db, orderId);
  return rows.map(({ kind, seller, gross, fee, net, currency, available_on, end_to_end_id, transfer_state }) => ({
    kind,
    seller,
    gross: String(gross),
    fee: String(fee),
    net: String(net),
    currency,
    availableOn: available_on,
    transfer:
      end_to_end_id === null || transfer_state === null ? null : { endToEndId: end_to_end_id, state: transfer_state },
  }));
}

/** Each transfer that pays a part of the order, once. */
function transfersIn(payables: Awaited<ReturnType<typeof payablesOf>>) {
  const byId = new Map(
    payables.flatMap(({ transfer }) => (transfer === null ? [] : [[transfer.endToEndId, transfer]])),
  );
  return [...byId.values()];
}
