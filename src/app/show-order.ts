/** Shows one order: its items, its transactions with their operations, and what each seller is owed of it. */
import { RemitError } from "../domain/errors.ts";
import { formatMinor } from "../domain/money.ts";
import {
  itemsOfOrder,
  operationsOfOrder,
  ordersByRef,
  payablesOfOrder,
  transactionsOfOrder,
} from "../store/listings/orders.ts";
import type { Queries } from "../store/store.ts";
import type { Context } from "./context.ts";
import { summaryOfOrder } from "./list-orders.ts";

/** By its ref; NOT_FOUND when there is none, INPUT_INVALID when several marketplaces use the ref and none is named. */
export async function showOrder({ store: { db } }: Pick<Context, "store">, ref: string, marketplace?: string) {
  const [row, ...others] = await ordersByRef(db, ref, marketplace);
  if (row === undefined) {
    throw new RemitError("NOT_FOUND", { where: "order", found: ref, expected: "the ref of an order of this store" });
  }
  if (others.length > 0) {
    throw new RemitError("INPUT_INVALID", {
      where: `order ${ref}`,
      found: `one in each of ${[row, ...others].map((order) => order.marketplace).join(", ")}`,
      expected: "the marketplace to be named",
    });
  }
  return {
    ...summaryOfOrder(row),
    items: await itemsOf(db, row.id, row.currency),
    transactions: await transactionsOf(db, row.id),
    operations: await operationsOf(db, row.id),
    owed: await owedOf(db, row.id),
  };
}

async function itemsOf(db: Queries, orderId: bigint, currency: string) {
  const items = await itemsOfOrder(db, orderId);
  return items.map(({ ref, name, seller, quantity, amount, held_reason }) => ({
    ref,
    name,
    seller,
    quantity: Number(quantity),
    amount: formatMinor(amount, currency),
    heldReason: held_reason,
  }));
}

async function transactionsOf(db: Queries, orderId: bigint) {
  const rows = await transactionsOfOrder(db, orderId);
  return rows.map((row) => ({
    ref: row.ref,
    status: row.status,
    detailedStatus: row.detailed_status,
    authorised: formatMinor(row.authorised, row.currency),
    captured: formatMinor(row.captured, row.currency),
    cancelled: formatMinor(row.cancelled, row.currency),
    refunded: formatMinor(row.refunded, row.currency),
    currency: row.currency,
    captureOn: row.capture_on,
    expiresAt: row.expires_at,
  }));
}

async function operationsOf(db: Queries, orderId: bigint) {
  const rows = await operationsOfOrder(db, orderId);
  return rows.map(({ kind, ref, transaction, amount, currency, state, business_date, failure }) => ({
    kind,
    ref,
    transaction,
    amount: formatMinor(amount, currency),
    currency,
    state,
    businessDate: business_date,
    failure,
  }));
}

async function owedOf(db: Queries, orderId: bigint) {
  const rows = await payablesOfOrder(db, orderId);
  return rows.map((row) => ({
    seller: row.seller,
    kind: row.kind,
    gross: formatMinor(row.gross, row.currency),
    fee: formatMinor(row.fee, row.currency),
    net: formatMinor(row.net, row.currency),
    availableOn: row.available_on,
    transfer: row.end_to_end_id,
    transferState: row.transfer_state,
  }));
}
