/** Orders and transactions as one batch works on them in memory: new ones, and those of the store that it touches. */

import type { OperationKind } from "../../domain/operation-effect.ts";
import type { Consolidation } from "../../domain/order.ts";
import type { DetailedStatus } from "../../domain/transaction.ts";
import type { ordersByRef, transactionsOfOrders } from "../../store/import-lookups.ts";
import type { Checked } from "./check-record.ts";
import { BEFORE_THE_FILE } from "./known-marketplaces.ts";
import type { OrderRecord, TransactionRecord } from "./records.ts";

export interface WorkingOrder {
  readonly id: bigint;
  readonly ref: string;
  readonly position: number;
  readonly amount: bigint;
  readonly currency: string;
  /** What the store says of its standing; undefined for a new order. */
  readonly before: Consolidation | undefined;
  readonly created: { readonly checked: Checked<OrderRecord>; readonly sellerIds: readonly bigint[] } | undefined;
  readonly transactions: WorkingTransaction[];
  /** What each seller's items sum to; read from the store only when it is needed. */
  sellerSums: Map<bigint, bigint> | undefined;
  touched: boolean;
}

/** What was asked for on a transaction and not refused; `under way` is part of `asked`. */
export interface Asked {
  readonly kind: OperationKind;
  readonly sellerId: bigint | null;
  readonly amount: bigint;
  readonly underWay: boolean;
}

export interface TransactionFacts {
  readonly id: bigint;
  readonly ref: string;
  readonly position: number;
  readonly sellerId: bigint | null;
  readonly currency: string;
  readonly amount: bigint;
  readonly expiresAt: string | null;
}

/** What a new transaction has beside its facts. */
export interface NewTransaction {
  readonly checked: Checked<TransactionRecord>;
  readonly tokenId: bigint | null;
  readonly honourUntil: string | null;
}

export interface WorkingTransaction extends TransactionFacts {
  readonly order: WorkingOrder;
  readonly created: NewTransaction | undefined;
  readonly before:
    | { readonly detailedStatus: string; readonly captured: bigint; readonly refunded: bigint }
    | undefined;
  authorised: bigint;
  captured: bigint;
  cancelled: bigint;
  refunded: bigint;
  detailedStatus: DetailedStatus;
  capturedAt: string | null;
  /** Undefined until it is needed. */
  asked: Asked[] | undefined;
  touched: boolean;
}

type StoredOrder = Awaited<ReturnType<typeof ordersByRef>>[number];
type StoredTransaction = Awaited<ReturnType<typeof transactionsOfOrders>>[number];

export function storedOrder(row: StoredOrder): WorkingOrder {
  return {
    id: row.id,
    ref: row.ref,
    position: BEFORE_THE_FILE,
    amount: row.amount,
    currency: row.currency,
    before: { state: row.state, orderCycle: row.order_cycle, orderStatus: row.order_status },
    created: undefined,
    transactions: [],
    sellerSums: undefined,
    touched: false,
  };
}

export function newOrder(
  id: bigint,
  checked: Checked<OrderRecord>,
  currency: string,
  sellerIds: readonly bigint[],
): WorkingOrder {
  return {
    id,
    ref: checked.record.id,
    position: checked.position,
    amount: checked.record.amount,
    currency,
    before: undefined,
    created: { checked, sellerIds },
    transactions: [],
    sellerSums: undefined,
    touched: true,
  };
}

export function storedTransaction(order: WorkingOrder, row: StoredTransaction): WorkingTransaction {
  const detailedStatus = row.detailed_status as DetailedStatus;
  return {
    id: row.id,
    ref: row.ref,
    position: BEFORE_THE_FILE,
    order,
    sellerId: row.seller_id,
    currency: row.currency,
    amount: row.amount,
    expiresAt: row.expires_at,
    created: undefined,
    before: { detailedStatus, captured: row.captured, refunded: row.refunded },
    authorised: row.authorised,
    captured: row.captured,
    cancelled: row.cancelled,
    refunded: row.refunded,
    detailedStatus,
    capturedAt: row.captured_at,
    asked: undefined,
    touched: false,
  };
}

/** Of a new order from its items; of a stored one what was read. */
export function sellerSumsOf(order: WorkingOrder): ReadonlyMap<bigint, bigint> {
  if (order.sellerSums !== undefined) return order.sellerSums;
  const sums = new Map<bigint, bigint>();
  const { checked, sellerIds } = order.created ?? { sellerIds: [] };
  checked?.record.items.forEach((item, index) => {
    const seller = sellerIds[index];
    if (seller !== undefined) sums.set(seller, (sums.get(seller) ?? 0n) + item.amount);
  });
  order.sellerSums = sums;
  return sums;
}
