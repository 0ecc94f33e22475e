/** What was captured for each seller in each calendar month: what fee tiers go by, kept by sets as sales are booked. */
import { sql } from "kysely";
import type { Queries, Transaction } from "./store.ts";

export interface VolumeKey {
  readonly sellerId: bigint;
  readonly currency: string;
  /** `YYYY-MM` of the business date of the capture. */
  readonly month: string;
}

export function volumeKey({ sellerId, currency, month }: VolumeKey): string {
  return `${sellerId}/${currency}/${month}`;
}

/** Gross in minor units by `volumeKey`, of all sellers of a marketplace in these months. */
export async function volumesOf(
  db: Queries,
  marketplaceId: bigint,
  months: readonly string[],
): Promise<Map<string, bigint>> {
  const rows = await db
    .selectFrom("seller_volumes")
    .selectAll()
    .where("marketplace_id", "=", marketplaceId)
    .where("month", "in", months)
    .execute();
  return new Map(
    rows.map(({ seller_id, currency, month, gross }) => [volumeKey({ sellerId: seller_id, currency, month }), gross]),
  );
}

/** Adds the sales of an id span of payables to the volumes of their sellers; `months` are those of the sales, where they are known. */
export async function addToVolumes(
  tx: Transaction,
  span: { first: bigint; last: bigint },
  months: ReadonlySet<string> = new Set(),
): Promise<void> {
  const [only] = months.size === 1 ? months : [];
  const month = only === undefined ? sql`substr(operations.business_date, 1, 7)` : sql`CAST(${only} AS TEXT)`;
  const operations = only === undefined ? sql`JOIN operations ON operations.id = payables.operation_id` : sql``;
  await sql`
    INSERT INTO seller_volumes (marketplace_id, seller_id, currency, month, gross)
    SELECT payables.marketplace_id, payables.seller_id, payables.currency, ${month}, CAST(sum(payables.gross) AS BIGINT)
      FROM payables ${operations}
     WHERE payables.id BETWEEN ${span.first} AND ${span.last} AND payables.kind = 'SALE'
     GROUP BY 1, 2, 3, 4
    ON CONFLICT (seller_id, currency, month) DO UPDATE SET gross = seller_volumes.gross + excluded.gross`.execute(
    tx.db,
  );
}
