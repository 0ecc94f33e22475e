/** Reads sellers' movements of a day from the journal: balances before and after, and the lines between, in bounded pages. */
import { sql } from "kysely";
import type { Movement, SellerBucket } from "../../domain/ledger.ts";
import type { Queries } from "../store.ts";

export interface DayOf {
  readonly marketplaceId: bigint;
  readonly businessDate: string;
}

export interface MovedBalance {
  readonly seller_id: bigint;
  readonly seller: string;
  readonly name: string;
  readonly currency: string;
  readonly bucket: SellerBucket;
  readonly opening: bigint;
  readonly closing: bigint;
  /** Sides of postings on this account on the day. */
  readonly lines: bigint;
}

/** Which sellers: at most `limit` with a movement on the day, in the order of their ids after `afterId`; or one of them. */
export type SellerPage = { readonly afterId: bigint; readonly limit: number } | { readonly sellerId: bigint };

/**
 * Every bucket of the next sellers who had a movement on the day. The closing balance is what stands now less what was
 * posted for later days; the opening balance is that less the day's own movements.
 */
export async function movedBalances(
  db: Queries,
  { marketplaceId, businessDate }: DayOf,
  page: SellerPage,
): Promise<readonly MovedBalance[]> {
  const wanted =
    "sellerId" in page
      ? sql`accounts.seller_id = ${page.sellerId} LIMIT 1`
      : sql`moved.lines > 0 AND accounts.seller_id > ${page.afterId} ORDER BY accounts.seller_id LIMIT ${page.limit}`;
  const { rows } = await sql<MovedBalance>`
    WITH sides AS (
      SELECT debit_account AS account, -amount AS delta, business_date FROM postings
       WHERE marketplace_id = ${marketplaceId} AND business_date >= ${businessDate}
      UNION ALL
      SELECT credit_account, amount, business_date FROM postings
       WHERE marketplace_id = ${marketplaceId} AND business_date >= ${businessDate}),
    moved AS (
      SELECT account, CAST(sum(CASE WHEN business_date = ${businessDate} THEN delta ELSE 0 END) AS BIGINT) AS today,
             CAST(sum(CASE WHEN business_date > ${businessDate} THEN delta ELSE 0 END) AS BIGINT) AS later,
             sum(CASE WHEN business_date = ${businessDate} THEN 1 ELSE 0 END) AS lines
        FROM sides GROUP BY account),
    picked AS (
      SELECT DISTINCT accounts.seller_id FROM accounts LEFT JOIN moved ON moved.account = accounts.id
       WHERE accounts.marketplace_id = ${marketplaceId} AND accounts.seller_id <> 0 AND ${wanted})
    SELECT accounts.seller_id, sellers.ref AS seller, sellers.legal_name AS name, accounts.currency, accounts.bucket,
           accounts.balance - coalesce(moved.later, 0) - coalesce(moved.today, 0) AS opening,
           accounts.balance - coalesce(moved.later, 0) AS closing, coalesce(moved.lines, 0) AS lines
      FROM picked JOIN accounts ON accounts.seller_id = picked.seller_id
      JOIN sellers ON sellers.id = accounts.seller_id LEFT JOIN moved ON moved.account = accounts.id
     WHERE accounts.marketplace_id = ${marketplaceId}
     ORDER BY accounts.seller_id, accounts.currency, accounts.bucket`.execute(db);
  return rows;
}

export interface MovementSide {
  readonly posting: bigint;
  readonly seller_id: bigint;
  readonly currency: string;
  readonly bucket: SellerBucket;
  readonly delta: bigint;
  readonly event: Movement;
  readonly order_ref: string | null;
  readonly item_ref: string | null;
  readonly end_to_end_id: string | null;
  /** Of the sale or refund behind it: gross and the operator's fee. */
  readonly gross: bigint | null;
  readonly fee: bigint | null;
}

export interface SideRange {
  readonly fromSeller: bigint;
  readonly toSeller: bigint;
  /** The last side that was read before: reading goes on after it. */
  readonly after?: Pick<MovementSide, "seller_id" | "currency" | "posting">;
  readonly limit: number;
}

/** Sides of the day's postings on the buckets of some sellers, by seller, currency and posting. */
export async function movementSides(db: Queries, day: DayOf, range: SideRange): Promise<readonly MovementSide[]> {
  const { after } = range;
  const goOn =
    after === undefined
      ? sql`1 = 1`
      : sql`(seller_id > ${after.seller_id} OR (seller_id = ${after.seller_id} AND (currency > ${after.currency}
             OR (currency = ${after.currency} AND posting > ${after.posting}))))`;
  const { rows } = await sql<MovementSide>`
    SELECT sides.posting, sides.seller_id, sides.currency, sides.bucket, sides.delta, sides.event,
           orders.ref AS order_ref, items.ref AS item_ref, transfers.end_to_end_id, payables.gross, payables.fee
      FROM (SELECT * FROM (${side("debit", day, range)} UNION ALL ${side("credit", day, range)}) AS both_sides
             WHERE ${goOn} ORDER BY seller_id, currency, posting, delta LIMIT ${range.limit}) AS sides
      LEFT JOIN payables ON sides.cause_kind = 'PAYABLE' AND payables.id = sides.cause_id
      LEFT JOIN orders ON orders.id = payables.order_id
      LEFT JOIN items ON items.id = payables.item_id
      LEFT JOIN transfers ON sides.cause_kind = 'TRANSFER' AND transfers.id = sides.cause_id
     ORDER BY sides.seller_id, sides.currency, sides.posting, sides.delta`.execute(db);
  return rows;
}

function side(which: "debit" | "credit", { marketplaceId, businessDate }: DayOf, { fromSeller, toSeller }: SideRange) {
  const account = sql.ref(`postings.${which}_account`);
  const delta = which === "debit" ? sql`-postings.amount` : sql`postings.amount`;
  return sql`
    SELECT postings.id AS posting, accounts.seller_id, accounts.currency, accounts.bucket, ${delta} AS delta,
           postings.event, postings.cause_kind, postings.cause_id
      FROM postings JOIN accounts ON accounts.id = ${account}
     WHERE postings.marketplace_id = ${marketplaceId} AND postings.business_date = ${businessDate}
       AND accounts.seller_id >= ${fromSeller} AND accounts.seller_id <= ${toSeller} AND accounts.seller_id <> 0`;
}
