/** Captures that take their items whole, and for the first time: their sales are written by sets, from prices worked out before. */
import { sql } from "kysely";
import type { Queries, Transaction } from "./store.ts";

/** Operations of a marketplace from one id to another. */
export interface CaptureSpan {
  readonly marketplaceId: bigint;
  readonly first: bigint;
  readonly last: bigint;
}

const UNBOOKED = sql`operations.booked = 0 AND operations.state = 'SUCCEEDED' AND operations.kind <> 'CANCELLATION'`;
const ROWS_AT_ONCE = 1_000;

/** The next operations that are not booked, after an id; undefined when there are none. */
export async function nextUnbooked(
  db: Queries,
  marketplaceId: bigint,
  after: bigint,
  limit: number,
): Promise<CaptureSpan | undefined> {
  const { rows } = await sql<{ first: bigint | null; last: bigint | null }>`
    SELECT min(id) AS first, max(id) AS last FROM (
      SELECT operations.id FROM operations
       WHERE operations.marketplace_id = ${marketplaceId} AND ${UNBOOKED} AND operations.id > ${after}
       ORDER BY operations.id LIMIT ${limit}) AS next`.execute(db);
  const { first = null, last = null } = rows[0] ?? {};
  return first === null || last === null ? undefined : { marketplaceId, first, last };
}

/**
 * Notes the captures of a span that need nothing but prices, in tables of this connection: whose fee is not given, whose
 * amount is all that their items cost, and on whose items nothing was booked before nor waits to be. Answers how many.
 * What is counted for each capture is counted of one table by its index: of a join, PostgreSQL reads whole tables for each
 * capture as long as nobody told it how much they hold.
 */
export async function gatherWholeCaptures(tx: Transaction, span: CaptureSpan): Promise<bigint> {
  const seller = sql`coalesce(operations.seller_id, transactions.seller_id)`;
  const of = (column: string) => sql`(${seller} IS NULL OR ${sql.ref(column)} = ${seller})`;
  for (const table of ["whole_captures", "sale_terms", "sale_prices"]) {
    await sql`DROP TABLE IF EXISTS ${sql.table(table)}`.execute(tx.db);
  }
  await sql`
    CREATE TEMPORARY TABLE whole_captures AS
    SELECT operations.id AS operation_id, transactions.order_id, ${seller} AS seller_id, operations.business_date,
           operations.currency, transactions.payment_method
      FROM operations JOIN transactions ON transactions.id = operations.transaction_id
     WHERE operations.marketplace_id = ${sql.lit(span.marketplaceId)} AND ${UNBOOKED}
       AND operations.id BETWEEN ${sql.lit(span.first)} AND ${sql.lit(span.last)}
       AND operations.kind = 'CAPTURE' AND operations.fee IS NULL
       AND operations.amount = (SELECT sum(items.amount) FROM items
                                 WHERE items.order_id = transactions.order_id AND ${of("items.seller_id")})
       AND 0 = (SELECT count(*) FROM payables
                 WHERE payables.order_id = transactions.order_id AND payables.item_id IS NOT NULL
                   AND ${of("payables.seller_id")})
       AND 0 = (SELECT count(*) FROM transactions AS others
                 WHERE others.order_id = transactions.order_id AND 0 < (
                   SELECT count(*) FROM operations AS earlier
                    WHERE earlier.transaction_id = others.id AND earlier.id < operations.id
                      AND earlier.booked + 0 = 0 AND earlier.state = 'SUCCEEDED' AND earlier.kind <> 'CANCELLATION'
                      AND (coalesce(earlier.seller_id, others.seller_id) IS NULL
                           OR ${of("earlier.seller_id")} OR ${of("others.seller_id")})))`.execute(tx.db);
  await tx.lookAt("whole_captures");
  const { rows } = await sql<{ count: bigint }>`SELECT count(*) AS count FROM whole_captures`.execute(tx.db);
  return rows[0]?.count ?? 0n;
}

/** Joined in this order: each capture leads to its items. */
const WHOLE_ITEMS = sql`whole_captures CROSS JOIN items`;
const OF_CAPTURE = sql`
  items.order_id = whole_captures.order_id AND items.amount > 0
  AND (whole_captures.seller_id IS NULL OR items.seller_id = whole_captures.seller_id)`;

/** What a fee rule and a payout delay go by. An empty text stands for nothing. */
export interface SaleTerms {
  readonly id: bigint;
  readonly businessDate: string;
  readonly currency: string;
  readonly paymentMethod: string;
  readonly category: string;
  /** Empty where no rule names a seller. */
  readonly seller: string;
  /** JSON of what the seller's settlement policy has of its own. */
  readonly sellerPolicy: string;
}

/** Where each term stands. */
const TERMS = {
  businessDate: sql`whole_captures.business_date`,
  currency: sql`whole_captures.currency`,
  paymentMethod: sql`coalesce(whole_captures.payment_method, '')`,
  category: sql`coalesce(items.category, '')`,
  seller: sql`sellers.ref`,
  sellerPolicy: sql`coalesce(sellers.settlement_policy, '')`,
} as const satisfies Record<Exclude<keyof SaleTerms, "id">, unknown>;

type Term = keyof typeof TERMS;
const ALL_TERMS = Object.keys(TERMS) as readonly Term[];

/** The different terms of the gathered captures: few, however many sales there are. */
export async function distinctTerms(tx: Transaction, namesSellers: boolean): Promise<readonly SaleTerms[]> {
  const columns = ALL_TERMS.map((term) => {
    const value = term === "seller" && !namesSellers ? sql`''` : TERMS[term];
    return sql`${value} AS ${sql.ref(term)}`;
  });
  await sql`
    CREATE TEMPORARY TABLE sale_terms AS
    SELECT row_number() OVER () AS id, terms.*, CAST(0 AS BIGINT) AS rule, terms."businessDate" AS "availableOn"
      FROM (SELECT DISTINCT ${sql.join(columns)} FROM ${WHOLE_ITEMS} CROSS JOIN sellers
             WHERE ${OF_CAPTURE} AND sellers.id = items.seller_id) AS terms`.execute(tx.db);
  await tx.lookAt("sale_terms");
  const names = sql.join(ALL_TERMS.map((term) => sql.ref(term)));
  const { rows } = await sql<SaleTerms>`SELECT id, ${names} FROM sale_terms ORDER BY id`.execute(tx.db);
  return rows;
}

/** The terms by which these differ: sales are told apart by them alone. */
export function varyingTerms(all: readonly SaleTerms[]): readonly Term[] {
  return ALL_TERMS.filter((term) => new Set(all.map((terms) => terms[term])).size > 1);
}

/** Every sale with its terms. */
function salesWithTerms(varying: readonly Term[]) {
  const bySeller = varying.includes("seller") || varying.includes("sellerPolicy");
  const sellers = bySeller ? sql`CROSS JOIN sellers` : sql``;
  const same = varying.map((term) => sql`AND ${sql.ref(`sale_terms.${term}`)} = ${TERMS[term]}`);
  return {
    from: sql`${WHOLE_ITEMS} ${sellers} CROSS JOIN sale_terms`,
    where: sql`${OF_CAPTURE} ${bySeller ? sql`AND sellers.id = items.seller_id` : sql``} ${sql.join(same, sql` `)}`,
  };
}

export interface ResolvedTerms {
  readonly id: bigint;
  /** Number of the rule, the same for all terms with the same rule. */
  readonly rule: bigint;
  readonly availableOn: string;
}

export async function putTerms(tx: Transaction, terms: readonly ResolvedTerms[]): Promise<void> {
  for (let start = 0; start < terms.length; start += ROWS_AT_ONCE) {
    const values = terms
      .slice(start, start + ROWS_AT_ONCE)
      .map(({ id, rule, availableOn }) => sql`(${sql.lit(id)}, ${sql.lit(rule)}, ${availableOn})`);
    await sql`
      UPDATE sale_terms SET rule = listed.column2, "availableOn" = listed.column3
        FROM (VALUES ${sql.join(values)}) AS listed WHERE sale_terms.id = listed.column1`.execute(tx.db);
  }
}

/** Sales of the same price: those of one rule, amount and commission. */
export interface SaleGroup {
  readonly rule: bigint;
  readonly gross: bigint;
  readonly commission: bigint | null;
  readonly sales: bigint;
}

/** The groups of the gathered captures by price. */
export async function saleGroups(tx: Transaction, varying: readonly Term[]): Promise<readonly SaleGroup[]> {
  const sales = salesWithTerms(varying);
  const { rows } = await sql<SaleGroup>`
    SELECT sale_terms.rule, items.amount AS gross, items.commission, count(*) AS sales
      FROM ${sales.from} WHERE ${sales.where} GROUP BY 1, 2, 3`.execute(tx.db);
  return rows;
}

export interface SalePrice extends Pick<SaleGroup, "rule" | "gross" | "commission"> {
  readonly fee: bigint;
  /** The part of `fee` that is VAT. */
  readonly vat: bigint;
}

/** No commission is none that a price may have. */
const NO_COMMISSION = -1n;

export async function putPrices(tx: Transaction, prices: readonly SalePrice[]): Promise<void> {
  await sql`
    CREATE TEMPORARY TABLE sale_prices (rule BIGINT, gross BIGINT, commission BIGINT, fee BIGINT, vat BIGINT,
      PRIMARY KEY (rule, gross, commission))`.execute(tx.db);
  for (let start = 0; start < prices.length; start += ROWS_AT_ONCE) {
    // Whole numbers only, written out: thousands of parameters cost more than the statement.
    const values = prices
      .slice(start, start + ROWS_AT_ONCE)
      .map(
        ({ rule, gross, commission, fee, vat }) => `(${rule},${gross},${commission ?? NO_COMMISSION},${fee},${vat})`,
      );
    await sql`INSERT INTO sale_prices VALUES ${sql.raw(values.join())}`.execute(tx.db);
  }
  await tx.lookAt("sale_prices");
}

/**
 * Writes the sales, seller by seller, so that what is settled together lies together. Answers how many: fewer than were
 * grouped would be sales without a price.
 */
export async function insertWholeSales(
  tx: Transaction,
  marketplaceId: bigint,
  firstId: bigint,
  varying: readonly Term[],
): Promise<bigint> {
  const sales = salesWithTerms(varying);
  const { numAffectedRows } = await sql`
    INSERT INTO payables (id, marketplace_id, seller_id, kind, order_id, item_id, operation_id, currency, gross, fee,
                          fee_vat, net, available_on, held_reason)
    SELECT ${firstId} - 1 + row_number() OVER (ORDER BY items.seller_id, items.id), CAST(${marketplaceId} AS BIGINT),
           items.seller_id, 'SALE', items.order_id, items.id, whole_captures.operation_id, whole_captures.currency,
           items.amount, sale_prices.fee, sale_prices.vat, items.amount - sale_prices.fee, sale_terms."availableOn",
           items.held_reason
      FROM ${sales.from} CROSS JOIN sale_prices
     WHERE ${sales.where} AND sale_prices.rule = sale_terms.rule AND sale_prices.gross = items.amount
       AND sale_prices.commission = coalesce(items.commission, ${NO_COMMISSION})`.execute(tx.db);
  return numAffectedRows ?? 0n;
}

/** Marks the gathered captures as booked; answers how many were not booked before. */
export async function markWholeBooked(tx: Transaction): Promise<bigint> {
  const { numAffectedRows } = await sql`
    UPDATE operations SET booked = 1
     WHERE booked = 0 AND id IN (SELECT operation_id FROM whole_captures)`.execute(tx.db);
  return numAffectedRows ?? 0n;
}
