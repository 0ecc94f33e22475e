/** Holds items of orders, or releases them, with what is payable of them. */
import { itemsOfImportedOrders } from "../../store/import-lookups.ts";
import { holdItems, holdPayables } from "../../store/import-updates.ts";
import type { Checked } from "./check-record.ts";
import type { ImportRun } from "./import-run.ts";
import { loadOrders } from "./load-orders.ts";
import type { MarketplaceBatch } from "./marketplace-batch.ts";
import type { HoldRecord } from "./records.ts";

type StoredItem = Awaited<ReturnType<typeof itemsOfImportedOrders>>[number];

interface HeldItem {
  readonly row: StoredItem;
  reason: string | null;
}

/** To be called when the orders of the batch are written. Holding what is held already is known, not a fault. */
export async function applyHolds(
  run: ImportRun,
  batch: MarketplaceBatch,
  all: readonly Checked<HoldRecord>[],
): Promise<void> {
  if (all.length === 0) return;
  await loadOrders(
    run.tx.db,
    batch,
    all.map(({ record }) => record.order),
  );
  const orderIds = new Set<bigint>();
  for (const { record } of all) {
    const order = batch.orders.get(record.order);
    if (order !== undefined) orderIds.add(order.id);
  }
  const items = new Map<bigint, HeldItem[]>();
  for (const row of await itemsOfImportedOrders(run.tx.db, [...orderIds])) {
    const held: HeldItem = { row, reason: row.held_reason };
    const list = items.get(row.order_id);
    if (list === undefined) items.set(row.order_id, [held]);
    else list.push(held);
  }
  for (const checked of all) hold(run, batch, checked, items);
  await write(run, [...items.values()].flat());
}

function hold(
  run: ImportRun,
  batch: MarketplaceBatch,
  checked: Checked<HoldRecord>,
  items: ReadonlyMap<bigint, readonly HeldItem[]>,
): void {
  const { record, place } = checked;
  const order = batch.orders.get(record.order);
  if (order === undefined || order.position > checked.position) {
    run.notFound(checked, "order", { type: "order", marketplace: record.marketplace, ref: record.order });
    return;
  }
  const named = (items.get(order.id) ?? []).filter(({ row }) => record.item === undefined || row.ref === record.item);
  if (named.length === 0) {
    place.fault("NOT_FOUND", "item", record.item ?? "", `the id of an item of order ${record.order}`);
    return;
  }
  const reason = record.type === "release" ? null : (record.reason ?? "ITEM_HELD");
  if (named.every((item) => item.reason === reason)) run.count("known");
  else run.count(record.type === "release" ? "releases" : "holds");
  for (const item of named) item.reason = reason;
}

async function write(run: ImportRun, items: readonly HeldItem[]): Promise<void> {
  const byReason = new Map<string | null, StoredItem[]>();
  for (const { row, reason } of items) {
    if (row.held_reason === reason) continue;
    const rows = byReason.get(reason);
    if (rows === undefined) byReason.set(reason, [row]);
    else rows.push(row);
  }
  for (const [reason, rows] of byReason) {
    const ids = rows.map(({ id }) => id);
    await holdItems(run.tx, ids, reason);
    await holdPayables(run.tx, [...new Set(rows.map(({ order_id }) => order_id))], ids, reason);
  }
}
