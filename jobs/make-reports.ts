/** The job that writes the reports of the day. */
import { makeReports } from "../src/app/make-reports.ts";
import type { RunJob } from "./job.ts";

export const run: RunJob = (context, { businessDate }) => makeReports(context, businessDate);
