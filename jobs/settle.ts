/** The job that turns what sellers are owed into transfers or holds, and shows that every cent is in one place. */
import { withProofs } from "../src/app/report-proofs.ts";
import { settle } from "../src/app/settle.ts";
import type { RunJob } from "./job.ts";

export const run: RunJob = async (context, { businessDate }) =>
  withProofs(context.store.db, businessDate, await settle(context, businessDate));
