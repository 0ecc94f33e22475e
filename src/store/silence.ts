/** Files that their bank should have answered by now. */
import { statesAccepting } from "../domain/lifecycle.ts";
import { TRANSFER_FILE_LIFECYCLE } from "../domain/transfer-file.ts";
import type { Queries, Transaction } from "./store.ts";
import { expectAll } from "./transfers.ts";

export async function silentFiles(db: Queries, marketplaceId: bigint, now: Date) {
  return db
    .selectFrom("transfer_files")
    .select(["id", "message_id", "answer_by", "transfer_sum", "currency"])
    .where("marketplace_id", "=", marketplaceId)
    .where("state", "in", statesAccepting(TRANSFER_FILE_LIFECYCLE, "silence"))
    .where("answered_at", "is", null)
    .where("answer_by", "<", now.toISOString())
    .orderBy("id")
    .execute();
}

export async function markNeverHeardBack(tx: Transaction, ids: readonly bigint[], now: Date): Promise<void> {
  if (ids.length === 0) return;
  const { numUpdatedRows } = await tx.db
    .updateTable("transfer_files")
    .set({ state: "NEVER_HEARD_BACK", changed_at: now.toISOString() })
    .where("id", "in", ids)
    .where("state", "in", statesAccepting(TRANSFER_FILE_LIFECYCLE, "silence"))
    .executeTakeFirstOrThrow();
  expectAll("files that were never answered", numUpdatedRows, ids.length);
}

/** When the first file of a marketplace was handed to its bank; undefined before that. */
export async function firstSentAt(db: Queries, marketplaceId: bigint): Promise<Date | undefined> {
  const row = await db
    .selectFrom("transfer_files")
    .select(({ fn }) => fn.min<string | null>("sent_at").as("first"))
    .where("marketplace_id", "=", marketplaceId)
    .executeTakeFirst();
  return row?.first == null ? undefined : new Date(row.first);
}
