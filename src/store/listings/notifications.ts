/** Notifications as people look at them: what each endpoint was told of which change, and every attempt. */
import { addDays } from "../../domain/calendar.ts";
import type { Queries } from "../store.ts";
import type { ListFilter } from "./listing.ts";

const withNames = (db: Queries) =>
  db
    .selectFrom("notifications")
    .innerJoin("endpoints", "endpoints.id", "notifications.endpoint_id")
    .innerJoin("marketplaces", "marketplaces.id", "endpoints.marketplace_id")
    .innerJoin("status_changes", "status_changes.id", "notifications.status_change_id")
    .select(["notifications.id", "notifications.ref", "notifications.state", "notifications.attempts"])
    .select([
      "notifications.next_attempt_at",
      "endpoints.ref as endpoint",
      "endpoints.url",
      "marketplaces.ref as marketplace",
    ])
    .select(["status_changes.object_kind", "status_changes.object_ref", "status_changes.sequence"])
    .select(["status_changes.status", "status_changes.detail", "status_changes.changed_at"]);

export function notificationsLike(db: Queries, filter: ListFilter) {
  let query = withNames(db).orderBy("notifications.id", "desc").limit(filter.limit);
  if (filter.beforeId !== undefined) query = query.where("notifications.id", "<", filter.beforeId);
  if (filter.marketplace !== undefined) query = query.where("marketplaces.ref", "=", filter.marketplace);
  if (filter.state !== undefined) query = query.where("notifications.state", "in", [filter.state as "PENDING"]);
  if (filter.date !== undefined) {
    query = query
      .where("status_changes.changed_at", ">=", filter.date)
      .where("status_changes.changed_at", "<", addDays(filter.date, 1));
  }
  return query.execute();
}

export function notificationByRef(db: Queries, ref: string) {
  return withNames(db).where("notifications.ref", "=", ref).executeTakeFirst();
}

export function attemptsOf(db: Queries, notificationId: bigint) {
  return db
    .selectFrom("delivery_attempts")
    .select(["attempt", "outcome", "http_status", "error", "duration_ms", "attempted_at"])
    .where("notification_id", "=", notificationId)
    .orderBy("attempt")
    .execute();
}
