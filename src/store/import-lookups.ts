/** Finds, many at once, the rows that imported records name: by the ids marketplaces know them by, or by rows they belong to. */
import { type CompiledQuery, sql } from "kysely";
import type { OperationKind } from "../domain/operation-effect.ts";
import type { MarketplaceRow, SellerRow } from "./rows/marketplace-rows.ts";
import type { Queries, Transaction, Value } from "./store.ts";

const AT_ONCE = 1_000;

/** Compiling a list of a thousand parameters costs more than running it, so each full-size query is compiled once. */
const compiled = new WeakMap<Queries, Map<string, CompiledQuery<unknown>>>();

type Build<Row> = (db: Queries, values: readonly never[]) => { compile(): CompiledQuery<Row> };

/** Rows of `build(db, values)` for all values, a thousand at a time; `head` are the parameters before the list. */
async function lookUp<Row>(
  db: Queries,
  name: string,
  head: readonly Value[],
  values: readonly Value[],
  build: Build<Row>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let start = 0; start < values.length; start += AT_ONCE) {
    const part = values.slice(start, start + AT_ONCE);
    const query = part.length === AT_ONCE ? fullSize(db, name, part, build) : build(db, part as never[]).compile();
    const result = await db.executeQuery<Row>({ ...query, parameters: [...head, ...part] });
    rows.push(...result.rows);
  }
  return rows;
}

function fullSize<Row>(db: Queries, name: string, part: readonly Value[], build: Build<Row>): CompiledQuery<Row> {
  const queries = compiled.get(db) ?? new Map<string, CompiledQuery<unknown>>();
  compiled.set(db, queries);
  const known = queries.get(name) ?? build(db, part as never[]).compile();
  queries.set(name, known);
  return known as CompiledQuery<Row>;
}

export function marketplacesByRef(db: Queries, refs: readonly string[]): Promise<MarketplaceRow[]> {
  return lookUp(db, "marketplaces", [], refs, (from, values) =>
    from.selectFrom("marketplaces").selectAll().where("ref", "in", values),
  );
}

export function sellersByRef(db: Queries, marketplaceId: bigint, refs: readonly string[]): Promise<SellerRow[]> {
  return lookUp(db, "sellers", [marketplaceId], refs, (from, values) =>
    from.selectFrom("sellers").selectAll().where("marketplace_id", "=", marketplaceId).where("ref", "in", values),
  );
}

/** Tables whose rows a marketplace knows by an id of its own and that are imported once, never changed. */
export type ReferredTable =
  | "orders"
  | "tokens"
  | "transactions"
  | "cashins"
  | "payins"
  | "cashouts"
  | "operator_fees"
  | "documents"
  | "endpoints";

export function hashesByRef(db: Queries, table: ReferredTable, marketplaceId: bigint, refs: readonly string[]) {
  return lookUp(db, `${table} hashes`, [marketplaceId], refs, (from, values) =>
    from
      .selectFrom(table)
      .select(["id", "ref", "content_hash"])
      .where("marketplace_id", "=", marketplaceId)
      .where("ref", "in", values),
  );
}

export function operationHashesByRef(db: Queries, marketplaceId: bigint, kind: OperationKind, refs: readonly string[]) {
  return lookUp(db, "operation hashes", [marketplaceId, kind], refs, (from, values) =>
    from
      .selectFrom("operations")
      .select(["ref", "content_hash"])
      .where("marketplace_id", "=", marketplaceId)
      .where("kind", "=", kind)
      .where("ref", "in", values),
  );
}

const ORDER_COLUMNS = ["id", "ref", "amount", "currency", "state", "order_cycle", "order_status"] as const;

export function ordersByRef(db: Queries, marketplaceId: bigint, refs: readonly string[]) {
  return lookUp(db, "orders", [marketplaceId], refs, (from, values) =>
    from
      .selectFrom("orders")
      .select(ORDER_COLUMNS)
      .where("marketplace_id", "=", marketplaceId)
      .where("ref", "in", values),
  );
}

export function ordersOfTransactions(db: Queries, marketplaceId: bigint, transactionRefs: readonly string[]) {
  return lookUp(db, "orders of transactions", [marketplaceId], transactionRefs, (from, values) =>
    from
      .selectFrom("transactions")
      .innerJoin("orders", "orders.id", "transactions.order_id")
      .select([
        "orders.id",
        "orders.ref",
        "orders.amount",
        "orders.currency",
        "orders.state",
        "orders.order_cycle",
        "orders.order_status",
      ])
      .where("transactions.marketplace_id", "=", marketplaceId)
      .where("transactions.ref", "in", values),
  );
}

export function transactionsOfOrders(db: Queries, orderIds: readonly bigint[]) {
  return lookUp(db, "transactions of orders", [], orderIds, (from, values) =>
    from
      .selectFrom("transactions")
      .select([
        "id",
        "ref",
        "order_id",
        "seller_id",
        "currency",
        "amount",
        "authorised",
        "captured",
        "cancelled",
        "refunded",
        "detailed_status",
        "expires_at",
        "captured_at",
      ])
      .where("order_id", "in", values),
  );
}

/** What each seller's items of each order sum to. */
export function sellerSumsOfOrders(db: Queries, orderIds: readonly bigint[]) {
  return lookUp(db, "seller sums", [], orderIds, (from, values) =>
    from
      .selectFrom("items")
      .select(["order_id", "seller_id", sql<bigint>`CAST(sum(amount) AS BIGINT)`.as("amount")])
      .where("order_id", "in", values)
      .groupBy(["order_id", "seller_id"]),
  );
}

/** Operations on transactions that were not refused, by kind, seller and whether they are still under way. */
export function operationsOfTransactions(db: Queries, transactionIds: readonly bigint[]) {
  return lookUp(db, "operations of transactions", ["FAILED", "CANCELLED"], transactionIds, (from, values) =>
    from
      .selectFrom("operations")
      .select(["transaction_id", "kind", "seller_id", "state", "amount"])
      .where("state", "not in", ["FAILED", "CANCELLED"])
      .where("transaction_id", "in", values),
  );
}

export function itemsOfImportedOrders(db: Queries, orderIds: readonly bigint[]) {
  return lookUp(db, "items", [], orderIds, (from, values) =>
    from.selectFrom("items").select(["id", "order_id", "ref", "held_reason"]).where("order_id", "in", values),
  );
}

export function tokensByRef(db: Queries, marketplaceId: bigint, refs: readonly string[]) {
  return lookUp(db, "tokens", [marketplaceId], refs, (from, values) =>
    from
      .selectFrom("tokens")
      .select(["id", "ref", "state", "gateway_token", "content_hash"])
      .where("marketplace_id", "=", marketplaceId)
      .where("ref", "in", values),
  );
}

/** Transactions that were told to be authorised at some time: a validation that came before is known by it. */
export function onceAuthorised(db: Queries, marketplaceId: bigint, refs: readonly string[]) {
  return lookUp(db, "once authorised", [marketplaceId, "transaction", "AUTHORISED"], refs, (from, values) =>
    from
      .selectFrom("status_changes")
      .select("object_ref")
      .where("marketplace_id", "=", marketplaceId)
      .where("object_kind", "=", "transaction")
      .where("status", "=", "AUTHORISED")
      .where("object_ref", "in", values),
  );
}

/** The ids that the next order and the next transaction will get. */
export async function nextIds(tx: Transaction): Promise<{ readonly orders: bigint; readonly transactions: bigint }> {
  const rows = await tx.db.selectFrom("counters").selectAll().where("name", "in", ["orders", "transactions"]).execute();
  const nextOf = (name: string) => rows.find((row) => row.name === name)?.next ?? 1n;
  return { orders: nextOf("orders"), transactions: nextOf("transactions") };
}
