/** The job that fetches and applies what the bank answers. */
import { collectFiles } from "../src/app/collect-files.ts";
import type { RunJob } from "./job.ts";

export const run: RunJob = (context, { businessDate }) => collectFiles(context, businessDate);
