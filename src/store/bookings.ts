/** Reads operations that succeeded and whose money is not booked yet, and writes what they make payable. */
import { sql } from "kysely";
import type { BookedItem, Operation } from "../domain/booking.ts";
import type { PayableKind } from "../domain/payable.ts";
import type { Queries, Transaction, Value } from "./store.ts";

export interface UnbookedOperation extends Operation {
  readonly orderId: bigint;
  /** What the bank charges for a chargeback. */
  readonly charge?: bigint;
}

/** The operations between two ids that wait for booking: a span is named by its ends, not by a list of thousands. */
export interface OperationSpan {
  readonly marketplaceId: bigint;
  readonly first: bigint;
  readonly last: bigint;
}

const UNBOOKED = (span: OperationSpan) => sql`
  operations.marketplace_id = ${span.marketplaceId} AND operations.booked = 0 AND operations.state = 'SUCCEEDED'
  AND operations.kind <> 'CANCELLATION' AND operations.id BETWEEN ${span.first} AND ${span.last}`;

const ORDERS_OF = (span: OperationSpan) => sql`
  SELECT transactions.order_id FROM operations JOIN transactions ON transactions.id = operations.transaction_id
   WHERE ${UNBOOKED(span)}`;

/** The next operations in the order in which they were asked for. Cancellations move no money and never appear. */
export async function unbookedOperations(
  db: Queries,
  marketplaceId: bigint,
  limit: number,
): Promise<readonly UnbookedOperation[]> {
  const { rows } = await sql<{
    id: bigint;
    ref: string;
    kind: "CAPTURE" | "REFUND" | "CHARGEBACK";
    amount: bigint;
    fee: bigint | null;
    charge: bigint | null;
    currency: string;
    business_date: string;
    order_id: bigint;
    seller_id: bigint | null;
    payment_method: string | null;
  }>`
    SELECT operations.id, operations.ref, operations.kind, operations.amount, operations.fee, operations.charge,
           operations.currency, operations.business_date, transactions.order_id, transactions.payment_method,
           coalesce(operations.seller_id, transactions.seller_id) AS seller_id
      FROM operations JOIN transactions ON transactions.id = operations.transaction_id
     WHERE operations.marketplace_id = ${marketplaceId} AND operations.booked = 0 AND operations.state = 'SUCCEEDED'
       AND operations.kind <> 'CANCELLATION'
     ORDER BY operations.id LIMIT ${limit}`.execute(db);
  return rows.map(({ order_id, business_date, seller_id, payment_method, fee, charge, ...row }) => ({
    ...row,
    ...(payment_method === null ? {} : { paymentMethod: payment_method }),
    ...(charge === null ? {} : { charge }),
    orderId: order_id,
    businessDate: business_date,
    ...(seller_id === null ? {} : { sellerId: seller_id }),
    ...(fee === null ? {} : { fee }),
  }));
}

export interface SpanItem extends BookedItem {
  /** JSON of what the seller's settlement policy has of its own; null for nothing. */
  readonly sellerPolicy: string | null;
}

/** Items of the orders of a span in cart order, with what was captured and refunded of each before. */
export async function itemsOfSpan(db: Queries, span: OperationSpan): Promise<Map<bigint, SpanItem[]>> {
  const { rows } = await sql<{
    id: bigint;
    order_id: bigint;
    seller_id: bigint;
    seller: string;
    category: string | null;
    amount: bigint;
    commission: bigint | null;
    held_reason: string | null;
    settlement_policy: string | null;
  }>`
    SELECT items.id, items.order_id, items.seller_id, sellers.ref AS seller, items.category, items.amount,
           items.commission, items.held_reason, sellers.settlement_policy
      FROM items JOIN sellers ON sellers.id = items.seller_id
     WHERE items.order_id IN (${ORDERS_OF(span)})
     ORDER BY items.order_id, items.position`.execute(db);
  const before = await bookedBefore(db, span);
  const items = new Map<bigint, SpanItem[]>();
  for (const row of rows) {
    const done = before.get(row.id);
    const item: SpanItem = {
      id: row.id,
      orderId: row.order_id,
      sellerId: row.seller_id,
      seller: row.seller,
      amount: row.amount,
      captured: done?.captured ?? 0n,
      feeTaken: done?.fee ?? 0n,
      vatTaken: done?.vat ?? 0n,
      refunded: done?.refunded ?? 0n,
      feeReturned: done?.feeReturned ?? 0n,
      sellerPolicy: row.settlement_policy,
      ...(row.category === null ? {} : { category: row.category }),
      ...(row.commission === null ? {} : { commission: row.commission }),
      ...(row.held_reason === null ? {} : { heldReason: row.held_reason }),
    };
    const list = items.get(row.order_id);
    if (list === undefined) items.set(row.order_id, [item]);
    else list.push(item);
  }
  return items;
}

interface BookedBefore {
  captured: bigint;
  fee: bigint;
  vat: bigint;
  refunded: bigint;
  feeReturned: bigint;
}

async function bookedBefore(db: Queries, span: OperationSpan): Promise<Map<bigint, BookedBefore>> {
  const { rows } = await sql<{ item_id: bigint | null; kind: string; gross: bigint; fee: bigint; fee_vat: bigint }>`
    SELECT item_id, kind, gross, fee, fee_vat FROM payables WHERE order_id IN (${ORDERS_OF(span)})`.execute(db);
  const before = new Map<bigint, BookedBefore>();
  for (const { item_id, kind, gross, fee, fee_vat } of rows) {
    if (item_id === null) continue;
    const done = before.get(item_id) ?? { captured: 0n, fee: 0n, vat: 0n, refunded: 0n, feeReturned: 0n };
    before.set(item_id, done);
    if (kind === "SALE") {
      done.captured += gross;
      done.fee += fee;
      done.vat += fee_vat;
    } else {
      done.refunded -= gross;
      done.feeReturned -= fee;
    }
  }
  return before;
}

export interface NewPayable {
  readonly sellerId: bigint;
  readonly kind: PayableKind;
  readonly orderId?: bigint;
  readonly itemId?: bigint;
  readonly operationId?: bigint;
  readonly currency: string;
  readonly gross: bigint;
  readonly fee: bigint;
  /** The part of `fee` that is VAT. */
  readonly vat?: bigint;
  readonly availableOn: string;
  /** Set when the money needs no delay: it is available at once. */
  readonly maturedOn?: string;
  readonly heldReason?: string;
}

/** Inserts the lines and answers the id of the first; the others follow it. */
export async function insertPayables(
  tx: Transaction,
  marketplaceId: bigint,
  payables: readonly NewPayable[],
): Promise<bigint> {
  const firstId = await tx.reserveIds("payables", payables.length);
  const rows = payables.map((payable, index): Value[] => [
    firstId + BigInt(index),
    marketplaceId,
    payable.sellerId,
    payable.kind,
    payable.orderId ?? null,
    payable.itemId ?? null,
    payable.operationId ?? null,
    payable.currency,
    payable.gross,
    payable.fee,
    payable.vat ?? 0n,
    payable.gross - payable.fee,
    payable.availableOn,
    payable.maturedOn ?? null,
    payable.heldReason ?? null,
  ]);
  await tx.insertMany(
    "payables",
    [
      "id",
      "marketplace_id",
      "seller_id",
      "kind",
      "order_id",
      "item_id",
      "operation_id",
      "currency",
      "gross",
      "fee",
      "fee_vat",
      "net",
      "available_on",
      "matured_on",
      "held_reason",
    ],
    rows,
  );
  return firstId;
}

/** Marks the operations of a span as booked; answers how many were not booked before. */
export async function markBooked(tx: Transaction, span: OperationSpan): Promise<bigint> {
  const { numAffectedRows } = await sql`UPDATE operations SET booked = 1 WHERE ${UNBOOKED(span)}`.execute(tx.db);
  return numAffectedRows ?? 0n;
}

export interface UnbookedRow {
  readonly id: bigint;
  readonly sellerId: bigint;
  readonly amount: bigint;
  /** Of a declared fee; zero for a cashin. */
  readonly vat: bigint;
  readonly currency: string;
}

/** What marketplaces declare beside their orders, booked in one step: money collected elsewhere, fees of theirs. */
export type DeclaredTable = "cashins" | "operator_fees";

export async function unbookedRows(
  db: Queries,
  table: DeclaredTable,
  marketplaceId: bigint,
  limit: number,
): Promise<readonly UnbookedRow[]> {
  const vat = table === "cashins" ? sql`0` : sql.ref("vat");
  const { rows } = await sql<{ id: bigint; seller_id: bigint; amount: bigint; vat: bigint; currency: string }>`
    SELECT id, seller_id, amount, CAST(${vat} AS BIGINT) AS vat, currency FROM ${sql.table(table)}
     WHERE marketplace_id = ${marketplaceId} AND booked = 0 ORDER BY id LIMIT ${limit}`.execute(db);
  return rows.map(({ seller_id, ...row }) => ({ ...row, sellerId: seller_id }));
}

export async function markRowsBooked(
  tx: Transaction,
  table: DeclaredTable,
  marketplaceId: bigint,
  last: bigint,
): Promise<bigint> {
  const { numAffectedRows } = await sql`
    UPDATE ${sql.table(table)} SET booked = 1
     WHERE marketplace_id = ${marketplaceId} AND booked = 0 AND id <= ${last}`.execute(tx.db);
  return numAffectedRows ?? 0n;
}
