/** The job that hands approved files to the bank, exactly once. */
import type { RunJob } from "./job.ts";

export const sendFilesJob: RunJob = async (context, { businessDate }) => {
  const { sendFiles } = await import("../src/app/send-files.ts");
  return sendFiles(context, businessDate);
};
