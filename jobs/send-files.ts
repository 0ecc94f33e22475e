/** The job that hands approved files to the bank, exactly once. */
import { sendFiles } from "../src/app/send-files.ts";
import type { RunJob } from "./job.ts";

export const run: RunJob = (context, { businessDate }) => sendFiles(context, businessDate);
