/** Exceptions as people look at them: what finance must clear. */
import type { Queries } from "../store.ts";
import type { ListFilter } from "./listing.ts";

const withNames = (db: Queries) =>
  db
    .selectFrom("exceptions")
    .leftJoin("marketplaces", "marketplaces.id", "exceptions.marketplace_id")
    .selectAll("exceptions")
    .select("marketplaces.ref as marketplace");

export function exceptionsLike(db: Queries, filter: ListFilter) {
  let query = withNames(db).orderBy("exceptions.id", "desc").limit(filter.limit);
  if (filter.marketplace !== undefined) query = query.where("marketplaces.ref", "=", filter.marketplace);
  if (filter.state !== undefined) query = query.where("exceptions.state", "in", [filter.state as "OPEN"]);
  if (filter.date !== undefined) query = query.where("exceptions.opened_on", "=", filter.date);
  return query.execute();
}

export function exceptionById(db: Queries, id: bigint) {
  return withNames(db).where("exceptions.id", "=", id).executeTakeFirst();
}
