/** What a seller has, by stage and currency. */
import { sql } from "kysely";
import type { Bucket } from "../../domain/ledger.ts";
import type { Queries } from "../store.ts";

export function sellerByRef(db: Queries, marketplaceId: bigint, ref: string) {
  return db
    .selectFrom("sellers")
    .select(["id", "ref", "onboarding"])
    .where("marketplace_id", "=", marketplaceId)
    .where("ref", "=", ref)
    .executeTakeFirst();
}

/** Every account of the seller in the ledger. */
export function accountsOfSeller(db: Queries, marketplaceId: bigint, sellerId: bigint) {
  return db
    .selectFrom("accounts")
    .select(["bucket", "currency", "balance"])
    .where("marketplace_id", "=", marketplaceId)
    .where("seller_id", "=", sellerId)
    .orderBy("currency")
    .execute();
}

/** What banks have booked to the seller and not returned, by currency. */
export function paidToSeller(db: Queries, sellerId: bigint) {
  return db
    .selectFrom("transfers")
    .select(({ fn, cast }) => ["currency", cast<string>(fn.sum("amount"), "text").as("paid")])
    .where("seller_id", "=", sellerId)
    .where("state", "=", "EXECUTED")
    .groupBy("currency")
    .orderBy("currency")
    .execute();
}

interface BalanceRow {
  marketplace: string;
  seller: string;
  currency: string;
  pending: bigint;
  available: bigint;
  scheduled: bigint;
  held: bigint;
  reserved: bigint;
  in_transit: bigint;
  fees: bigint;
  debt_since: string | null;
}

/** What every seller and operator has, at each stage and by currency; of one marketplace or all. */
export async function balancesOfMarketplaces(db: Queries, marketplace?: string): Promise<readonly BalanceRow[]> {
  const bucket = (name: Bucket) =>
    sql`CAST(sum(CASE WHEN accounts.bucket = ${name} THEN accounts.balance ELSE 0 END) AS BIGINT)`;
  const { rows } = await sql<BalanceRow>`
    SELECT marketplaces.ref AS marketplace, sellers.ref AS seller, accounts.currency,
           ${bucket("PENDING")} AS pending, ${bucket("AVAILABLE")} AS available, ${bucket("HELD")} AS held,
           ${bucket("RESERVED")} AS reserved, ${bucket("IN_TRANSIT")} AS in_transit, ${bucket("FEES")} AS fees,
           coalesce(scheduled.amount, 0) AS scheduled, seller_debts.since AS debt_since
      FROM accounts
      JOIN sellers ON sellers.id = accounts.seller_id
      JOIN marketplaces ON marketplaces.id = accounts.marketplace_id
      LEFT JOIN seller_debts ON seller_debts.seller_id = accounts.seller_id AND seller_debts.currency = accounts.currency
      LEFT JOIN (SELECT seller_id, currency, CAST(sum(amount) AS BIGINT) AS amount FROM transfers
                  WHERE state = 'SCHEDULED' GROUP BY seller_id, currency) AS scheduled
        ON scheduled.seller_id = accounts.seller_id AND scheduled.currency = accounts.currency
     WHERE ${marketplace === undefined ? sql`1 = 1` : sql`marketplaces.ref = ${marketplace}`}
     GROUP BY marketplaces.ref, sellers.ref, accounts.currency, scheduled.amount, seller_debts.since
     ORDER BY marketplaces.ref, sellers.ref, accounts.currency`.execute(db);
  return rows;
}
