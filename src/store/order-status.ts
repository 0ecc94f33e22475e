/** Keeps the status of orders equal to what their transactions say. */
import { sql } from "kysely";
import { type Consolidation, consolidateOrder } from "../domain/order.ts";
import type { TransactionStatus } from "../domain/transaction.ts";
import type { StatusChange } from "./status-changes.ts";
import type { Transaction } from "./store.ts";

const AT_ONCE = 500;

/** Consolidates the orders anew and answers those that changed, to be told. */
export async function consolidateOrders(
  tx: Transaction,
  orderIds: readonly bigint[],
): Promise<readonly StatusChange[]> {
  const changes: StatusChange[] = [];
  const ids = [...new Set(orderIds)];
  for (let start = 0; start < ids.length; start += AT_ONCE) {
    changes.push(...(await consolidateSome(tx, ids.slice(start, start + AT_ONCE))));
  }
  return changes;
}

async function consolidateSome(tx: Transaction, ids: readonly bigint[]): Promise<readonly StatusChange[]> {
  const rows = await tx.db
    .selectFrom("orders")
    .leftJoin("transactions", "transactions.order_id", "orders.id")
    .select([
      "orders.id",
      "orders.ref",
      "orders.state",
      "orders.order_cycle",
      "orders.order_status",
      "transactions.status",
    ])
    .where("orders.id", "in", ids)
    .orderBy("orders.id")
    .execute();
  const orders = new Map<bigint, { row: (typeof rows)[number]; statuses: TransactionStatus[] }>();
  for (const row of rows) {
    const order = orders.get(row.id) ?? { row, statuses: [] };
    orders.set(row.id, order);
    if (row.status !== null) order.statuses.push(row.status);
  }
  const changed = [...orders.values()].flatMap(({ row, statuses }) => {
    const next = consolidateOrder(statuses);
    const same =
      next.state === row.state && next.orderCycle === row.order_cycle && next.orderStatus === row.order_status;
    return same ? [] : [{ id: row.id, ref: row.ref, next }];
  });
  await writeConsolidations(tx, changed);
  return changed.map(({ ref, next }) => ({
    kind: "order",
    ref,
    status: next.state,
    detail: `${next.orderStatus} ${next.orderCycle}`,
  }));
}

async function writeConsolidations(
  tx: Transaction,
  changed: readonly { readonly id: bigint; readonly next: Consolidation }[],
): Promise<void> {
  if (changed.length === 0) return;
  const values = changed.map(
    ({ id, next }) =>
      sql`(CAST(${id} AS BIGINT), CAST(${next.state} AS TEXT), CAST(${next.orderCycle} AS TEXT), CAST(${next.orderStatus} AS TEXT))`,
  );
  await sql`
    UPDATE orders SET state = next.state, order_cycle = next.order_cycle, order_status = next.order_status
      FROM (SELECT column1 AS id, column2 AS state, column3 AS order_cycle, column4 AS order_status
              FROM (VALUES ${sql.join(values)}) AS listed) AS next
     WHERE orders.id = next.id`.execute(tx.db);
}
