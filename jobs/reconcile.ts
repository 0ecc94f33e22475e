/** The job that matches the ledger, the transfers and the bank's entries. */
import { reconcile } from "../src/app/reconcile.ts";
import type { RunJob } from "./job.ts";

export const run: RunJob = (context, { businessDate }) => reconcile(context, businessDate);
