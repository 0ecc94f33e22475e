/** The job that writes the reports of the day. */
import type { RunJob } from "./job.ts";

export const makeReportsJob: RunJob = async (context, { businessDate }) => {
  const { makeReports } = await import("../src/app/make-reports.ts");
  return makeReports(context, businessDate);
};
