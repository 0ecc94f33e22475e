/** The job that captures what is due or would lapse. */
import { sweepCaptures } from "../src/app/sweep-captures.ts";
import type { RunJob } from "./job.ts";

export const run: RunJob = (context, { businessDate }) => sweepCaptures(context, businessDate);
