/** Shows one notification: what was told to whom, and each attempt to deliver it. */
import { RemitError } from "../domain/errors.ts";
import { attemptsOf, notificationByRef } from "../store/listings/notifications.ts";
import type { Context } from "./context.ts";
import { summaryOfNotification } from "./list-notifications.ts";

/** By its ref; NOT_FOUND when there is none. */
export async function showNotification({ store: { db } }: Pick<Context, "store">, ref: string) {
  const row = await notificationByRef(db, ref);
  if (row === undefined) {
    throw new RemitError("NOT_FOUND", { where: "notification", found: ref, expected: "the ref of a notification" });
  }
  const attempts = await attemptsOf(db, row.id);
  return {
    ...summaryOfNotification(row),
    detail: row.detail,
    changedAt: row.changed_at,
    url: row.url,
    log: attempts.map(({ attempt, outcome, http_status, error, duration_ms, attempted_at }) => ({
      attempt: Number(attempt),
      at: attempted_at,
      outcome,
      httpStatus: http_status === null ? null : Number(http_status),
      error,
      durationMs: Number(duration_ms),
    })),
  };
}
