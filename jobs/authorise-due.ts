/** The job that asks the gateway, one day ahead, for authorisations that are due. */
import type { RunJob } from "./job.ts";

export const authoriseDueJob: RunJob = async (context, { businessDate }) => {
  const { authoriseDue } = await import("../src/app/authorise-due.ts");
  return authoriseDue(context, businessDate);
};
