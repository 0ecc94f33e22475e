/** Transfer files as people look at them, without their bytes. */
import type { Queries } from "../store.ts";
import type { ListFilter } from "./listing.ts";

const withNames = (db: Queries) =>
  db
    .selectFrom("transfer_files")
    .innerJoin("marketplaces", "marketplaces.id", "transfer_files.marketplace_id")
    .select([
      "transfer_files.id",
      "transfer_files.message_id",
      "transfer_files.bank",
      "transfer_files.bank_profile",
      "transfer_files.remote_name",
      "transfer_files.currency",
      "transfer_files.transfer_count",
      "transfer_files.transfer_sum",
      "transfer_files.execution_date",
      "transfer_files.business_date",
      "transfer_files.sha256",
      "transfer_files.state",
      "transfer_files.made_by",
      "transfer_files.made_at",
      "transfer_files.decided_by",
      "transfer_files.decided_at",
      "transfer_files.decision_reason",
      "transfer_files.sent_at",
      "transfer_files.answer_by",
      "transfer_files.answered_at",
      "transfer_files.bank_status",
      "marketplaces.ref as marketplace",
    ]);

export function transferFilesLike(db: Queries, filter: ListFilter) {
  let query = withNames(db).orderBy("transfer_files.id", "desc").limit(filter.limit);
  if (filter.marketplace !== undefined) query = query.where("marketplaces.ref", "=", filter.marketplace);
  if (filter.state !== undefined) query = query.where("transfer_files.state", "=", filter.state);
  if (filter.date !== undefined) query = query.where("transfer_files.business_date", "=", filter.date);
  return query.execute();
}

export function transferFileByMessageId(db: Queries, messageId: string) {
  return withNames(db).where("transfer_files.message_id", "=", messageId).executeTakeFirst();
}

/** How many transfers of a file are in which state, and their sum. */
export function transferStatesOfFile(db: Queries, fileId: bigint) {
  return db
    .selectFrom("transfers")
    .select(({ fn, cast }) => [
      "state",
      cast<bigint>(fn.countAll(), "bigint").as("count"),
      cast<bigint>(fn.sum("amount"), "bigint").as("sum"),
    ])
    .where("file_id", "=", fileId)
    .groupBy("state")
    .orderBy("state")
    .execute();
}
