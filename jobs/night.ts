/** Runs the night in order in this process: what cron does on one machine without Redis. */
import type { Context } from "../src/app/context.ts";
import { findingsOf, runJob } from "../src/app/run-job.ts";
import type { ScheduleRow } from "../src/app/schedule-row.ts";
import type { Finding } from "../src/domain/finding.ts";
import { jobNamed, NIGHT } from "./schedule.ts";

export interface NightEntry {
  readonly job: string;
  readonly state: "SUCCEEDED" | "FAILED" | "NOT_RUN";
  readonly counts: Readonly<Record<string, number | bigint | string>>;
  readonly findings: readonly Finding[];
}

export interface NightOptions {
  /** Told of each job before it runs. */
  readonly before?: (job: string) => void;
  /** In order; the jobs of the schedule when absent. */
  readonly rows?: readonly ScheduleRow[];
}

/**
 * One entry for each job. A job that fails does not stop those that can do without it (a bank that is down must not
 * keep the reports back), but a job is not run when one that it needs has failed.
 */
export async function runNight(
  context: Context,
  businessDate: string,
  { before = () => undefined, rows = NIGHT.flatMap((job) => jobNamed(job) ?? []) }: NightOptions = {},
): Promise<readonly NightEntry[]> {
  const entries: NightEntry[] = [];
  for (const row of rows) {
    before(row.job);
    entries.push(await runOne(context, businessDate, row, entries));
  }
  return entries;
}

async function runOne(
  context: Context,
  businessDate: string,
  { job, run, needs = [] }: ScheduleRow,
  earlier: readonly NightEntry[],
): Promise<NightEntry> {
  const missing = needs.filter((need) => earlier.some((entry) => entry.job === need && entry.state !== "SUCCEEDED"));
  if (missing.length > 0) {
    const found = `${missing.join(", ")} did not succeed`;
    const finding = { code: "NEEDS_FAILED", where: job, found, expected: "what it needs to succeed first" };
    return { job, state: "NOT_RUN", counts: {}, findings: [finding] };
  }
  try {
    const { counts, findings } = await runJob(context, {
      job,
      run: (ctx, date) => run(ctx, { businessDate: date }),
      businessDate,
    });
    return { job, state: "SUCCEEDED", counts, findings };
  } catch (error) {
    return { job, state: "FAILED", counts: {}, findings: findingsOf(error) };
  }
}
