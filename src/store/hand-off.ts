/** The persisted half of a hand-off: which files are under way, who holds the fence of each, and every step forward. */
import { sql } from "kysely";
import { RemitError } from "../domain/errors.ts";
import { statesAccepting } from "../domain/lifecycle.ts";
import { TRANSFER_FILE_LIFECYCLE, type TransferFileEvent, type TransferFileState } from "../domain/transfer-file.ts";
import type { Queries, Transaction } from "./store.ts";

/** States in which a file is on its way but not there; UPLOAD_UNKNOWN waits for the bank's answer instead. */
export const UNDER_WAY = [
  "APPROVED",
  "UPLOADING",
  "UPLOADED",
  "RENAMING",
] as const satisfies readonly TransferFileState[];

export interface FileUnderWay {
  readonly id: bigint;
  readonly marketplaceId: bigint;
  readonly bank: string;
  readonly profile: string;
  readonly messageId: string;
  readonly remoteName: string;
  readonly sha256: string;
  readonly state: (typeof UNDER_WAY)[number];
  readonly executionDate: string;
  readonly businessDate: string;
}

/** Oldest first, so that one bad file never makes the others wait for ever. */
export async function filesUnderWay(db: Queries): Promise<readonly FileUnderWay[]> {
  const rows = await db
    .selectFrom("transfer_files")
    .select([
      "id",
      "marketplace_id",
      "bank",
      "bank_profile",
      "message_id",
      "remote_name",
      "sha256",
      "state",
      "execution_date",
      "business_date",
    ])
    .where("state", "in", UNDER_WAY)
    .orderBy("id")
    .execute();
  return rows.map((row) => ({
    id: row.id,
    marketplaceId: row.marketplace_id,
    bank: row.bank,
    profile: row.bank_profile,
    messageId: row.message_id,
    remoteName: row.remote_name,
    sha256: row.sha256,
    state: row.state as FileUnderWay["state"],
    executionDate: row.execution_date,
    businessDate: row.business_date,
  }));
}

export interface Claim {
  readonly fence: bigint;
  readonly bytes: Uint8Array;
  /** The state at the moment of the claim: another worker may have moved the file since it was listed. */
  readonly state: (typeof UNDER_WAY)[number];
}

/** Takes the file for this worker until `until`; undefined while another worker holds it. */
export async function claimFile(
  tx: Transaction,
  fileId: bigint,
  owner: string,
  now: Date,
  until: Date,
): Promise<Claim | undefined> {
  const { rows } = await sql<{ fence: bigint; bytes: Uint8Array; state: Claim["state"] }>`
    UPDATE transfer_files SET fence = fence + 1, fence_owner = ${owner}, fence_until = ${until.toISOString()}
     WHERE id = ${fileId} AND state IN (${sql.join(UNDER_WAY)})
       AND (fence_until IS NULL OR fence_until <= ${now.toISOString()} OR fence_owner = ${owner})
    RETURNING fence, bytes, state`.execute(tx.db);
  return rows[0];
}

/** Says that this worker is alive and still at it; nothing when another one has taken the file over, or it has been sent. */
export async function extendFile(tx: Transaction, fileId: bigint, fence: bigint, until: Date): Promise<void> {
  await tx.db
    .updateTable("transfer_files")
    .set({ fence_until: until.toISOString() })
    .where("id", "=", fileId)
    .where("fence", "=", fence)
    .where("state", "in", UNDER_WAY)
    .where("fence_until", "is not", null)
    .execute();
}

/** FENCE_LOST when another worker took the file over meanwhile, or it is not waiting to be begun any more. */
export async function assertHeld(
  tx: Transaction,
  file: Pick<FileUnderWay, "id" | "messageId">,
  fence: bigint,
): Promise<void> {
  const { numUpdatedRows } = await tx.db
    .updateTable("transfer_files")
    .set({ fence })
    .where("id", "=", file.id)
    .where("fence", "=", fence)
    .where("state", "=", "APPROVED")
    .executeTakeFirstOrThrow();
  if (numUpdatedRows !== 1n) throw fenceLost(file, "seal", fence);
}

/** Moves a file one event on, if this worker still holds it: FENCE_LOST when another took it over meanwhile. */
export async function moveFile(
  tx: Transaction,
  file: Pick<FileUnderWay, "id" | "messageId">,
  fence: bigint,
  event: TransferFileEvent,
  to: TransferFileState,
  now: Date,
): Promise<void> {
  const { numUpdatedRows } = await tx.db
    .updateTable("transfer_files")
    .set({ state: to, changed_at: now.toISOString() })
    .where("id", "=", file.id)
    .where("fence", "=", fence)
    .where("state", "in", statesAccepting(TRANSFER_FILE_LIFECYCLE, event))
    .executeTakeFirstOrThrow();
  if (numUpdatedRows !== 1n) throw fenceLost(file, event, fence);
}

function fenceLost({ messageId }: Pick<FileUnderWay, "messageId">, event: string, fence: bigint): RemitError {
  return new RemitError("FENCE_LOST", {
    where: `file ${messageId}, ${event}`,
    found: "another worker's fence or another state",
    expected: `fence ${fence}`,
  });
}

/** Ends the hand-off: the fence is free, and from now on the bank's answers are expected by `answerBy`. */
export async function markSent(tx: Transaction, fileId: bigint, now: Date, answerBy: Date | undefined): Promise<void> {
  await tx.db
    .updateTable("transfer_files")
    .set({
      sent_at: now.toISOString(),
      answer_by: answerBy?.toISOString() ?? null,
      fence_owner: null,
      fence_until: null,
    })
    .where("id", "=", fileId)
    .execute();
}

/** After a failure the next attempt need not wait for the fence to run out. */
export async function releaseFile(tx: Transaction, fileId: bigint, fence: bigint): Promise<void> {
  await tx.db
    .updateTable("transfer_files")
    .set({ fence_owner: null, fence_until: null })
    .where("id", "=", fileId)
    .where("fence", "=", fence)
    .execute();
}
