/** Writes cashouts that were granted, each with the transfer that pays it. */
import type { Queries, Transaction } from "./store.ts";

export interface NewCashout {
  readonly marketplaceId: bigint;
  readonly sellerId: bigint;
  readonly ref: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly transferId: bigint;
  readonly date: string;
  readonly contentHash: string;
  readonly now: Date;
}

export async function insertCashout(tx: Transaction, cashout: NewCashout): Promise<void> {
  const id = await tx.reserveIds("cashouts", 1);
  await tx.db
    .insertInto("cashouts")
    .values({
      id,
      marketplace_id: cashout.marketplaceId,
      seller_id: cashout.sellerId,
      ref: cashout.ref,
      amount: cashout.amount,
      currency: cashout.currency,
      business_date: cashout.date,
      transfer_id: cashout.transferId,
      content_hash: cashout.contentHash,
      created_at: cashout.now.toISOString(),
    })
    .execute();
}

/** A cashout by the marketplace's own id, with the transfer that pays it; undefined when there is none. */
export async function cashoutByRef(db: Queries, marketplaceId: bigint, ref: string) {
  const row = await db
    .selectFrom("cashouts")
    .innerJoin("transfers", "transfers.id", "cashouts.transfer_id")
    .select(["cashouts.amount", "cashouts.currency", "cashouts.content_hash", "transfers.end_to_end_id"])
    .where("cashouts.marketplace_id", "=", marketplaceId)
    .where("cashouts.ref", "=", ref)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { amount, currency, content_hash, end_to_end_id } = row;
  return { amount, currency, contentHash: content_hash, endToEndId: end_to_end_id };
}
