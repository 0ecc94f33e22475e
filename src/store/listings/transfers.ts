/** Transfers as people look at them: newest first, or one with everything that led to it. */
import type { Queries } from "../store.ts";
import type { ListFilter } from "./listing.ts";

const withNames = (db: Queries) =>
  db
    .selectFrom("transfers")
    .innerJoin("marketplaces", "marketplaces.id", "transfers.marketplace_id")
    .innerJoin("sellers", "sellers.id", "transfers.seller_id")
    .leftJoin("transfer_files", "transfer_files.id", "transfers.file_id")
    .select([
      "transfers.id",
      "transfers.end_to_end_id",
      "transfers.marketplace_id",
      "transfers.amount",
      "transfers.currency",
      "transfers.state",
      "transfers.hold_reason",
      "transfers.reason_code",
      "transfers.business_date",
      "transfers.executed_on",
      "transfers.creditor_name",
      "transfers.creditor_iban",
      "transfers.remittance",
      "transfers.replaces_id",
      "transfers.bank_status",
      "transfers.changed_at",
      "marketplaces.ref as marketplace",
      "sellers.ref as seller",
      "transfer_files.message_id",
    ]);

export function transfersLike(db: Queries, filter: ListFilter) {
  let query = withNames(db).orderBy("transfers.id", "desc").limit(filter.limit);
  if (filter.beforeId !== undefined) query = query.where("transfers.id", "<", filter.beforeId);
  if (filter.marketplace !== undefined) query = query.where("marketplaces.ref", "=", filter.marketplace);
  if (filter.state !== undefined) query = query.where("transfers.state", "in", [filter.state as "SENT"]);
  if (filter.date !== undefined) query = query.where("transfers.business_date", "=", filter.date);
  return query.execute();
}

export function transferByReference(db: Queries, endToEndId: string) {
  return withNames(db).where("transfers.end_to_end_id", "=", endToEndId).executeTakeFirst();
}

/** What the transfer consists of, order by order. */
export function payablesOfTransfer(db: Queries, transferId: bigint) {
  return db
    .selectFrom("payables")
    .leftJoin("orders", "orders.id", "payables.order_id")
    .leftJoin("items", "items.id", "payables.item_id")
    .select(["payables.kind", "payables.gross", "payables.fee", "payables.net", "payables.currency"])
    .select(["payables.available_on", "orders.ref as order", "items.name as item"])
    .where("payables.transfer_id", "=", transferId)
    .orderBy("payables.id")
    .execute();
}

/** What was told about an object, in order. */
export function historyOf(db: Queries, marketplaceId: bigint, kind: string, ref: string) {
  return db
    .selectFrom("status_changes")
    .select(["sequence", "status", "detail", "changed_at"])
    .where("marketplace_id", "=", marketplaceId)
    .where("object_kind", "=", kind)
    .where("object_ref", "=", ref)
    .orderBy("sequence")
    .execute();
}
