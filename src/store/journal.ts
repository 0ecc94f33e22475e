/** Writes postings to the journal and keeps the balances of the accounts equal to their sum, both in bulk. */
import { type Bucket, isSellerBucket, MOVEMENTS, type Posting } from "../domain/ledger.ts";
import { type AccountKey, accountOf, addToBalances, NO_SELLER, resolveAccounts } from "./journal-accounts.ts";
import { insertSpans, spansOf } from "./journal-spans.ts";
import type { Transaction, Value } from "./store.ts";

export interface JournalHead {
  readonly marketplaceId: bigint;
  /** The operator's seller row: whose fees are booked where a posting does not say otherwise. */
  readonly operatorId: bigint;
  readonly businessDate: string;
}

/** Posts all movements in this transaction; accounts that do not exist yet are opened with a balance of zero. */
export async function postToJournal(tx: Transaction, head: JournalHead, postings: readonly Posting[]): Promise<void> {
  if (postings.length === 0) return;
  const sided = postings.map((posting) => ({ posting, ...sidesOf(posting, head) }));
  const accounts = await resolveAccounts(
    tx,
    head.marketplaceId,
    sided.flatMap(({ debit, credit }) => [debit, credit]),
  );
  const firstId = await tx.reserveIds("postings", sided.length);
  const rows = sided.map(({ posting, debit, credit }, index): Value[] => {
    const [debited, credited] = [accountOf(accounts, debit), accountOf(accounts, credit)];
    return [
      firstId + BigInt(index),
      head.marketplaceId,
      posting.movement,
      debited,
      credited,
      posting.amount,
      posting.cause.kind,
      posting.cause.id,
      head.businessDate,
    ];
  });
  await tx.insertMany(
    "postings",
    [
      "id",
      "marketplace_id",
      "event",
      "debit_account",
      "credit_account",
      "amount",
      "cause_kind",
      "cause_id",
      "business_date",
    ],
    rows,
  );
  await insertSpans(tx, head, spansOf(firstId, postings));
  await addToBalances(tx, firstId, firstId + BigInt(sided.length) - 1n);
}

function sidesOf(posting: Posting, head: JournalHead): { debit: AccountKey; credit: AccountKey } {
  const movement = MOVEMENTS[posting.movement];
  const keyOf = (bucket: Bucket): AccountKey => ({
    sellerId: ownerOf(bucket, posting, head),
    bucket,
    currency: posting.currency,
  });
  return { debit: keyOf(movement.debit), credit: keyOf(movement.credit) };
}

function ownerOf(bucket: Bucket, posting: Posting, head: JournalHead): bigint {
  if (!isSellerBucket(bucket)) return NO_SELLER;
  if (bucket === "FEES") return posting.feeSellerId ?? head.operatorId;
  if (posting.sellerId === undefined) throw new Error(`${posting.movement} needs the seller whose ${bucket} it moves`);
  return posting.sellerId;
}
