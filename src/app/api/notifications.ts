/** What a marketplace was told, and each attempt to tell it: its delivery log. */
import { attemptsOf, notificationByRef, notificationsLike } from "../../store/listings/notifications.ts";
import type { Queries } from "../../store/store.ts";
import type { Context } from "../context.ts";
import { filterOf, notFound, type PageRequest, pageOf } from "./page.ts";

export async function pageOfNotifications(
  { store: { db } }: Pick<Context, "store">,
  marketplace: string,
  page: PageRequest,
) {
  const idOf = async (ref: string) => (await ownNotification(db, marketplace, ref))?.id;
  const rows = await notificationsLike(db, await filterOf(marketplace, page, idOf));
  return pageOf(rows, page, ({ ref }) => ref, summaryOf);
}

async function ownNotification(db: Queries, marketplace: string, ref: string) {
  const row = await notificationByRef(db, ref);
  return row?.marketplace === marketplace ? row : undefined;
}

type NotificationRow = Awaited<ReturnType<typeof notificationsLike>>[number];

function summaryOf(row: NotificationRow) {
  return {
    id: row.ref,
    endpoint: row.endpoint,
    kind: row.object_kind,
    ref: row.object_ref,
    sequence: Number(row.sequence),
    status: row.status,
    detail: row.detail,
    occurredAt: row.changed_at,
    state: row.state,
    attempts: Number(row.attempts),
    nextAttemptAt: row.state === "PENDING" ? row.next_attempt_at : null,
  };
}

/** NOT_FOUND also for another marketplace's notification. */
export async function notificationOf({ store: { db } }: Pick<Context, "store">, marketplace: string, ref: string) {
  const row = await ownNotification(db, marketplace, ref);
  if (row === undefined) throw notFound("notification", ref);
  const attempts = await attemptsOf(db, row.id);
  return {
    ...summaryOf(row),
    deliveries: attempts.map(({ attempt, outcome, http_status, error, duration_ms, attempted_at }) => ({
      attempt: Number(attempt),
      outcome,
      httpStatus: http_status === null ? null : Number(http_status),
      error,
      durationMs: Number(duration_ms),
      attemptedAt: attempted_at,
    })),
  };
}
