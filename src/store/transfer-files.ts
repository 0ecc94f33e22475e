/** Writes and reads transfer files; their bytes are written once, with everything that depends on them. */
import { sql } from "kysely";
import type { TransferFileState } from "../domain/transfer-file.ts";
import type { Queries, Transaction } from "./store.ts";
import { expectAll } from "./transfers.ts";

export interface NewTransferFile {
  readonly marketplaceId: bigint;
  readonly bank: string;
  readonly bankProfile: string;
  readonly messageId: string;
  readonly remoteName: string;
  readonly currency: string;
  readonly count: number;
  readonly sum: bigint;
  readonly executionDate: string;
  readonly businessDate: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
  readonly madeBy: string;
  readonly now: Date;
}

export async function insertTransferFile(tx: Transaction, file: NewTransferFile): Promise<bigint> {
  const id = await tx.reserveIds("transfer_files", 1);
  await tx.db
    .insertInto("transfer_files")
    .values({
      id,
      marketplace_id: file.marketplaceId,
      bank: file.bank,
      bank_profile: file.bankProfile,
      message_id: file.messageId,
      remote_name: file.remoteName,
      currency: file.currency,
      transfer_count: BigInt(file.count),
      transfer_sum: file.sum,
      execution_date: file.executionDate,
      business_date: file.businessDate,
      bytes: file.bytes,
      sha256: file.sha256,
      state: "AWAITING_APPROVAL" satisfies TransferFileState,
      made_by: file.madeBy,
      made_at: file.now.toISOString(),
      changed_at: file.now.toISOString(),
    })
    .execute();
  return id;
}

/** Files that wait for a person's decision, oldest first, without their bytes. */
export function filesToApprove(db: Queries) {
  return db
    .selectFrom("transfer_files")
    .select(["marketplace_id", "message_id", "bank_profile", "execution_date", "transfer_sum", "currency"])
    .where("state", "=", "AWAITING_APPROVAL" satisfies TransferFileState)
    .orderBy("id")
    .execute();
}

/** How many files this marketplace has of this day: the next one's ordinal is one more. */
export async function filesOfDay(db: Queries, marketplaceId: bigint, businessDate: string): Promise<number> {
  const row = await db
    .selectFrom("transfer_files")
    .select(({ fn }) => fn.countAll<bigint>().as("count"))
    .where("marketplace_id", "=", marketplaceId)
    .where("business_date", "=", businessDate)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** How many files of this day go to the bank, whichever marketplace made them: names may count them. */
export async function filesForBank(db: Queries, bank: string, businessDate: string): Promise<number> {
  const row = await db
    .selectFrom("transfer_files")
    .select(({ fn }) => fn.countAll<bigint>().as("count"))
    .where("bank", "=", bank)
    .where("business_date", "=", businessDate)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** What finance signs and operations follow: everything of a file but its bytes. */
export async function transferFile(db: Queries, messageId: string) {
  return db
    .selectFrom("transfer_files")
    .select([
      "id",
      "marketplace_id",
      "message_id",
      "remote_name",
      "state",
      "sha256",
      "made_by",
      "decided_by",
      "currency",
      "transfer_count",
      "transfer_sum",
      "execution_date",
      "business_date",
      "bank",
      "bank_profile",
    ])
    .where("message_id", "=", messageId)
    .executeTakeFirst();
}

const AT_ONCE = 1_000;

/** Puts scheduled transfers into a file, with the account each is paid to frozen as the file says it. */
export async function freezeTransfers(
  tx: Transaction,
  file: { readonly id: bigint; readonly paymentInformationId: string },
  ids: readonly bigint[],
  remittance: string,
  now: Date,
): Promise<void> {
  for (let start = 0; start < ids.length; start += AT_ONCE) {
    const part = ids.slice(start, start + AT_ONCE);
    const { numAffectedRows } = await sql`
      UPDATE transfers
         SET state = 'IN_FILE', file_id = ${file.id},
             payment_information_id = ${file.paymentInformationId}, remittance = ${remittance}, changed_at = ${now.toISOString()},
             creditor_name = sellers.account_holder, creditor_iban = sellers.iban, creditor_bic = sellers.bic,
             creditor_address = sellers.address
        FROM sellers
       WHERE sellers.id = transfers.seller_id AND transfers.state = 'SCHEDULED'
         AND transfers.id IN (${sql.join(part)})`.execute(tx.db);
    expectAll("transfers to put into a file", numAffectedRows, part.length);
  }
}

/** Gives the transfers of a refused or cancelled file back: they wait for the next one. */
export async function withdrawTransfers(tx: Transaction, fileId: bigint, now: Date): Promise<void> {
  await tx.db
    .updateTable("transfers")

    .set({ state: "SCHEDULED", file_id: null, payment_information_id: null, changed_at: now.toISOString() })
    .where("file_id", "=", fileId)
    .where("state", "=", "IN_FILE")
    .execute();
}

export async function transfersOfFile(db: Queries, fileId: bigint) {
  return db
    .selectFrom("transfers")
    .select(["id", "seller_id", "end_to_end_id", "amount", "currency", "state"])
    .where("file_id", "=", fileId)
    .orderBy("id")
    .execute();
}

/** A person's decision on a file, guarded by the state and the hash he saw. Answers whether it took effect. */
export async function decideFile(
  tx: Transaction,
  decision: {
    readonly fileId: bigint;
    readonly sha256: string;
    readonly from: readonly TransferFileState[];
    readonly to: TransferFileState;
    readonly by: string;
    readonly reason?: string;
    readonly now: Date;
  },
): Promise<boolean> {
  const { numUpdatedRows } = await tx.db
    .updateTable("transfer_files")
    .set({
      state: decision.to,
      decided_by: decision.by,
      decided_at: decision.now.toISOString(),
      decision_reason: decision.reason ?? null,
      changed_at: decision.now.toISOString(),
    })
    .where("id", "=", decision.fileId)
    .where("sha256", "=", decision.sha256)
    .where("state", "in", decision.from)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}
