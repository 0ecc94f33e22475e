/** Writes what a batch gathered: new orders with their items, transactions and operations, and what changed of stored ones. */
import { type Consolidation, consolidateOrder } from "../../domain/order.ts";
import { DETAILED_STATUS } from "../../domain/transaction.ts";
import { insertImported } from "../../store/import-inserts.ts";
import { type OrderStanding, updateOrders, updateTransactions } from "../../store/import-updates.ts";
import type { Value } from "../../store/store.ts";
import type { DayOf } from "./day-of.ts";
import type { ImportRun } from "./import-run.ts";
import type { MarketplaceBatch } from "./marketplace-batch.ts";
import type { WorkingOrder, WorkingTransaction } from "./working-orders.ts";

export async function writeBatch(run: ImportRun, batch: MarketplaceBatch, dayOf: DayOf): Promise<void> {
  await writeOrders(run, batch);
  await writeTransactions(run, batch, dayOf);
  await writeOperations(run, batch, dayOf);
}

function standingOf(order: WorkingOrder): Consolidation {
  return consolidateOrder(order.transactions.map(({ detailedStatus }) => DETAILED_STATUS[detailedStatus].status));
}

async function writeOrders(run: ImportRun, batch: MarketplaceBatch): Promise<void> {
  const { id: marketplaceId } = batch.marketplace.row;
  const rows: Value[][] = [];
  const created: WorkingOrder[] = [];
  const moved = new Map<string, { before: Consolidation; after: Consolidation; ids: bigint[] }>();
  const now = run.now.toISOString();
  for (const order of batch.orders.values()) {
    if (!order.touched) continue;
    const after = standingOf(order);
    if (order.created !== undefined) {
      const { record, hash } = order.created.checked;
      created.push(order);
      rows.push([
        ...[order.id, marketplaceId, order.ref, order.amount, order.currency],
        ...[after.state, after.orderCycle, after.orderStatus, hash, record.createdAt ?? now],
      ]);
    } else if (order.before !== undefined && !sameStanding(order.before, after)) {
      const key = Object.values({ ...order.before })
        .concat(Object.values(after))
        .join();
      const group = moved.get(key);
      if (group === undefined) moved.set(key, { before: order.before, after, ids: [order.id] });
      else group.ids.push(order.id);
      tellOrder(run, marketplaceId, order, after);
    }
  }
  await insertImported(run.tx, "orders", rows);
  run.count("orders", rows.length);
  await writeItems(run, created);
  for (const { before, after, ids } of moved.values()) {
    await updateOrders(run.tx, ids, rowOf(before), rowOf(after));
  }
}

function tellOrder(run: ImportRun, marketplaceId: bigint, order: WorkingOrder, after: Consolidation): void {
  if (order.id >= run.firstNew.orders || order.before?.orderStatus === after.orderStatus) return;
  run.changed(marketplaceId, { kind: "order", ref: order.ref, status: after.orderStatus });
}

function sameStanding(a: Consolidation, b: Consolidation): boolean {
  return a.state === b.state && a.orderCycle === b.orderCycle && a.orderStatus === b.orderStatus;
}

function rowOf({ state, orderCycle, orderStatus }: Consolidation): OrderStanding {
  return { state, order_cycle: orderCycle, order_status: orderStatus };
}

async function writeItems(run: ImportRun, orders: readonly WorkingOrder[]): Promise<void> {
  let count = 0;
  for (const { created } of orders) count += created?.checked.record.items.length ?? 0;
  if (count === 0) return;
  let id = await run.tx.reserveIds("items", count);
  const rows: Value[][] = [];
  for (const { id: orderId, created } of orders) {
    if (created === undefined) continue;
    const { items } = created.checked.record;
    for (let index = 0; index < items.length; index += 1) {
      const item = items[index];
      const sellerId = created.sellerIds[index];
      if (item === undefined || sellerId === undefined) continue;
      rows.push([
        id,
        orderId,
        sellerId,
        BigInt(index),
        item.id,
        item.name,
        item.category ?? null,
        item.quantity ?? 1n,
        item.amount,
        item.commission ?? null,
        item.held === true ? "ITEM_HELD" : null,
      ]);
      id += 1n;
    }
  }
  await insertImported(run.tx, "items", rows);
  run.count("items", rows.length);
}

async function writeTransactions(run: ImportRun, batch: MarketplaceBatch, dayOf: DayOf): Promise<void> {
  const rows: Value[][] = [];
  const changed: WorkingTransaction[] = [];
  for (const transaction of batch.transactions.values()) {
    if (!transaction.touched) continue;
    if (transaction.created === undefined) changed.push(transaction);
    else rows.push(transactionRow(run, batch, transaction, dayOf));
  }
  await insertImported(run.tx, "transactions", rows);
  run.count("transactions", rows.length);
  await updateTransactions(
    run.tx,
    changed.flatMap(({ id, before, detailedStatus, captured, cancelled, refunded, capturedAt }) => {
      const { status } = DETAILED_STATUS[detailedStatus];
      return before === undefined
        ? []
        : [{ id, before, status, detailedStatus, captured, cancelled, refunded, capturedAt }];
    }),
  );
}

function transactionRow(
  run: ImportRun,
  batch: MarketplaceBatch,
  transaction: WorkingTransaction,
  dayOf: DayOf,
): Value[] {
  const { created, order } = transaction;
  const record = created?.checked.record;
  const now = run.now.toISOString();
  const captureOn = record?.captureOn ?? dayOf(transaction.capturedAt ?? now);
  return [
    ...[
      transaction.id,
      batch.marketplace.row.id,
      order.id,
      transaction.sellerId,
      transaction.ref,
      created?.tokenId ?? null,
    ],
    ...[
      record?.gatewayRef ?? null,
      transaction.currency,
      transaction.amount,
      transaction.authorised,
      transaction.captured,
    ],
    ...[transaction.cancelled, transaction.refunded, DETAILED_STATUS[transaction.detailedStatus].status],
    ...[transaction.detailedStatus, captureOn, record?.authorisedAt ?? null, created?.honourUntil ?? null],
    ...[transaction.expiresAt, transaction.capturedAt, created?.checked.hash ?? "", now],
    record?.paymentMethod ?? null,
  ];
}

const COUNTED = {
  CAPTURE: "captures",
  CANCELLATION: "cancellations",
  REFUND: "refunds",
  CHARGEBACK: "chargebacks",
} as const;

async function writeOperations(run: ImportRun, batch: MarketplaceBatch, dayOf: DayOf): Promise<void> {
  const { operations } = batch;
  if (operations.length === 0) return;
  const now = run.now.toISOString();
  let id = await run.tx.reserveIds("operations", operations.length);
  const rows: Value[][] = [];
  for (const { kind, ref, transaction, sellerId, amount, fee, charge, reason, doneAt, hash } of operations) {
    const state = doneAt === null ? "CREATED" : "SUCCEEDED";
    rows.push([
      ...[id, batch.marketplace.row.id, kind, ref, transaction.id, sellerId, amount, transaction.currency, fee],
      ...[state, dayOf(doneAt ?? now), doneAt, hash, now, charge, reason],
    ]);
    id += 1n;
    run.count(COUNTED[kind]);
  }
  await insertImported(run.tx, "operations", rows);
}
