/** What the bank's answers do to a transfer file. */
import { fileProgress } from "../domain/file-progress.ts";
import { TRANSFER_FILE_LIFECYCLE, type TransferFileState } from "../domain/transfer-file.ts";
import type { Queries, Transaction } from "./store.ts";
import { type AnsweredTransfer, statesOfFile, transfersWithStanding } from "./transfer-standings.ts";

export interface AnsweredFile {
  readonly id: bigint;
  readonly marketplaceId: bigint;
  readonly messageId: string;
  readonly state: TransferFileState;
  readonly transfers: readonly AnsweredTransfer[];
}

/** The file that was handed to this bank under a MsgId, with its transfers; undefined when no such file ever was. */
export async function answeredFile(db: Queries, bank: string, messageId: string): Promise<AnsweredFile | undefined> {
  const row = await db
    .selectFrom("transfer_files")
    .select(["id", "marketplace_id", "message_id", "state"])
    .where("bank", "=", bank)
    .where("message_id", "=", messageId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    id: row.id,
    marketplaceId: row.marketplace_id,
    messageId: row.message_id,
    state: row.state as TransferFileState,
    transfers: await transfersWithStanding(db, row.id),
  };
}

/**
 * Whether the bank can know of the file: `no` before anything was published, `perhaps` while a rename is under way (the
 * hand-off is finished first), `yes` from then on.
 */
export function wasHandedOver(state: TransferFileState): "no" | "perhaps" | "yes" {
  if (state === "RENAMING") return "perhaps";
  return "accept" in TRANSFER_FILE_LIFECYCLE[state] || state === "REJECTED" || state === "COMPLETED" ? "yes" : "no";
}

/** Brings a file's state in line with its transfers and notes that the bank has answered. */
export async function refreshFile(tx: Transaction, fileId: bigint, answered: boolean, now: Date): Promise<void> {
  const row = await tx.db
    .selectFrom("transfer_files")
    .select(["state", "answered_at"])
    .where("id", "=", fileId)
    .executeTakeFirstOrThrow();
  const before = row.state as TransferFileState;
  const progress = fileProgress(await statesOfFile(tx.db, fileId)) ?? (answered ? "ACKNOWLEDGED" : undefined);
  const moves: readonly string[] = Object.values(TRANSFER_FILE_LIFECYCLE[before]);
  const state = progress !== undefined && moves.includes(progress) ? progress : before;
  await tx.db
    .updateTable("transfer_files")
    .set({
      state,
      answered_at: answered ? (row.answered_at ?? now.toISOString()) : row.answered_at,
      changed_at: now.toISOString(),
    })
    .where("id", "=", fileId)
    .where("state", "=", before)
    .execute();
}
