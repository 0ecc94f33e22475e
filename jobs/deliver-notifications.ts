/** The job that empties the outbox to the marketplaces. */
import type { RunJob } from "./job.ts";

export const deliverNotificationsJob: RunJob = async (context, { businessDate }) => {
  const { deliverNotifications } = await import("../src/app/deliver-notifications.ts");
  return deliverNotifications(context, businessDate);
};
