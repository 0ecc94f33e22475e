/** What a seller has, by stage and currency. */
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
