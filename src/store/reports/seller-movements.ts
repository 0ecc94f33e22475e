/** Reads sellers' movements of a day from the journal: balances before and after, and the lines between, in bounded pages. */
import { sql } from "kysely";
import type { Movement, SellerBucket } from "../../domain/ledger.ts";
import type { Queries } from "../store.ts";

/** Each posting of the spans that the conditions after it choose. */
const POSTINGS_OF_SPANS = sql`
  journal_spans CROSS JOIN postings WHERE postings.id BETWEEN journal_spans.first_id AND journal_spans.last_id`;

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
      SELECT debit_account AS account, postings.business_date, CAST(-sum(amount) AS BIGINT) AS delta, count(*) AS lines
        FROM ${POSTINGS_OF_SPANS} AND journal_spans.marketplace_id = ${marketplaceId}
         AND journal_spans.business_date >= ${businessDate} GROUP BY debit_account, postings.business_date
      UNION ALL
      SELECT credit_account, postings.business_date, CAST(sum(amount) AS BIGINT), count(*)
        FROM ${POSTINGS_OF_SPANS} AND journal_spans.marketplace_id = ${marketplaceId}
         AND journal_spans.business_date >= ${businessDate} GROUP BY credit_account, postings.business_date),
    moved AS (
      SELECT account, CAST(sum(CASE WHEN business_date = ${businessDate} THEN delta ELSE 0 END) AS BIGINT) AS today,
             CAST(sum(CASE WHEN business_date > ${businessDate} THEN delta ELSE 0 END) AS BIGINT) AS later,
             CAST(sum(CASE WHEN business_date = ${businessDate} THEN lines ELSE 0 END) AS BIGINT) AS lines
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
  /** Of the sale, refund or declared fee behind it: gross, and the operator's fee with its VAT. */
  readonly gross: bigint | null;
  readonly fee: bigint | null;
  /** The part of `fee` that is VAT. */
  readonly vat: bigint | null;
}

export interface SideCount {
  readonly seller_id: bigint;
  readonly currency: string;
  readonly sides: bigint;
}

/** How many sides of the day's postings stand on each seller's buckets, by seller and currency. */
export async function sideCounts(db: Queries, { marketplaceId, businessDate }: DayOf): Promise<readonly SideCount[]> {
  const { rows } = await sql<SideCount>`
    SELECT accounts.seller_id, accounts.currency, CAST(sum(sides.sides) AS BIGINT) AS sides
      FROM (SELECT debit_account AS account, count(*) AS sides FROM ${POSTINGS_OF_SPANS}
               AND journal_spans.marketplace_id = ${marketplaceId} AND journal_spans.business_date = ${businessDate}
             GROUP BY debit_account
            UNION ALL
            SELECT credit_account, count(*) FROM ${POSTINGS_OF_SPANS}
               AND journal_spans.marketplace_id = ${marketplaceId} AND journal_spans.business_date = ${businessDate}
             GROUP BY credit_account) AS sides
      JOIN accounts ON accounts.id = sides.account
     WHERE accounts.seller_id <> 0
     GROUP BY accounts.seller_id, accounts.currency ORDER BY accounts.seller_id, accounts.currency`.execute(db);
  return rows;
}

interface PostingRow extends Omit<MovementSide, "seller_id" | "bucket" | "delta"> {
  readonly amount: bigint;
  readonly debit_seller: bigint;
  readonly debit_bucket: SellerBucket;
  readonly credit_seller: bigint;
  readonly credit_bucket: SellerBucket;
}

export interface SidePage {
  readonly sides: readonly MovementSide[];
  /** Where to go on; undefined when there is no more. */
  readonly last?: bigint;
}

/** The sides of the next postings of the day after `after`, in their order; of one seller only, when one is named. */
export async function movementSides(
  db: Queries,
  { marketplaceId, businessDate }: DayOf,
  { after, limit, sellerId }: { readonly after: bigint; readonly limit: number; readonly sellerId?: bigint },
): Promise<SidePage> {
  const owned =
    sellerId === undefined ? sql`1 = 1` : sql`(debit.seller_id = ${sellerId} OR credit.seller_id = ${sellerId})`;
  const { rows } = await sql<PostingRow>`
    SELECT postings.id AS posting, postings.event, postings.amount, debit.currency,
           debit.seller_id AS debit_seller, debit.bucket AS debit_bucket,
           credit.seller_id AS credit_seller, credit.bucket AS credit_bucket,
           orders.ref AS order_ref, items.ref AS item_ref, transfers.end_to_end_id,
           CASE WHEN operator_fees.id IS NULL THEN payables.gross ELSE 0 END AS gross,
           coalesce(payables.fee, operator_fees.amount) AS fee, coalesce(payables.fee_vat, operator_fees.vat) AS vat
      FROM journal_spans CROSS JOIN postings JOIN accounts AS debit ON debit.id = postings.debit_account
      JOIN accounts AS credit ON credit.id = postings.credit_account
      LEFT JOIN payables ON postings.cause_kind = 'PAYABLE' AND payables.id = postings.cause_id
      LEFT JOIN operator_fees ON postings.cause_kind = 'OPERATOR_FEE' AND operator_fees.id = postings.cause_id
      LEFT JOIN orders ON orders.id = payables.order_id
      LEFT JOIN items ON items.id = payables.item_id
      LEFT JOIN transfers ON postings.cause_kind = 'TRANSFER' AND transfers.id = postings.cause_id
     WHERE journal_spans.marketplace_id = ${marketplaceId} AND journal_spans.business_date = ${businessDate}
       AND journal_spans.last_id > ${after} AND postings.id BETWEEN journal_spans.first_id AND journal_spans.last_id
       AND postings.id > ${after} AND ${owned}
     ORDER BY journal_spans.first_id, postings.id LIMIT ${limit}`.execute(db);
  const last = rows.length < limit ? undefined : rows.at(-1)?.posting;
  const sides = rows.flatMap(sidesOf).filter(({ seller_id }) => sellerId === undefined || seller_id === sellerId);
  return { sides, ...(last === undefined ? {} : { last }) };
}

/** The marketplace's own accounts carry no seller: their side is nobody's movement. */
function sidesOf({
  amount,
  debit_seller,
  debit_bucket,
  credit_seller,
  credit_bucket,
  ...row
}: PostingRow): readonly MovementSide[] {
  const both: readonly MovementSide[] = [
    { ...row, seller_id: debit_seller, bucket: debit_bucket, delta: -amount },
    { ...row, seller_id: credit_seller, bucket: credit_bucket, delta: amount },
  ];
  return both.filter(({ seller_id }) => seller_id !== 0n);
}
