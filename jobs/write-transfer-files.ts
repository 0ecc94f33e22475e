/** The job that freezes transfers into validated pain.001 files. */
import type { RunJob } from "./job.ts";

export const writeTransferFilesJob: RunJob = async (context, { businessDate }) => {
  const { writeTransferFiles } = await import("../src/app/write-transfer-files.ts");
  return writeTransferFiles(context, businessDate);
};
