/** The job that asks the gateway, one day ahead, for authorisations that are due. */
import { authoriseDue } from "../src/app/authorise-due.ts";
import type { RunJob } from "./job.ts";

export const run: RunJob = (context, { businessDate }) => authoriseDue(context, businessDate);
