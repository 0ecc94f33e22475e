/** The job that empties the outbox to the marketplaces. */
import { deliverNotifications } from "../src/app/deliver-notifications.ts";
import type { RunJob } from "./job.ts";

export const run: RunJob = (context, { businessDate }) => deliverNotifications(context, businessDate);
