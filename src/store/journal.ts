/** Writes postings to the journal and keeps the balances of the accounts equal to their sum, both in bulk. */
import { sql } from "kysely";
import { type Bucket, isSellerBucket, MOVEMENTS, type Movement, type Posting } from "../domain/ledger.ts";
import type { PayableKind } from "../domain/payable.ts";
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

/** Adds the postings of an id span to the balances of their accounts. */
async function addToBalances(tx: Transaction, first: bigint, last: bigint): Promise<void> {
  await sql`
    UPDATE accounts SET balance = balance + changes.delta
      FROM (SELECT account, CAST(sum(delta) AS BIGINT) AS delta FROM (
              SELECT credit_account AS account, amount AS delta FROM postings WHERE id BETWEEN ${first} AND ${last}
              UNION ALL
              SELECT debit_account, -amount FROM postings WHERE id BETWEEN ${first} AND ${last}) AS sides
             GROUP BY account) AS changes
     WHERE accounts.id = changes.account`.execute(tx.db);
}

/** What the two movements of a payable are: the seller's net and the operator's fee, by the kind of the payable. */
const PAYABLE_MOVEMENTS = [
  { kind: "SALE", movement: "SALE_CAPTURED", owner: "seller", amount: sql`payables.net` },
  { kind: "SALE", movement: "FEE_CAPTURED", owner: "operator", amount: sql`payables.fee` },
  { kind: "REFUND", movement: "REFUNDED", owner: "seller", amount: sql`-payables.net` },
  { kind: "REFUND", movement: "FEE_REFUNDED", owner: "operator", amount: sql`-payables.fee` },
  { kind: "CHARGEBACK", movement: "CHARGED_BACK", owner: "seller", amount: sql`-payables.net` },
  { kind: "CHARGEBACK", movement: "FEE_REFUNDED", owner: "operator", amount: sql`-payables.fee` },
  { kind: "CHARGE", movement: "CHARGEBACK_CHARGED", owner: "seller", amount: sql`-payables.net` },
] as const satisfies readonly { kind: PayableKind; movement: Movement; [more: string]: unknown }[];

/**
 * Posts lines straight from their payables, by sets: one statement per movement for all lines of an id span; `kinds`
 * are those that the span has, where the caller knows. Each line is the cause of its postings. Throws when a line found no account: then nothing of the transaction stands.
 */
export async function postPayables(
  tx: Transaction,
  head: JournalHead,
  span: { readonly first: bigint; readonly last: bigint },
  kinds?: ReadonlySet<PayableKind>,
): Promise<void> {
  await openAccountsFor(tx, head, span);
  const lines = Number(span.last - span.first) + 1;
  const firstId = await tx.reserveIds("postings", lines * 2);
  let posted = 0n;
  for (const { kind, movement, owner, amount } of PAYABLE_MOVEMENTS) {
    if (kinds?.has(kind) === false) continue;
    const { debit, credit } = MOVEMENTS[movement];
    const ownerOfBucket = (bucket: Bucket) =>
      bucket === "FEES"
        ? sql`${head.operatorId}`
        : isSellerBucket(bucket)
          ? sql`payables.seller_id`
          : sql`${NO_SELLER}`;
    const { numAffectedRows } = await sql`
      INSERT INTO postings (id, marketplace_id, event, debit_account, credit_account, amount, cause_kind, cause_id, business_date)
      SELECT ${firstId} + 2 * (payables.id - ${span.first}) + ${owner === "seller" ? 0n : 1n}, payables.marketplace_id,
             ${movement}, debited.id, credited.id, ${amount}, 'PAYABLE', payables.id, ${head.businessDate}
        FROM payables
        JOIN accounts AS debited ON debited.marketplace_id = payables.marketplace_id AND debited.currency = payables.currency
         AND debited.bucket = ${debit} AND debited.seller_id = ${ownerOfBucket(debit)}
        JOIN accounts AS credited ON credited.marketplace_id = payables.marketplace_id AND credited.currency = payables.currency
         AND credited.bucket = ${credit} AND credited.seller_id = ${ownerOfBucket(credit)}
       WHERE payables.id BETWEEN ${span.first} AND ${span.last} AND payables.kind = ${kind} AND ${amount} > 0`.execute(
      tx.db,
    );
    posted += numAffectedRows ?? 0n;
  }
  await expectPosted(tx, span, posted);
  await addToBalances(tx, firstId, firstId + BigInt(lines * 2) - 1n);
}

async function expectPosted(tx: Transaction, span: { first: bigint; last: bigint }, posted: bigint): Promise<void> {
  const { rows } = await sql<{ due: bigint }>`
    SELECT CAST(sum(CASE WHEN net <> 0 THEN 1 ELSE 0 END
                    + CASE WHEN fee <> 0 THEN 1 ELSE 0 END) AS BIGINT) AS due
      FROM payables WHERE id BETWEEN ${span.first} AND ${span.last}`.execute(tx.db);
  const due = rows[0]?.due ?? 0n;
  if (due !== posted) throw new Error(`${posted} of ${due} postings made for payables ${span.first} to ${span.last}`);
}

/** Opens what accounts the lines of a span need and nobody opened yet. */
async function openAccountsFor(
  tx: Transaction,
  head: JournalHead,
  span: { first: bigint; last: bigint },
): Promise<void> {
  const { rows } = await sql<{ seller_id: bigint; currency: string }>`
    SELECT seller_id, currency FROM (
      SELECT DISTINCT seller_id, currency FROM payables WHERE id BETWEEN ${span.first} AND ${span.last}) AS owners
     WHERE (SELECT count(*) FROM accounts
             WHERE accounts.marketplace_id = ${head.marketplaceId} AND accounts.seller_id = owners.seller_id
               AND accounts.currency = owners.currency AND accounts.bucket IN ('PENDING', 'AVAILABLE')) < 2
     ORDER BY seller_id, currency`.execute(tx.db);
  const currencies = await sql<{ currency: string }>`
    SELECT DISTINCT currency FROM payables WHERE id BETWEEN ${span.first} AND ${span.last} ORDER BY currency`.execute(
    tx.db,
  );
  const keys = [
    ...rows.flatMap(({ seller_id: sellerId, currency }) =>
      (["PENDING", "AVAILABLE"] as const).map((bucket): AccountKey => ({ sellerId, bucket, currency })),
    ),
    ...currencies.rows.flatMap(({ currency }): AccountKey[] => [
      { sellerId: NO_SELLER, bucket: "ACQUIRER_RECEIVABLE", currency },
      { sellerId: head.operatorId, bucket: "FEES", currency },
    ]),
  ];
  await resolveAccounts(tx, head.marketplaceId, keys);
}
