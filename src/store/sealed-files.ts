/** What a file was sealed into for its bank: made once, kept beside the bytes that finance approved. */
import type { Queries, Transaction } from "./store.ts";

export interface Sealed {
  readonly bytes: Uint8Array;
  /** Lower-case hex. */
  readonly sha256: string;
}

export function sealedOf(db: Queries, fileId: bigint): Promise<Sealed | undefined> {
  return db.selectFrom("sealed_files").select(["bytes", "sha256"]).where("file_id", "=", fileId).executeTakeFirst();
}

/** The table takes no second row for a file, and changes none. */
export async function keepSealed(tx: Transaction, fileId: bigint, sealed: Sealed, now: Date): Promise<void> {
  await tx.db
    .insertInto("sealed_files")
    .values({ file_id: fileId, ...sealed, sealed_at: now.toISOString() })
    .execute();
}

/** A file with its bytes, plain and sealed. */
export function outgoingFile(db: Queries, messageId: string) {
  return db
    .selectFrom("transfer_files")
    .leftJoin("sealed_files", "sealed_files.file_id", "transfer_files.id")
    .select(["remote_name", "bank_profile", "transfer_files.bytes", "transfer_files.sha256"])
    .select(["sealed_files.bytes as sealed_bytes", "sealed_files.sha256 as sealed_sha256"])
    .where("message_id", "=", messageId)
    .executeTakeFirst();
}
