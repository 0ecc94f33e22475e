/** Lists notifications, newest first. */
import type { ListFilter } from "../store/listings/listing.ts";
import { notificationsLike } from "../store/listings/notifications.ts";
import type { Context } from "./context.ts";

export type NotificationSummary = Awaited<ReturnType<typeof listNotifications>>[number];

export async function listNotifications({ store }: Pick<Context, "store">, filter: ListFilter) {
  return (await notificationsLike(store.db, filter)).map(summaryOfNotification);
}

type NotificationRow = Awaited<ReturnType<typeof notificationsLike>>[number];

export function summaryOfNotification(row: NotificationRow) {
  return {
    ref: row.ref,
    marketplace: row.marketplace,
    endpoint: row.endpoint,
    object: `${row.object_kind} ${row.object_ref}`,
    sequence: Number(row.sequence),
    status: row.status,
    state: row.state,
    attempts: Number(row.attempts),
    nextAttemptAt: row.state === "PENDING" ? row.next_attempt_at : null,
  };
}
