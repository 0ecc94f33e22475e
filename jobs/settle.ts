/** The job that turns what sellers are owed into transfers or holds. */
import { settle } from "../src/app/settle.ts";
import type { RunJob } from "./job.ts";

export const settleJob: RunJob = (context, { businessDate }) => settle(context, businessDate);
