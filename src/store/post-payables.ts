/** Posts payables: their movements straight from their rows, by sets. */
import { sql } from "kysely";
import { type Bucket, MOVEMENTS, type Movement } from "../domain/ledger.ts";
import type { PayableKind } from "../domain/payable.ts";
import type { JournalHead } from "./journal.ts";
import {
  type AccountKey,
  type Accounts,
  accountOf,
  addToBalances,
  NO_SELLER,
  resolveAccounts,
} from "./journal-accounts.ts";
import { insertSpans, spansOfCauses } from "./journal-spans.ts";
import type { Transaction } from "./store.ts";

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

/** Payables from one id to another. */
export interface PayableSpan {
  readonly first: bigint;
  readonly last: bigint;
}

/**
 * Posts lines straight from their payables: one statement per movement for all lines of an id span; `kinds` are those that
 * the span has, where the caller knows. Each line is the cause of its postings, first those of all sellers, then those of
 * the operator. Throws when a line found no account: then nothing of the transaction stands.
 */
export async function postPayables(
  tx: Transaction,
  head: JournalHead,
  span: PayableSpan,
  kinds?: ReadonlySet<PayableKind>,
): Promise<void> {
  const currencies = await currenciesOf(tx, span);
  const accounts = await openAccountsFor(tx, head, span, currencies);
  const lines = span.last - span.first + 1n;
  const firstId = await tx.reserveIds("postings", Number(lines) * 2);
  const firstOf = { seller: firstId, operator: firstId + lines } as const;
  let posted = 0n;
  for (const currency of currencies) {
    for (const movement of PAYABLE_MOVEMENTS) {
      if (kinds?.has(movement.kind) === false) continue;
      posted += await postMovement(tx, { head, span, currency, accounts, firstId: firstOf[movement.owner] }, movement);
    }
  }
  await expectPosted(tx, span, posted);
  const spans = Object.values(firstOf).flatMap((first) => spansOfCauses("PAYABLE", first, span));
  await insertSpans(tx, head, spans);
  await addToBalances(tx, firstId, firstId + lines * 2n - 1n);
}

interface Posted {
  readonly head: JournalHead;
  readonly span: PayableSpan;
  readonly currency: string;
  readonly accounts: Accounts;
  readonly firstId: bigint;
}

/** Only the account of the payable's own seller is looked up for each line: the other one is the same for all. */
async function postMovement(
  tx: Transaction,
  { head, span, currency, accounts, firstId }: Posted,
  { kind, movement, amount }: (typeof PAYABLE_MOVEMENTS)[number],
): Promise<bigint> {
  const sides = MOVEMENTS[movement];
  const common = commonAccounts(head, currency);
  const idOf = (bucket: Bucket) => {
    const key = common.find((account) => account.bucket === bucket);
    return key === undefined ? sql`sellers_own.id` : sql`CAST(${accountOf(accounts, key)} AS BIGINT)`;
  };
  const own = [sides.debit, sides.credit].find((bucket) => common.every((account) => account.bucket !== bucket));
  const lookUp =
    own === undefined
      ? sql``
      : sql`JOIN accounts AS sellers_own ON sellers_own.marketplace_id = payables.marketplace_id
             AND sellers_own.seller_id = payables.seller_id AND sellers_own.bucket = ${own}
             AND sellers_own.currency = payables.currency`;
  const { numAffectedRows } = await sql`
    INSERT INTO postings (id, marketplace_id, event, debit_account, credit_account, amount, cause_kind, cause_id, business_date)
    SELECT ${firstId} + (payables.id - ${span.first}), payables.marketplace_id, ${movement}, ${idOf(sides.debit)},
           ${idOf(sides.credit)}, ${amount}, 'PAYABLE', payables.id, ${head.businessDate}
      FROM payables ${lookUp}
     WHERE payables.id BETWEEN ${span.first} AND ${span.last} AND payables.kind = ${kind}
       AND payables.currency = ${currency} AND ${amount} > 0`.execute(tx.db);
  return numAffectedRows ?? 0n;
}

/** The accounts that all lines of a currency share. */
function commonAccounts(head: JournalHead, currency: string): readonly AccountKey[] {
  return [
    { sellerId: NO_SELLER, bucket: "ACQUIRER_RECEIVABLE", currency },
    { sellerId: head.operatorId, bucket: "FEES", currency },
  ];
}

async function currenciesOf(tx: Transaction, span: PayableSpan): Promise<readonly string[]> {
  const { rows } = await sql<{ currency: string }>`
    SELECT DISTINCT currency FROM payables WHERE id BETWEEN ${span.first} AND ${span.last} ORDER BY currency`.execute(
    tx.db,
  );
  return rows.map(({ currency }) => currency);
}

async function expectPosted(tx: Transaction, span: PayableSpan, posted: bigint): Promise<void> {
  const { rows } = await sql<{ due: bigint }>`
    SELECT CAST(sum(CASE WHEN net <> 0 THEN 1 ELSE 0 END
                    + CASE WHEN fee <> 0 THEN 1 ELSE 0 END) AS BIGINT) AS due
      FROM payables WHERE id BETWEEN ${span.first} AND ${span.last}`.execute(tx.db);
  const due = rows[0]?.due ?? 0n;
  if (due !== posted) throw new Error(`${posted} of ${due} postings made for payables ${span.first} to ${span.last}`);
}

/** Opens what accounts the lines of a span need and nobody opened yet; answers those that all lines share. */
async function openAccountsFor(
  tx: Transaction,
  head: JournalHead,
  span: PayableSpan,
  currencies: readonly string[],
): Promise<Accounts> {
  const { rows } = await sql<{ seller_id: bigint; currency: string }>`
    SELECT seller_id, currency FROM (
      SELECT DISTINCT seller_id, currency FROM payables WHERE id BETWEEN ${span.first} AND ${span.last}) AS owners
     WHERE (SELECT count(*) FROM accounts
             WHERE accounts.marketplace_id = ${head.marketplaceId} AND accounts.seller_id = owners.seller_id
               AND accounts.currency = owners.currency AND accounts.bucket IN ('PENDING', 'AVAILABLE')) < 2
     ORDER BY seller_id, currency`.execute(tx.db);
  return resolveAccounts(tx, head.marketplaceId, [
    ...rows.flatMap(({ seller_id: sellerId, currency }) =>
      (["PENDING", "AVAILABLE"] as const).map((bucket): AccountKey => ({ sellerId, bucket, currency })),
    ),
    ...currencies.flatMap((currency) => commonAccounts(head, currency)),
  ]);
}
