/** The job that captures what is due or would lapse. */
import type { RunJob } from "./job.ts";

export const sweepCapturesJob: RunJob = async (context, { businessDate }) => {
  const { sweepCaptures } = await import("../src/app/sweep-captures.ts");
  return sweepCaptures(context, businessDate);
};
