/** What sellers were paid before: by which a planned payout is compared. */
import { sql } from "kysely";
import type { Queries } from "./store.ts";

export interface PaidBefore {
  readonly seller_id: bigint;
  readonly currency: string;
  readonly amount: bigint;
  readonly creditor_iban: string;
  readonly creditor_name: string;
}

/** The last ten payouts of each seller and currency that went into a file, newest first. */
export async function lastPayouts(db: Queries, sellerIds: readonly bigint[]): Promise<readonly PaidBefore[]> {
  if (sellerIds.length === 0) return [];
  const { rows } = await sql<PaidBefore>`
    SELECT seller_id, currency, amount, creditor_iban, creditor_name FROM (
      SELECT id, seller_id, currency, amount, creditor_iban, creditor_name,
             row_number() OVER (PARTITION BY seller_id, currency ORDER BY id DESC) AS place
        FROM transfers
       WHERE seller_id IN (${sql.join(sellerIds)}) AND creditor_iban IS NOT NULL AND creditor_name IS NOT NULL
         AND state IN ('IN_FILE', 'SENT', 'ACCEPTED', 'EXECUTED', 'RETURNED')) AS ranked
     WHERE place <= 10 ORDER BY seller_id, currency, place`.execute(db);
  return rows;
}

export interface SettledBefore {
  readonly settlement_id: bigint;
  readonly seller_id: bigint;
  readonly business_date: string;
  readonly currency: string;
  readonly net: bigint;
  readonly outcome: string;
  readonly reason: string | null;
  readonly end_to_end_id: string | null;
  readonly amount: bigint | null;
  readonly account: string | null;
  readonly state: string | null;
}

const AT_ONCE = 5_000;

/** Every line that the settlements from a date on decided, with the payout it made and its account, oldest first, page by page. */
export async function* settledSince(db: Queries, marketplaceId: bigint, since: string): AsyncGenerator<SettledBefore> {
  let last = { settlement: 0n, seller: 0n };
  for (;;) {
    const { rows } = await sql<SettledBefore>`
      SELECT lines.settlement_id, lines.seller_id, settlements.business_date, settlements.currency, lines.net,
             lines.outcome, lines.reason, transfers.end_to_end_id, transfers.amount,
             coalesce(transfers.creditor_iban, sellers.iban) AS account, transfers.state
        FROM settlements
        JOIN settlement_lines AS lines ON lines.settlement_id = settlements.id
        JOIN sellers ON sellers.id = lines.seller_id
        LEFT JOIN transfers ON transfers.id = lines.transfer_id
       WHERE settlements.marketplace_id = ${marketplaceId} AND settlements.business_date >= ${since}
         AND (lines.settlement_id > ${last.settlement} OR (lines.settlement_id = ${last.settlement} AND lines.seller_id > ${last.seller}))
       ORDER BY lines.settlement_id, lines.seller_id LIMIT ${AT_ONCE}`.execute(db);
    yield* rows;
    const end = rows.at(-1);
    if (end === undefined || rows.length < AT_ONCE) return;
    last = { settlement: end.settlement_id, seller: end.seller_id };
  }
}
