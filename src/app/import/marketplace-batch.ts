/** What one batch of records does to the orders of one marketplace, gathered in memory before it is written. */

import type { KnownMarketplace } from "./known-marketplaces.ts";
import type { NewOperation } from "./new-operation.ts";
import type { WorkingOrder, WorkingTransaction } from "./working-orders.ts";

export class MarketplaceBatch {
  readonly marketplace: KnownMarketplace;
  readonly orders = new Map<string, WorkingOrder>();
  readonly ordersById = new Map<bigint, WorkingOrder>();
  readonly transactions = new Map<string, WorkingTransaction>();
  /** Tokens by their id: the row's id and the position from which it is known. */
  readonly tokens = new Map<string, { readonly id: bigint; readonly position: number }>();
  readonly operations: NewOperation[] = [];

  constructor(marketplace: KnownMarketplace) {
    this.marketplace = marketplace;
  }

  addOrder(order: WorkingOrder): void {
    this.orders.set(order.ref, order);
    this.ordersById.set(order.id, order);
  }

  addTransaction(transaction: WorkingTransaction): void {
    this.transactions.set(transaction.ref, transaction);
    transaction.order.transactions.push(transaction);
  }
}
