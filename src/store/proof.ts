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

interface SumRow {
  readonly source: "OPERATION" | "CASHIN" | "TRANSFER" | "ACCOUNT" | "OPERATOR_ACCOUNT";
  /** The kind of the operations, the bucket of the accounts. */
  readonly name: string;
  readonly total: bigint;
  readonly charged: bigint;
}

/** In one statement, so that all sums are of one moment. */
export async function sumsOf(db: Queries, marketplaceId: bigint, currency: string): Promise<Sums> {
  const here = sql`marketplace_id = ${marketplaceId} AND currency = ${currency}`;
  const { rows } = await sql<SumRow>`
    SELECT 'OPERATION' AS source, kind AS name, CAST(sum(amount) AS BIGINT) AS total,
           CAST(sum(coalesce(charge, 0)) AS BIGINT) AS charged
      FROM operations WHERE ${here} AND booked = 1 GROUP BY kind
    UNION ALL SELECT 'CASHIN', '', CAST(coalesce(sum(amount), 0) AS BIGINT), 0 FROM cashins WHERE ${here} AND booked = 1
    UNION ALL SELECT 'TRANSFER', '', CAST(coalesce(sum(amount), 0) AS BIGINT), 0 FROM transfers WHERE ${here} AND state = 'EXECUTED'
    UNION ALL SELECT 'ACCOUNT', bucket, CAST(sum(balance) AS BIGINT), 0 FROM accounts WHERE ${here} GROUP BY bucket
    UNION ALL SELECT 'OPERATOR_ACCOUNT', bucket, CAST(sum(balance) AS BIGINT), 0 FROM accounts WHERE ${here} AND seller_id IN (
      SELECT id FROM sellers WHERE marketplace_id = ${marketplaceId} AND ref = 'OPERATOR') GROUP BY bucket`.execute(db);
  const totalOf = (source: SumRow["source"], name = ""): bigint =>
    rows.find((row) => row.source === source && row.name === name)?.total ?? 0n;
  const balancesOf = (source: SumRow["source"]): ReadonlyMap<Bucket, bigint> =>
    new Map(rows.flatMap((row) => (row.source === source ? [[row.name as Bucket, row.total]] : [])));
  return {
    captured: totalOf("OPERATION", "CAPTURE"),
    refunded: totalOf("OPERATION", "REFUND") + totalOf("OPERATION", "CHARGEBACK"),
    charged: rows.reduce((sum, { charged }) => sum + charged, 0n),
    cashedIn: totalOf("CASHIN"),
    paid: totalOf("TRANSFER"),
    balances: balancesOf("ACCOUNT"),
    operatorBalances: balancesOf("OPERATOR_ACCOUNT"),
  };
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
