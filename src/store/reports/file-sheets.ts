/** Reads what finance looks at before a transfer file is approved: its head, whom it pays, what is new or strange in it. */
import { sql } from "kysely";
import type { Queries } from "../store.ts";

const HEAD = [
  "id",
  "message_id",
  "remote_name",
  "state",
  "sha256",
  "currency",
  "transfer_count",
  "transfer_sum",
  "execution_date",
  "business_date",
  "bank",
  "bank_profile",
  "made_by",
  "made_at",
  "decided_by",
  "decided_at",
  "decision_reason",
] as const;

export type FileHead = Awaited<ReturnType<typeof filesMadeOn>>[number];

/** The files of a business date in the order they were made, without their bytes. */
export async function filesMadeOn(db: Queries, marketplaceId: bigint, businessDate: string) {
  return db
    .selectFrom("transfer_files")
    .select(HEAD)
    .where("marketplace_id", "=", marketplaceId)
    .where("business_date", "=", businessDate)
    .orderBy("id")
    .execute();
}

/** The file in the same currency that was made before this one and not taken back. */
export async function fileBefore(
  db: Queries,
  marketplaceId: bigint,
  { id, currency }: Pick<FileHead, "id" | "currency">,
): Promise<FileHead | undefined> {
  return db
    .selectFrom("transfer_files")
    .select(HEAD)
    .where("marketplace_id", "=", marketplaceId)
    .where("currency", "=", currency)
    .where("id", "<", id)
    .where("state", "not in", ["REFUSED", "CANCELLED"])
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
}

export async function bytesOf(db: Queries, fileId: bigint): Promise<Uint8Array> {
  const row = await db.selectFrom("transfer_files").select("bytes").where("id", "=", fileId).executeTakeFirstOrThrow();
  return row.bytes;
}

export interface FileTransfer {
  readonly id: bigint;
  readonly seller: string;
  readonly creditor_name: string | null;
  readonly creditor_iban: string | null;
  readonly amount: bigint;
  readonly currency: string;
  readonly end_to_end_id: string;
}

function transfersIn(db: Queries, fileId: bigint) {
  return db
    .selectFrom("transfers")
    .innerJoin("sellers", "sellers.id", "transfers.seller_id")
    .select(["transfers.id", "sellers.ref as seller", "transfers.creditor_name", "transfers.creditor_iban"])
    .select(["transfers.amount", "transfers.currency", "transfers.end_to_end_id"])
    .where("transfers.file_id", "=", fileId);
}

/** The next transfers of a file after `afterId`, in the order of their ids. */
export async function transfersAfter(
  db: Queries,
  fileId: bigint,
  afterId: bigint,
  limit: number,
): Promise<readonly FileTransfer[]> {
  return transfersIn(db, fileId).where("transfers.id", ">", afterId).orderBy("transfers.id").limit(limit).execute();
}

export async function largestIn(db: Queries, fileId: bigint, limit: number): Promise<readonly FileTransfer[]> {
  return transfersIn(db, fileId).orderBy("transfers.amount", "desc").orderBy("transfers.id").limit(limit).execute();
}

export interface NewAccount extends FileTransfer {
  /** The account that this seller was paid to last; null when this is the seller's first payout. */
  readonly account_before: string | null;
}

/** Transfers to an account that this seller was never paid to before, the largest first. */
export async function newAccountsIn(db: Queries, fileId: bigint): Promise<readonly NewAccount[]> {
  const { rows } = await sql<NewAccount>`
    SELECT transfers.id, sellers.ref AS seller, transfers.creditor_name, transfers.creditor_iban, transfers.amount,
           transfers.currency, transfers.end_to_end_id,
           (SELECT before.creditor_iban FROM transfers AS before
             WHERE before.seller_id = transfers.seller_id AND before.file_id < transfers.file_id
               AND before.state IN ('SENT', 'ACCEPTED', 'EXECUTED', 'REJECTED', 'RETURNED')
             ORDER BY before.id DESC LIMIT 1) AS account_before
      FROM transfers JOIN sellers ON sellers.id = transfers.seller_id
     WHERE transfers.file_id = ${fileId}
       AND NOT EXISTS (SELECT 1 FROM transfers AS earlier
                        WHERE earlier.seller_id = transfers.seller_id AND earlier.file_id < transfers.file_id
                          AND earlier.creditor_iban = transfers.creditor_iban
                          AND earlier.state IN ('SENT', 'ACCEPTED', 'EXECUTED'))
     ORDER BY transfers.amount DESC, transfers.id`.execute(db);
  return rows;
}

export interface SameTwice {
  readonly creditor_iban: string;
  readonly amount: bigint;
  readonly transfers: bigint;
}

/** The same amount to the same account more than once in a file. */
export async function repeatedIn(db: Queries, fileId: bigint): Promise<readonly SameTwice[]> {
  const { rows } = await sql<SameTwice>`
    SELECT creditor_iban, amount, count(*) AS transfers FROM transfers
     WHERE file_id = ${fileId} GROUP BY creditor_iban, amount HAVING count(*) > 1
     ORDER BY amount DESC, creditor_iban LIMIT 100`.execute(db);
  return rows;
}

/** How many sellers are paid by both files. */
export async function payeesInBoth(db: Queries, fileId: bigint, otherId: bigint): Promise<number> {
  const { rows } = await sql<{ payees: bigint }>`
    SELECT count(*) AS payees FROM (
      SELECT seller_id FROM transfers WHERE file_id = ${fileId}
      INTERSECT SELECT seller_id FROM transfers WHERE file_id = ${otherId}) AS both_files`.execute(db);
  return Number(rows[0]?.payees ?? 0n);
}

export async function payeesOf(db: Queries, fileId: bigint): Promise<number> {
  const { rows } = await sql<{ payees: bigint }>`
    SELECT count(DISTINCT seller_id) AS payees FROM transfers WHERE file_id = ${fileId}`.execute(db);
  return Number(rows[0]?.payees ?? 0n);
}

export interface HeldTotal {
  readonly hold_reason: string;
  readonly transfers: bigint;
  readonly amount: bigint;
}

/** Payouts on hold now, in the file's currency: what the file leaves out. */
export async function heldOut(db: Queries, marketplaceId: bigint, currency: string): Promise<readonly HeldTotal[]> {
  const { rows } = await sql<HeldTotal>`
    SELECT hold_reason, count(*) AS transfers, CAST(sum(amount) AS BIGINT) AS amount FROM transfers
     WHERE marketplace_id = ${marketplaceId} AND state = 'ON_HOLD' AND currency = ${currency}
     GROUP BY hold_reason ORDER BY hold_reason`.execute(db);
  return rows;
}
