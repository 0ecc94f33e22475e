/** Reads the links of the chain from a card authorisation to a bank statement, in both directions, for one record at a time. */
import { sql } from "kysely";
import type { CauseKind } from "../domain/ledger.ts";
import { mayHoldCause } from "./journal-spans.ts";
import type { Queries } from "./store.ts";

const namedTransfers = (db: Queries) =>
  db
    .selectFrom("transfers")
    .innerJoin("marketplaces", "marketplaces.id", "transfers.marketplace_id")
    .innerJoin("sellers", "sellers.id", "transfers.seller_id")
    .leftJoin("transfers as replaced", "replaced.id", "transfers.replaces_id")
    .leftJoin("transfers as successor", "successor.replaces_id", "transfers.id")
    .selectAll("transfers")
    .select(["marketplaces.ref as marketplace", "sellers.ref as seller"])
    .select(["replaced.end_to_end_id as replaces", "successor.end_to_end_id as replaced_by"]);

export type ExplainedTransfer = Awaited<ReturnType<typeof transfersOfSeller>>[number];

export function transfersById(db: Queries, ids: readonly bigint[]) {
  return namedTransfers(db)
    .where("transfers.id", "in", ids.length === 0 ? [-1n] : ids)
    .orderBy("transfers.id")
    .execute();
}

/** By an EndToEndId of ours; none or one. */
export function transferWithEndToEndId(db: Queries, endToEndId: string) {
  return namedTransfers(db).where("transfers.end_to_end_id", "=", endToEndId).execute();
}

/** The newest first. */
export function transfersOfSeller(db: Queries, sellerId: bigint, limit: number) {
  return namedTransfers(db)
    .where("transfers.seller_id", "=", sellerId)
    .orderBy("transfers.id", "desc")
    .limit(limit)
    .execute();
}

/**
 * Bank lines that carry a reference: as their identity, or anywhere in what the bank said of them. Reads every line of the
 * store: for a person's question, not for a job.
 */
export async function entriesWithReference(db: Queries, reference: string, limit: number) {
  const quoted = JSON.stringify(reference).replaceAll(/[\\%_]/g, (sign) => `\\${sign}`);
  const { rows } = await sql<{ id: bigint; fact: string }>`
    SELECT id, fact FROM bank_entries
     WHERE identity = ${reference} OR fact LIKE ${`%${quoted}%`} ESCAPE '\\' ORDER BY id LIMIT ${limit}`.execute(db);
  return rows.filter(({ fact }) => fact.includes(JSON.stringify(reference)));
}

/** Which transfers a bank line was matched with. */
export async function transfersOfEntries(db: Queries, entryIds: readonly bigint[]): Promise<readonly bigint[]> {
  const rows = await db
    .selectFrom("matches")
    .select("transfer_id")
    .distinct()
    .where("bank_entry_id", "in", entryIds.length === 0 ? [-1n] : entryIds)
    .where("transfer_id", "is not", null)
    .orderBy("transfer_id")
    .execute();
  return rows.flatMap(({ transfer_id }) => transfer_id ?? []);
}

/** Statement lines that executed or returned a transfer, with the file each came in. */
export function entriesOfTransfer(db: Queries, transferId: bigint) {
  return db
    .selectFrom("matches")
    .innerJoin("bank_entries", "bank_entries.id", "matches.bank_entry_id")
    .innerJoin("bank_statements", "bank_statements.id", "bank_entries.statement_id")
    .innerJoin("inbound_files", "inbound_files.id", "bank_statements.inbound_file_id")
    .select(["matches.kind", "matches.rule", "matches.amount", "matches.matched_on"])
    .select(["bank_entries.fact", "bank_entries.booking_date", "bank_entries.currency", "bank_entries.direction"])
    .select(["bank_entries.amount as entry_amount", "bank_statements.kind as statement_kind"])
    .select(["bank_statements.statement_ref", "inbound_files.remote_name"])
    .where("matches.transfer_id", "=", transferId)
    .orderBy("matches.id")
    .execute();
}

/** The decisions of settlements about a transfer: one, or several while it was held and grew. */
export function settlementLinesOfTransfer(db: Queries, transferId: bigint, sellerId: bigint) {
  return settlementLines(db)
    .where("settlement_lines.transfer_id", "=", transferId)
    .where("settlement_lines.seller_id", "=", sellerId)
    .orderBy("settlements.id")
    .execute();
}

/** The newest first. */
export function settlementLinesOfSeller(db: Queries, marketplaceId: bigint, sellerId: bigint, limit: number) {
  return settlementLines(db)
    .where("settlements.marketplace_id", "=", marketplaceId)
    .where("settlement_lines.seller_id", "=", sellerId)
    .orderBy("settlements.id", "desc")
    .limit(limit)
    .execute();
}

export type ExplainedSettlementLine = Awaited<ReturnType<typeof settlementLinesOfSeller>>[number];

const settlementLines = (db: Queries) =>
  db
    .selectFrom("settlement_lines")
    .innerJoin("settlements", "settlements.id", "settlement_lines.settlement_id")
    .selectAll("settlement_lines")
    .select(["settlements.business_date", "settlements.currency", "settlements.run"]);

export interface PayableFilter {
  readonly transferId?: bigint;
  readonly orderId?: bigint;
  /** Lines of a seller that no transfer pays yet. */
  readonly openOfSeller?: bigint;
}

/** Lines of what is owed, each with its order, item and card transaction, in the order they were booked. */
export function payablesFor(db: Queries, filter: PayableFilter, limit: number) {
  let query = db
    .selectFrom("payables")
    .innerJoin("sellers", "sellers.id", "payables.seller_id")
    .leftJoin("orders", "orders.id", "payables.order_id")
    .leftJoin("items", "items.id", "payables.item_id")
    .leftJoin("operations", "operations.id", "payables.operation_id")
    .leftJoin("transactions", "transactions.id", "operations.transaction_id")
    .leftJoin("transfers", "transfers.id", "payables.transfer_id")
    .selectAll("payables")
    .select(["sellers.ref as seller", "orders.ref as order", "orders.amount as order_amount"])
    .select(["items.ref as item", "items.name as item_name", "items.amount as item_amount", "items.commission"])
    .select(["operations.kind as operation_kind", "operations.ref as operation", "operations.state as operation_state"])
    .select(["operations.amount as operation_amount", "operations.fee as operation_fee", "operations.done_at"])
    .select(["operations.business_date as operation_date", "operations.gateway_ref as operation_gateway_ref"])
    .select(["transactions.ref as transaction", "transactions.detailed_status", "transactions.authorised"])
    .select(["transactions.authorised_at", "transactions.gateway_ref", "transfers.end_to_end_id"])
    .select(["transfers.state as transfer_state"])
    .orderBy("payables.id")
    .limit(limit);
  if (filter.transferId !== undefined) query = query.where("payables.transfer_id", "=", filter.transferId);
  if (filter.orderId !== undefined) query = query.where("payables.order_id", "=", filter.orderId);
  if (filter.openOfSeller !== undefined) {
    query = query.where("payables.transfer_id", "is", null).where("payables.seller_id", "=", filter.openOfSeller);
  }
  return query.execute();
}

export type ExplainedPayable = Awaited<ReturnType<typeof payablesFor>>[number];

/** How many lines a transfer pays, and their sums: whole, however many are shown. */
export async function payableTotals(db: Queries, transferId: bigint) {
  const { rows } = await sql<{ lines: bigint; gross: bigint; fee: bigint; net: bigint }>`
    SELECT count(*) AS lines, CAST(coalesce(sum(gross), 0) AS BIGINT) AS gross,
           CAST(coalesce(sum(fee), 0) AS BIGINT) AS fee, CAST(coalesce(sum(net), 0) AS BIGINT) AS net
      FROM payables WHERE transfer_id = ${transferId}`.execute(db);
  return rows[0] ?? { lines: 0n, gross: 0n, fee: 0n, net: 0n };
}

/** What was posted because of some causes of one kind, in the order of the journal. */
export function postingsOfCauses(db: Queries, kind: CauseKind, ids: readonly bigint[]) {
  const listed = ids.length === 0 ? [-1n] : ids;
  return db
    .with("spans", (from) =>
      from
        .selectFrom("journal_spans")
        .innerJoin(causes(listed).as("causes"), (join) => join.on(mayHoldCause(kind, sql.ref("causes.id"))))
        .select(["journal_spans.first_id", "journal_spans.last_id"])
        .distinct(),
    )
    .selectFrom("spans")
    .innerJoin("postings", (join) =>
      join.onRef("postings.id", ">=", "spans.first_id").onRef("postings.id", "<=", "spans.last_id"),
    )
    .innerJoin("accounts as debited", "debited.id", "postings.debit_account")
    .innerJoin("accounts as credited", "credited.id", "postings.credit_account")
    .select(["postings.id", "postings.event", "postings.amount", "postings.cause_id", "postings.business_date"])
    .select(["debited.bucket as debit", "credited.bucket as credit", "debited.currency"])
    .where("postings.cause_kind", "=", kind)
    .where("postings.cause_id", "in", listed)
    .orderBy("postings.id")
    .execute();
}

/** Ids as rows. */
function causes(ids: readonly bigint[]) {
  const values = ids.map((id) => sql`(CAST(${id} AS BIGINT))`);
  return sql<{ id: bigint }>`(SELECT column1 AS id FROM (VALUES ${sql.join(values)}) AS listed)`;
}

export type ExplainedPosting = Awaited<ReturnType<typeof postingsOfCauses>>[number];

/** The file with its frozen bytes. */
export function fileWithBytes(db: Queries, fileId: bigint) {
  return db.selectFrom("transfer_files").selectAll().where("id", "=", fileId).executeTakeFirstOrThrow();
}

/** What was said about an object, and to which endpoint it went. */
export function toldAbout(db: Queries, marketplaceId: bigint, kind: string, refs: readonly string[]) {
  return db
    .selectFrom("status_changes")
    .leftJoin("notifications", "notifications.status_change_id", "status_changes.id")
    .leftJoin("endpoints", "endpoints.id", "notifications.endpoint_id")
    .select(["status_changes.id", "status_changes.object_ref", "status_changes.sequence", "status_changes.status"])
    .select(["status_changes.detail", "status_changes.changed_at", "notifications.ref as notification"])
    .select(["notifications.state", "notifications.attempts", "endpoints.ref as endpoint"])
    .where("status_changes.marketplace_id", "=", marketplaceId)
    .where("status_changes.object_kind", "=", kind)
    .where("status_changes.object_ref", "in", refs.length === 0 ? [""] : refs)
    .orderBy("status_changes.id")
    .orderBy("notifications.id")
    .execute();
}

/** Sellers of that ref, one for each marketplace that uses it. */
export function sellersByRef(db: Queries, ref: string, marketplace?: string) {
  const query = db
    .selectFrom("sellers")
    .innerJoin("marketplaces", "marketplaces.id", "sellers.marketplace_id")
    .selectAll("sellers")
    .select("marketplaces.ref as marketplace")
    .where("sellers.ref", "=", ref)
    .orderBy("sellers.id");
  return (marketplace === undefined ? query : query.where("marketplaces.ref", "=", marketplace)).execute();
}
