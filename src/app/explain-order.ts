/** Explains an order: its authorisations and captures, what each seller is owed of it, and how far each cent has come. */
import { payablesFor, transfersById } from "../store/explain.ts";
import { operationsOfOrder, ordersByRef, transactionsOfOrder } from "../store/listings/orders.ts";
import type { Queries } from "../store/store.ts";
import type { Context } from "./context.ts";
import { cut, type Explained, onlyOne, type Question, step, sum } from "./explain.ts";
import { explainBankSide } from "./explain-bank.ts";
import { explainPayables } from "./explain-money.ts";
import { explainTold } from "./explain-told.ts";

/** Errors as of `onlyOne`. */
export async function explainOrder(
  { store: { db } }: Pick<Context, "store">,
  { id, marketplace, limit }: Question,
): Promise<readonly Explained[]> {
  const order = onlyOne(await ordersByRef(db, id, marketplace), "an order", id);
  const transactions = await transactionsOfOrder(db, order.id);
  const operations = await operationsOfOrder(db, order.id);
  const found = await payablesFor(db, { orderId: order.id }, limit + 1);
  const lines = await explainPayables(db, found.slice(0, limit), true);
  const parts = [
    ...transactions.map((row) => authorisationStep(row, operations)),
    ...cut(lines, limit, found.length, (line) => line),
    ...(await transferSteps(
      db,
      found.flatMap(({ transfer_id }) => transfer_id ?? []),
    )),
    ...(await explainTold(db, order.marketplace_id, "order", [order.ref])),
    ...(await explainTold(
      db,
      order.marketplace_id,
      "transaction",
      transactions.map(({ ref }) => ref),
    )),
  ];
  const facts = {
    marketplace: order.marketplace,
    amount: sum(order.amount, order.currency),
    state: order.state,
    orderStatus: order.order_status,
    orderCycle: order.order_cycle,
  };
  return [step("order", order.ref, facts, parts)];
}

type TransactionRow = Awaited<ReturnType<typeof transactionsOfOrder>>[number];
type OperationRow = Awaited<ReturnType<typeof operationsOfOrder>>[number];

function authorisationStep(row: TransactionRow, operations: readonly OperationRow[]): Explained {
  const amount = (minor: bigint) => sum(minor, row.currency);
  const facts = {
    status: row.detailed_status,
    authorised: amount(row.authorised),
    captured: amount(row.captured),
    cancelled: amount(row.cancelled),
    refunded: amount(row.refunded),
    authorisedAt: row.authorised_at,
    expiresAt: row.expires_at,
    gatewayRef: row.gateway_ref,
  };
  const own = operations.filter(({ transaction }) => transaction === row.ref);
  return step("authorisation", row.ref, facts, own.map(operationStep));
}

function operationStep({ kind, ref, amount, currency, state, business_date, failure }: OperationRow): Explained {
  return step(kind.toLowerCase(), ref, {
    amount: sum(amount, currency),
    state,
    businessDate: business_date,
    failure,
  });
}

/** The transfers that pay parts of the order, each with its way at the bank. */
async function transferSteps(db: Queries, ids: readonly bigint[]): Promise<readonly Explained[]> {
  const steps: Explained[] = [];
  for (const transfer of await transfersById(db, [...new Set(ids)])) {
    const { seller, state, amount, currency, hold_reason } = transfer;
    const facts = { seller, amount: sum(amount, currency), state, holdReason: hold_reason };
    steps.push(
      step("transfer", transfer.end_to_end_id, facts, [
        ...(await explainBankSide(db, transfer)),
        ...(await explainTold(db, transfer.marketplace_id, "transfer", [transfer.end_to_end_id])),
      ]),
    );
  }
  return steps;
}
