/** Inbound files as people look at them, without their bytes. */
import type { Queries } from "../store.ts";
import type { ListFilter } from "./listing.ts";

const COLUMNS = [
  "id",
  "bank",
  "remote_name",
  "sha256",
  "size",
  "kind",
  "message_id",
  "state",
  "duplicate_of",
  "findings",
  "archived_as",
  "received_at",
  "applied_at",
] as const;

/** By the banks of a marketplace, since a mailbox may serve several; `date` is the day (UTC) the file was received. */
export function inboundLike(db: Queries, filter: ListFilter) {
  const { marketplace, state, date } = filter;
  let query = db.selectFrom("inbound_files").select(COLUMNS).orderBy("id", "desc").limit(filter.limit);
  if (marketplace !== undefined) {
    query = query.where("bank", "in", (of) =>
      of.selectFrom("marketplaces").select("bank").where("ref", "=", marketplace),
    );
  }
  if (state !== undefined) query = query.where("state", "in", [state as "RECEIVED"]);
  if (date !== undefined) query = query.where("received_at", ">=", date).where("received_at", "<", `${date}U`);
  return query.execute();
}

export function inboundById(db: Queries, id: bigint) {
  return db.selectFrom("inbound_files").select(COLUMNS).where("id", "=", id).executeTakeFirst();
}
