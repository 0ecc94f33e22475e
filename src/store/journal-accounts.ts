/** The accounts of the journal: found by whose they are, opened when first needed, and kept equal to the sum of their postings. */
import { sql } from "kysely";
import type { Bucket } from "../domain/ledger.ts";
import type { Transaction, Value } from "./store.ts";

export interface AccountKey {
  readonly sellerId: bigint;
  readonly bucket: Bucket;
  readonly currency: string;
}

/** The marketplace's own accounts carry no seller. */
export const NO_SELLER = 0n;
const PARAMETERS_AT_ONCE = 500;

export type Accounts = ReadonlyMap<string, bigint>;

const textOf = (key: AccountKey): string => `${key.sellerId}/${key.bucket}/${key.currency}`;

export function accountOf(accounts: Accounts, key: AccountKey): bigint {
  const id = accounts.get(textOf(key));
  if (id === undefined) throw new Error(`no account ${textOf(key)}`);
  return id;
}

/** The accounts of all keys; those that do not exist yet are opened with a balance of zero. */
export async function resolveAccounts(
  tx: Transaction,
  marketplaceId: bigint,
  keys: readonly AccountKey[],
): Promise<Accounts> {
  const wanted = new Map(keys.map((key) => [textOf(key), key]));
  const sellers = [...new Set(keys.map(({ sellerId }) => sellerId))];
  const accounts = new Map<string, bigint>();
  for (let start = 0; start < sellers.length; start += PARAMETERS_AT_ONCE) {
    const rows = await tx.db
      .selectFrom("accounts")
      .select(["id", "seller_id", "bucket", "currency"])
      .where("marketplace_id", "=", marketplaceId)
      .where("seller_id", "in", sellers.slice(start, start + PARAMETERS_AT_ONCE))
      .execute();
    for (const row of rows) {
      accounts.set(textOf({ sellerId: row.seller_id, bucket: row.bucket, currency: row.currency }), row.id);
    }
  }
  const missing = [...wanted].filter(([text]) => !accounts.has(text));
  if (missing.length > 0) {
    const firstId = await tx.reserveIds("accounts", missing.length);
    const rows = missing.map(([text, key], index): Value[] => {
      accounts.set(text, firstId + BigInt(index));
      return [firstId + BigInt(index), marketplaceId, key.sellerId, key.bucket, key.currency, 0n];
    });
    await tx.insertMany("accounts", ["id", "marketplace_id", "seller_id", "bucket", "currency", "balance"], rows);
  }
  return accounts;
}

/**
 * Adds the postings of an id span to the balances of their accounts. Summed by pairs of accounts first: one side of most
 * postings is an account of the marketplace.
 */
export async function addToBalances(tx: Transaction, first: bigint, last: bigint): Promise<void> {
  await sql`
    UPDATE accounts SET balance = balance + changes.delta
      FROM (WITH pairs AS (
              SELECT debit_account, credit_account, CAST(sum(amount) AS BIGINT) AS amount FROM postings
               WHERE id BETWEEN ${first} AND ${last} GROUP BY debit_account, credit_account)
            SELECT account, CAST(sum(delta) AS BIGINT) AS delta FROM (
              SELECT credit_account AS account, amount AS delta FROM pairs
              UNION ALL
              SELECT debit_account, -amount FROM pairs) AS sides
             GROUP BY account) AS changes
     WHERE accounts.id = changes.account`.execute(tx.db);
}
