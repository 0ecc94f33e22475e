/** The job that checks every invariant of the books. */
import type { RunJob } from "./job.ts";

export const verifyBooksJob: RunJob = async (context, { businessDate }) => {
  const { verifyBooks } = await import("../src/app/verify-books.ts");
  return verifyBooks(context, businessDate);
};
