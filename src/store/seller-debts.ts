/** What sellers owe the marketplace, and since when: kept from settlement to settlement until it is covered. */
import { sql } from "kysely";
import type { Queries, Transaction } from "./store.ts";

export interface Debt {
  readonly sellerId: bigint;
  readonly currency: string;
  /** Minor units, above zero. */
  readonly amount: bigint;
  /** The business date of the settlement that first carried it. */
  readonly since: string;
}

const AT_ONCE = 500;

/** Of all sellers, or of `only` one of them. */
export async function debtsOf(db: Queries, marketplaceId: bigint, only?: bigint): Promise<readonly Debt[]> {
  const query = db
    .selectFrom("seller_debts")
    .selectAll()
    .where("marketplace_id", "=", marketplaceId)
    .orderBy("seller_id")
    .orderBy("currency");
  const rows = await (only === undefined ? query : query.where("seller_id", "=", only)).execute();
  return rows.map(({ seller_id, currency, amount, since }) => ({ sellerId: seller_id, currency, amount, since }));
}

/** New debts begin on their `since`; one that was there keeps its own. */
export async function putDebts(tx: Transaction, marketplaceId: bigint, debts: readonly Debt[]): Promise<void> {
  for (let start = 0; start < debts.length; start += AT_ONCE) {
    const values = debts
      .slice(start, start + AT_ONCE)
      .map(
        ({ sellerId, currency, amount, since }) =>
          sql`(CAST(${marketplaceId} AS BIGINT), CAST(${sellerId} AS BIGINT), ${currency}, CAST(${amount} AS BIGINT), ${since})`,
      );
    await sql`
      INSERT INTO seller_debts (marketplace_id, seller_id, currency, amount, since) VALUES ${sql.join(values)}
      ON CONFLICT (seller_id, currency) DO UPDATE SET amount = excluded.amount`.execute(tx.db);
  }
}

export async function removeDebts(
  tx: Transaction,
  debts: readonly Pick<Debt, "sellerId" | "currency">[],
): Promise<void> {
  for (let start = 0; start < debts.length; start += AT_ONCE) {
    const pairs = debts.slice(start, start + AT_ONCE);
    for (const currency of new Set(pairs.map((debt) => debt.currency))) {
      const sellers = pairs.filter((debt) => debt.currency === currency).map(({ sellerId }) => sellerId);
      await tx.db
        .deleteFrom("seller_debts")
        .where("currency", "=", currency)
        .where("seller_id", "in", sellers)
        .execute();
    }
  }
}
