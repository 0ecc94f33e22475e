/** Authorisations in time: which are due for capture, about to lapse, lapsed, or to be asked for tomorrow's capture. */
import { sql } from "kysely";
import type { DueTransaction } from "../domain/capture-plan.ts";
import { DETAILED_STATUS, type DetailedStatus } from "../domain/transaction.ts";
import type { Queries, Transaction } from "./store.ts";
import { expectAll } from "./transfers.ts";

/** Not captured, cancelled, or asked for yet. */
const OPEN_AMOUNT = sql<bigint>`authorised - captured - cancelled - (
  SELECT CAST(coalesce(sum(amount), 0) AS BIGINT) FROM operations
   WHERE operations.transaction_id = transactions.id AND operations.kind IN ('CAPTURE', 'CANCELLATION')
     AND operations.state IN ('CREATED', 'REQUESTED', 'UNKNOWN'))`;

export interface DueCapture extends DueTransaction {
  readonly currency: string;
  /** Captures asked for before: the next one's number follows. */
  readonly captures: number;
}

/** AUTHORISED transactions whose day has come, or that would lapse before `lapsesBefore`, after `afterId`. */
export async function dueCaptures(
  db: Queries,
  marketplaceId: bigint,
  question: {
    readonly date: string;
    readonly lapsesBefore: Date;
    readonly now: Date;
    readonly afterId: bigint;
    readonly limit: number;
  },
): Promise<readonly DueCapture[]> {
  const { rows } = await sql<{
    id: bigint;
    ref: string;
    order_id: bigint;
    seller_id: bigint | null;
    currency: string;
    open: bigint;
    captures: bigint;
  }>`
    SELECT id, ref, order_id, seller_id, currency, ${OPEN_AMOUNT} AS open,
           (SELECT count(*) FROM operations WHERE operations.transaction_id = transactions.id AND kind = 'CAPTURE') AS captures
      FROM transactions
     WHERE detailed_status = 'AUTHORISED' AND marketplace_id = ${marketplaceId} AND id > ${question.afterId}
       AND (expires_at IS NULL OR expires_at > ${question.now.toISOString()})
       AND (capture_on <= ${question.date} OR honour_until <= ${question.lapsesBefore.toISOString()}
            OR expires_at <= ${question.lapsesBefore.toISOString()})
     ORDER BY id LIMIT ${question.limit}`.execute(db);
  const sellers = await openBySeller(
    db,
    rows.map((row) => row.order_id),
  );
  return rows.map(({ order_id, seller_id, captures, ...row }) => ({
    ...row,
    captures: Number(captures),
    sellers: sellers.get(order_id) ?? [],
    ...(seller_id === null ? {} : { sellerId: seller_id }),
  }));
}

/** What each seller of an order still has to be captured, in cart order. */
async function openBySeller(
  db: Queries,
  orderIds: readonly bigint[],
): Promise<Map<bigint, { sellerId: bigint; seller: string; open: bigint }[]>> {
  const bySeller = new Map<bigint, { sellerId: bigint; seller: string; open: bigint }[]>();
  if (orderIds.length === 0) return bySeller;
  const { rows } = await sql<{ order_id: bigint; seller_id: bigint; seller: string; open: bigint }>`
    SELECT items.order_id, items.seller_id, sellers.ref AS seller,
           CAST(sum(items.amount) AS BIGINT) - coalesce((
             SELECT CAST(sum(operations.amount) AS BIGINT) FROM operations JOIN transactions ON transactions.id = operations.transaction_id
              WHERE transactions.order_id = items.order_id AND operations.seller_id = items.seller_id
                AND operations.kind = 'CAPTURE' AND operations.state <> 'FAILED'), 0) AS open
      FROM items JOIN sellers ON sellers.id = items.seller_id
     WHERE items.order_id IN (${sql.join(orderIds)})
     GROUP BY items.order_id, items.seller_id, sellers.ref
     ORDER BY items.order_id, min(items.position)`.execute(db);
  for (const { order_id, seller_id, seller, open } of rows) {
    const list = bySeller.get(order_id) ?? [];
    list.push({ sellerId: seller_id, seller, open });
    bySeller.set(order_id, list);
  }
  return bySeller;
}

/** Authorisations whose time is over and of which nothing is on its way to the gateway. */
export async function lapsedTransactions(db: Queries, marketplaceId: bigint, now: Date, limit: number) {
  return db
    .selectFrom("transactions")
    .select(["id", "ref", "order_id", "authorised", "captured", "cancelled", "refunded", "detailed_status"])
    .where("marketplace_id", "=", marketplaceId)
    .where("detailed_status", "in", [
      "AUTHORISED",
      "AUTHORISED_TO_VALIDATE",
      "UNDER_VERIFICATION",
      "WAITING_FOR_PAYMENT",
      "PENDING",
    ])
    .where("expires_at", "<=", now.toISOString())
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("operations")
            .select("operations.id")
            .whereRef("operations.transaction_id", "=", "transactions.id")
            .where("operations.state", "in", ["REQUESTED", "UNKNOWN"]),
        ),
      ),
    )
    .orderBy("id")
    .limit(limit)
    .execute();
}

/** Manual validations with little time left, each told once. */
export async function validationsRunningOut(db: Queries, marketplaceId: bigint, now: Date, before: Date) {
  return db
    .selectFrom("transactions")
    .select(["id", "ref", "expires_at", "amount", "currency"])
    .where("marketplace_id", "=", marketplaceId)
    .where("detailed_status", "=", "AUTHORISED_TO_VALIDATE")
    .where("warned_at", "is", null)
    .where("expires_at", ">", now.toISOString())
    .where("expires_at", "<=", before.toISOString())
    .orderBy("id")
    .execute();
}

/** Refs of the transactions that were told of and still wait for a person. */
export async function awaitingValidation(db: Queries, marketplaceId: bigint): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("transactions")
    .select("ref")
    .where("marketplace_id", "=", marketplaceId)
    .where("detailed_status", "=", "AUTHORISED_TO_VALIDATE")
    .where("warned_at", "is not", null)
    .execute();
  return rows.map(({ ref }) => ref);
}

export async function markWarned(tx: Transaction, ids: readonly bigint[], now: Date): Promise<void> {
  if (ids.length === 0) return;
  await tx.db.updateTable("transactions").set({ warned_at: now.toISOString() }).where("id", "in", ids).execute();
}

/** Waiting transactions whose authorisation is asked the day before their capture (seed 003). */
export async function authorisationsDue(
  db: Queries,
  marketplaceId: bigint,
  captureOnOrBefore: string,
  afterId: bigint,
  limit: number,
) {
  return db
    .selectFrom("transactions")
    .innerJoin("orders", "orders.id", "transactions.order_id")
    .leftJoin("tokens", "tokens.id", "transactions.token_id")
    .select([
      "transactions.id",
      "transactions.ref",
      "transactions.order_id",
      "transactions.amount",
      "transactions.currency",
      "transactions.detailed_status",
      "orders.ref as order_ref",
      "tokens.gateway_token",
      "tokens.state as token_state",
    ])
    .where("transactions.marketplace_id", "=", marketplaceId)
    .where("transactions.detailed_status", "in", ["WAITING_AUTHORISATION", "WAITING_AUTHORISATION_TO_VALIDATE"])
    .where("transactions.capture_on", "<=", captureOnOrBefore)
    .where("transactions.id", ">", afterId)
    .orderBy("transactions.id")
    .limit(limit)
    .execute();
}

export interface TransactionChange {
  readonly id: bigint;
  readonly from: DetailedStatus;
  readonly to: DetailedStatus;
  readonly authorised: bigint;
  readonly captured: bigint;
  readonly cancelled: bigint;
  readonly refunded: bigint;
  readonly gatewayRef?: string;
  readonly authorisedAt?: string;
  readonly honourUntil?: string;
  readonly expiresAt?: string;
}

/** Writes new amounts and statuses, each guarded by the status it was decided on. */
export async function changeTransactions(
  tx: Transaction,
  changes: readonly TransactionChange[],
  now: Date,
): Promise<void> {
  for (let start = 0; start < changes.length; start += 500) {
    const part = changes.slice(start, start + 500);
    const values = part.map((change) => {
      const text = (value: string | undefined) => sql`CAST(${value ?? null} AS TEXT)`;
      const whole = (value: bigint) => sql`CAST(${value} AS BIGINT)`;
      return sql`(${whole(change.id)}, ${text(change.from)}, ${text(change.to)}, ${text(DETAILED_STATUS[change.to].status)},
        ${whole(change.authorised)}, ${whole(change.captured)}, ${whole(change.cancelled)}, ${whole(change.refunded)},
        ${text(change.gatewayRef)}, ${text(change.authorisedAt)}, ${text(change.honourUntil)}, ${text(change.expiresAt)})`;
    });
    const { numAffectedRows } = await sql`
      UPDATE transactions
         SET detailed_status = changes.detailed_to, status = changes.status, authorised = changes.authorised,
             captured = changes.captured, cancelled = changes.cancelled, refunded = changes.refunded,
             gateway_ref = coalesce(changes.gateway_ref, transactions.gateway_ref),
             authorised_at = coalesce(changes.authorised_at, transactions.authorised_at),
             honour_until = coalesce(changes.honour_until, transactions.honour_until),
             expires_at = coalesce(changes.expires_at, transactions.expires_at),
             captured_at = CASE WHEN changes.captured > transactions.captured THEN ${now.toISOString()} ELSE transactions.captured_at END
        FROM (SELECT column1 AS id, column2 AS detailed_from, column3 AS detailed_to, column4 AS status, column5 AS authorised,
                     column6 AS captured, column7 AS cancelled, column8 AS refunded, column9 AS gateway_ref,
                     column10 AS authorised_at, column11 AS honour_until, column12 AS expires_at
                FROM (VALUES ${sql.join(values)}) AS listed) AS changes
       WHERE transactions.id = changes.id AND transactions.detailed_status = changes.detailed_from`.execute(tx.db);
    expectAll("transactions", numAffectedRows, part.length);
  }
}
