/** The job that fetches and applies what the bank answers. */
import type { RunJob } from "./job.ts";

export const collectFilesJob: RunJob = async (context, { businessDate }) => {
  const { collectFiles } = await import("../src/app/collect-files.ts");
  return collectFiles(context, businessDate);
};
