/** Sums that prove, from independent tables, that no cent was lost or made. */
import { sql } from "kysely";
import type { Bucket } from "../domain/ledger.ts";
import type { Queries } from "./store.ts";

export interface Sums {
  /** From the operations at the gateway, not from the journal. */
  readonly captured: bigint;
  /** Refunds and chargebacks. */
  readonly refunded: bigint;
  /** What banks charged for chargebacks. */
  readonly charged: bigint;
  readonly cashedIn: bigint;
  /** From the transfers that a bank statement booked. */
  readonly paid: bigint;
  readonly balances: ReadonlyMap<Bucket, bigint>;
  /** Balances of the operator's own sales, which the buckets above include. */
  readonly operatorBalances: ReadonlyMap<Bucket, bigint>;
}

export async function sumsOf(db: Queries, marketplaceId: bigint, currency: string): Promise<Sums> {
  const operations = await sql<{ kind: string; total: bigint; charged: bigint }>`
    SELECT kind, CAST(sum(amount) AS BIGINT) AS total, CAST(sum(coalesce(charge, 0)) AS BIGINT) AS charged FROM operations
     WHERE marketplace_id = ${marketplaceId} AND currency = ${currency} AND booked = 1 GROUP BY kind`.execute(db);
  const totalOf = (kind: string): bigint => operations.rows.find((row) => row.kind === kind)?.total ?? 0n;
  return {
    captured: totalOf("CAPTURE"),
    refunded: totalOf("REFUND") + totalOf("CHARGEBACK"),
    charged: operations.rows.reduce((sum, { charged }) => sum + charged, 0n),
    cashedIn: await sumOf(db, "cashins", marketplaceId, currency, "booked = 1"),
    paid: await sumOf(db, "transfers", marketplaceId, currency, "state = 'EXECUTED'"),
    ...(await balancesOf(db, marketplaceId, currency)),
  };
}

async function sumOf(
  db: Queries,
  table: "cashins" | "transfers",
  marketplaceId: bigint,
  currency: string,
  condition: "booked = 1" | "state = 'EXECUTED'",
): Promise<bigint> {
  const { rows } = await sql<{ total: bigint }>`
    SELECT CAST(coalesce(sum(amount), 0) AS BIGINT) AS total FROM ${sql.table(table)}
     WHERE marketplace_id = ${marketplaceId} AND currency = ${currency} AND ${sql.raw(condition)}`.execute(db);
  return rows[0]?.total ?? 0n;
}

async function balancesOf(db: Queries, marketplaceId: bigint, currency: string) {
  const { rows } = await sql<{ bucket: Bucket; own: bigint; total: bigint }>`
    SELECT accounts.bucket, CASE WHEN sellers.ref = 'OPERATOR' THEN 1 ELSE 0 END AS own,
           CAST(sum(accounts.balance) AS BIGINT) AS total
      FROM accounts LEFT JOIN sellers ON sellers.id = accounts.seller_id
     WHERE accounts.marketplace_id = ${marketplaceId} AND accounts.currency = ${currency}
     GROUP BY 1, 2`.execute(db);
  const balances = new Map<Bucket, bigint>();
  const operatorBalances = new Map<Bucket, bigint>();
  for (const { bucket, own, total } of rows) {
    balances.set(bucket, (balances.get(bucket) ?? 0n) + total);
    if (BigInt(own) === 1n) operatorBalances.set(bucket, total);
  }
  return { balances, operatorBalances };
}

/** Currencies in which the marketplace has accounts. */
export async function currenciesOf(db: Queries, marketplaceId: bigint): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("accounts")
    .select("currency")
    .distinct()
    .where("marketplace_id", "=", marketplaceId)
    .orderBy("currency")
    .execute();
  return rows.map(({ currency }) => currency);
}
