/** The job that checks every invariant of the books. */
import { verifyBooks } from "../src/app/verify-books.ts";
import type { RunJob } from "./job.ts";

export const run: RunJob = (context, { businessDate }) => verifyBooks(context, businessDate);
