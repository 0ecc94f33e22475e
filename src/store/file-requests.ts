/** What people ask for by hand on a transfer file: one asks, another confirms, and the table itself refuses the same person. */
import { RemitError } from "../domain/errors.ts";
import { statesAccepting } from "../domain/lifecycle.ts";
import { TRANSFER_FILE_LIFECYCLE, type TransferFileEvent, type TransferFileState } from "../domain/transfer-file.ts";
import type { FileRequestRow } from "./rows/hand-off-rows.ts";
import type { Queries, Transaction } from "./store.ts";

export type ByHandKind = FileRequestRow["kind"];

export async function openRequest(db: Queries, fileId: bigint): Promise<FileRequestRow | undefined> {
  return db
    .selectFrom("file_requests")
    .selectAll()
    .where("file_id", "=", fileId)
    .where("state", "=", "ASKED")
    .executeTakeFirst();
}

export async function requestsOfFile(db: Queries, fileId: bigint): Promise<readonly FileRequestRow[]> {
  return db.selectFrom("file_requests").selectAll().where("file_id", "=", fileId).orderBy("id").execute();
}

/** Answers false when somebody else's request on this file is open. */
export async function askByHand(
  tx: Transaction,
  request: Pick<FileRequestRow, "file_id" | "kind" | "reason" | "asked_by"> & { readonly now: Date },
): Promise<boolean> {
  const { now, ...asked } = request;
  const id = await tx.reserveIds("file_requests", 1);
  const { numInsertedOrUpdatedRows } = await tx.db
    .insertInto("file_requests")
    .values({ id, ...asked, asked_at: now.toISOString(), state: "ASKED", confirmed_by: null, confirmed_at: null })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** STORE_CONFLICT when it was confirmed or dropped meanwhile. `by` is the second person; absent: it is dropped. */
export async function endRequest(tx: Transaction, id: bigint, now: Date, by?: string): Promise<void> {
  const { numUpdatedRows } = await tx.db
    .updateTable("file_requests")
    .set(
      by === undefined
        ? { state: "DROPPED" }
        : { state: "CONFIRMED", confirmed_by: by, confirmed_at: now.toISOString() },
    )
    .where("id", "=", id)
    .where("state", "=", "ASKED")
    .executeTakeFirstOrThrow();
  if (numUpdatedRows !== 1n) conflict(`request ${id}`, "one that is open no more");
}

/**
 * Moves a file by a person's word and takes it from any worker that holds it: his fence is gone, so that he stops before
 * his next step. STORE_CONFLICT when the file is in another state by now.
 */
export async function moveByHand(
  tx: Transaction,
  move: {
    readonly fileId: bigint;
    readonly event: TransferFileEvent;
    readonly to: TransferFileState;
    readonly now: Date;
  },
): Promise<void> {
  const { numUpdatedRows } = await tx.db
    .updateTable("transfer_files")
    .set(({ eb }) => ({
      state: move.to,
      fence: eb("fence", "+", 1n),
      fence_owner: null,
      fence_until: null,
      changed_at: move.now.toISOString(),
    }))
    .where("id", "=", move.fileId)
    .where("state", "in", statesAccepting(TRANSFER_FILE_LIFECYCLE, move.event))
    .executeTakeFirstOrThrow();
  if (numUpdatedRows !== 1n) conflict(`file, ${move.event}`, "another state");
}

function conflict(where: string, found: string): never {
  throw new RemitError("STORE_CONFLICT", { where, found, expected: "what was read a moment ago" });
}
