/** Writes postings to the journal and keeps the balances of the accounts equal to their sum, both in bulk. */
import { sql } from "kysely";
import { type Bucket, isSellerBucket, MOVEMENTS, type Posting } from "../domain/ledger.ts";
import type { Transaction, Value } from "./store.ts";

export interface JournalHead {
  readonly marketplaceId: bigint;
  /** The operator's seller row: whose fees are booked where a posting does not say otherwise. */
  readonly operatorId: bigint;
  readonly businessDate: string;
}

interface AccountKey {
  readonly sellerId: bigint;
  readonly bucket: Bucket;
  readonly currency: string;
}

/** The marketplace's own accounts carry no seller. */
const NO_SELLER = 0n;
const PARAMETERS_AT_ONCE = 500;

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
  const changes = new Map<bigint, bigint>();
  const change = (account: bigint, delta: bigint) => changes.set(account, (changes.get(account) ?? 0n) + delta);
  const rows = sided.map(({ posting, debit, credit }, index): Value[] => {
    const [debited, credited] = [accountOf(accounts, debit), accountOf(accounts, credit)];
    change(debited, -posting.amount);
    change(credited, posting.amount);
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
  await applyChanges(tx, changes);
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

type Accounts = Map<string, bigint>;

const textOf = (key: AccountKey): string => `${key.sellerId}/${key.bucket}/${key.currency}`;

function accountOf(accounts: Accounts, key: AccountKey): bigint {
  const id = accounts.get(textOf(key));
  if (id === undefined) throw new Error(`no account ${textOf(key)}`);
  return id;
}

async function resolveAccounts(tx: Transaction, marketplaceId: bigint, keys: readonly AccountKey[]): Promise<Accounts> {
  const wanted = new Map(keys.map((key) => [textOf(key), key]));
  const sellers = [...new Set(keys.map(({ sellerId }) => sellerId))];
  const accounts: Accounts = new Map();
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

async function applyChanges(tx: Transaction, changes: ReadonlyMap<bigint, bigint>): Promise<void> {
  // In the order of the ids, so that two transactions never wait for each other's accounts.
  const pairs = [...changes].sort(([a], [b]) => (a < b ? -1 : 1));
  for (let start = 0; start < pairs.length; start += PARAMETERS_AT_ONCE) {
    const values = pairs
      .slice(start, start + PARAMETERS_AT_ONCE)
      .map(([id, delta]) => sql`(CAST(${id} AS BIGINT), CAST(${delta} AS BIGINT))`);
    await sql`
      UPDATE accounts SET balance = balance + changes.delta
      FROM (SELECT column1 AS id, column2 AS delta FROM (VALUES ${sql.join(values)}) AS listed) AS changes
      WHERE accounts.id = changes.id`.execute(tx.db);
  }
}
