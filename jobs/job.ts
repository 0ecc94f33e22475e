/** What a job of the schedule is: its data, and the function from that data to one use case. */
import type { Context, JobReport } from "../src/app/context.ts";

export interface JobData {
  /** `YYYY-MM-DD` in the operator's zone. */
  readonly businessDate: string;
}

export type RunJob = (context: Context, data: JobData) => Promise<JobReport>;
