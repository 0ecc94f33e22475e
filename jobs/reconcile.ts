/** The job that matches the ledger, the transfers and the bank's entries. */
import type { RunJob } from "./job.ts";

export const reconcileJob: RunJob = async (context, { businessDate }) => {
  const { reconcile } = await import("../src/app/reconcile.ts");
  return reconcile(context, businessDate);
};
