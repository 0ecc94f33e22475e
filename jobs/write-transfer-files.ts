/** The job that freezes transfers into validated pain.001 files. */
import { writeTransferFiles } from "../src/app/write-transfer-files.ts";
import type { RunJob } from "./job.ts";

export const run: RunJob = (context, { businessDate }) => writeTransferFiles(context, businessDate);
