/** The job that turns what sellers are owed into transfers or holds. */
import type { RunJob } from "./job.ts";

export const settleJob: RunJob = async (context, { businessDate }) => {
  const { settle } = await import("../src/app/settle.ts");
  return settle(context, businessDate);
};
