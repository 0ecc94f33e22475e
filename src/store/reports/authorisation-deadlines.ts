/** Reads, by sets, how much is authorised and not captured, and when it lapses. */
import { sql } from "kysely";
import type { Queries } from "../store.ts";

export interface DeadlineTotal {
  /** Index into the bounds: how many of them the deadline has passed. */
  readonly passed: bigint;
  readonly detailed_status: string;
  readonly currency: string;
  readonly transactions: bigint;
  /** Still to be captured, in minor units. */
  readonly amount: bigint;
}

export type Deadline = "honour_until" | "expires_at";

/** Open authorisations by the number of `bounds` (rising instants) that are not after their deadline. */
export async function deadlineTotals(
  db: Queries,
  marketplaceId: bigint,
  deadline: Deadline,
  bounds: readonly string[],
): Promise<readonly DeadlineTotal[]> {
  const other: Deadline = deadline === "honour_until" ? "expires_at" : "honour_until";
  const at = sql`coalesce(${sql.ref(deadline)}, ${sql.ref(other)})`;
  const passed = sql.join(
    bounds.map((bound) => sql`CASE WHEN ${at} >= ${bound} THEN 1 ELSE 0 END`),
    sql` + `,
  );
  const { rows } = await sql<DeadlineTotal>`
    SELECT passed, detailed_status, currency, count(*) AS transactions, CAST(sum(open_amount) AS BIGINT) AS amount
      FROM (SELECT ${passed} AS passed, detailed_status, currency, authorised - captured - cancelled AS open_amount
              FROM transactions
             WHERE marketplace_id = ${marketplaceId}
               AND detailed_status IN ('AUTHORISED', 'AUTHORISED_TO_VALIDATE')) AS dated
     GROUP BY passed, detailed_status, currency ORDER BY passed, detailed_status, currency`.execute(db);
  return rows;
}

/** Authorisations that a person must validate and that lapse before `until`, the first to lapse first. */
export async function lapsingValidations(db: Queries, marketplaceId: bigint, until: string, limit: number) {
  return db
    .selectFrom("transactions")
    .innerJoin("orders", "orders.id", "transactions.order_id")
    .select(["transactions.ref", "orders.ref as order_ref", "transactions.amount", "transactions.currency"])
    .select(["transactions.expires_at", "transactions.honour_until"])
    .where("transactions.marketplace_id", "=", marketplaceId)
    .where("transactions.detailed_status", "=", "AUTHORISED_TO_VALIDATE")
    .where((eb) => eb(eb.fn.coalesce("transactions.expires_at", "transactions.honour_until"), "<", until))
    .orderBy("transactions.expires_at")
    .orderBy("transactions.id")
    .limit(limit)
    .execute();
}

export interface WaitingTotal {
  readonly capture_on: string;
  readonly currency: string;
  readonly transactions: bigint;
  readonly amount: bigint;
}

/** Transactions whose authorisation is asked the day before their capture, by that day. */
export async function waitingTotals(db: Queries, marketplaceId: bigint): Promise<readonly WaitingTotal[]> {
  const { rows } = await sql<WaitingTotal>`
    SELECT capture_on, currency, count(*) AS transactions, CAST(sum(amount) AS BIGINT) AS amount
      FROM transactions
     WHERE marketplace_id = ${marketplaceId}
       AND detailed_status IN ('WAITING_AUTHORISATION', 'WAITING_AUTHORISATION_TO_VALIDATE')
     GROUP BY capture_on, currency ORDER BY capture_on, currency LIMIT 60`.execute(db);
  return rows;
}
