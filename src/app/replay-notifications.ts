/** Sends notifications again that a marketplace has lost or missed: under the same id, as a further attempt. */
import { RemitError } from "../domain/errors.ts";
import { recordAudit } from "../store/audit-log.ts";
import { notificationByRef } from "../store/listings/notifications.ts";
import { type ReplayRange, replayOne, replayRange } from "../store/replays.ts";
import type { Context } from "./context.ts";

type ReplayContext = Pick<Context, "store" | "clock" | "actor">;

/** Makes one notification due now. NOT_FOUND; TRANSITION_REFUSED while its endpoint is disabled or it is just being sent. */
export async function replayNotification({ store, clock, actor }: ReplayContext, ref: string): Promise<void> {
  const now = clock();
  if ((await notificationByRef(store.db, ref)) === undefined) {
    throw new RemitError("NOT_FOUND", { where: "notification", found: ref, expected: "the ref of a notification" });
  }
  await store.write(async (tx) => {
    if (!(await replayOne(tx, ref, now))) {
      throw new RemitError("TRANSITION_REFUSED", {
        where: `notification ${ref}`,
        found: "a disabled endpoint, or a delivery under way",
        expected: "an active endpoint and no delivery under way",
      });
    }
    await recordAudit(tx, { actor, action: "replay", subject: `notification ${ref}`, now });
  });
}

/** Makes all notifications of changes in a time range due now; answers how many. INPUT_INVALID when the range is empty. */
export async function replayNotifications(
  { store, clock, actor }: ReplayContext,
  { states = ["DELIVERED", "FAILED", "PENDING"], ...range }: Omit<ReplayRange, "states"> & Partial<ReplayRange>,
): Promise<{ readonly replayed: number }> {
  const now = clock();
  const { marketplace, endpoint, from, to } = range;
  const span = `${from.toISOString()} to ${to.toISOString()}`;
  if (from >= to)
    throw new RemitError("INPUT_INVALID", { where: "range", found: span, expected: "an end after its start" });
  return store.write(async (tx) => {
    const replayed = await replayRange(tx, { ...range, states }, now);
    const subject = `notifications of ${marketplace}${endpoint === undefined ? "" : `, endpoint ${endpoint}`}`;
    await recordAudit(tx, { actor, action: "replay", subject, detail: `${span}, ${states.join()}: ${replayed}`, now });
    return { replayed };
  });
}
