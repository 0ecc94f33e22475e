/** Takes new orders into the batch: their sellers must be known and their currency the marketplace's. */
import { hashesByRef } from "../../store/import-lookups.ts";
import type { Checked } from "./check-record.ts";
import type { ImportRun } from "./import-run.ts";
import { learnSellers, sellerIdOf } from "./known-marketplaces.ts";
import type { MarketplaceBatch } from "./marketplace-batch.ts";
import type { OrderRecord } from "./records.ts";
import { sortOut } from "./sort-out.ts";
import { newOrder } from "./working-orders.ts";

export async function applyOrders(
  run: ImportRun,
  batch: MarketplaceBatch,
  all: readonly Checked<OrderRecord>[],
): Promise<void> {
  if (all.length === 0) return;
  const { marketplace } = batch;
  const refs = [...new Set(all.map(({ record }) => record.id))];
  const known = await hashesByRef(run.tx.db, "orders", marketplace.row.id, refs);
  const fresh = sortOut(run, all, new Map(known.map(({ ref, content_hash }) => [ref, content_hash])));
  if (fresh.length === 0) return;
  const sellers = new Set<string>();
  for (const { record } of fresh) for (const item of record.items) sellers.add(item.seller);
  await learnSellers(run, marketplace, sellers);
  const firstId = await run.tx.reserveIds("orders", fresh.length);
  let next = firstId;
  for (const checked of fresh) {
    const sellerIds = sellersOf(run, batch, checked);
    if (checked.place.isFaulty) run.giveUp(checked.record);
    else batch.addOrder(newOrder(next, checked, checked.record.currency ?? marketplace.row.currency, sellerIds));
    next += 1n;
  }
}

/** Row ids of the items' sellers, in the order of the items. */
function sellersOf(run: ImportRun, { marketplace }: MarketplaceBatch, checked: Checked<OrderRecord>): bigint[] {
  const ids: bigint[] = [];
  const { items } = checked.record;
  for (let index = 0; index < items.length; index += 1) {
    const ref = items[index]?.seller ?? "";
    const seller = marketplace.sellers.get(ref);
    const id =
      seller !== undefined && seller.position <= checked.position
        ? seller.id
        : sellerIdOf(run, marketplace, checked, ref, `items[${index}].seller`);
    if (id !== undefined) ids.push(id);
  }
  return ids;
}
