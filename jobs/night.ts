/** Runs the night in order in this process: what cron does on one machine without Redis. */
import type { Context } from "../src/app/context.ts";
import { findingsOf, runJob } from "../src/app/run-job.ts";
import type { Finding } from "../src/domain/finding.ts";
import { jobNamed, NIGHT } from "./schedule.ts";

export interface NightEntry {
  readonly job: string;
  readonly state: "SUCCEEDED" | "FAILED" | "NOT_RUN";
  readonly counts: Readonly<Record<string, number | bigint | string>>;
  readonly findings: readonly Finding[];
}

/**
 * One entry for each job. A job that fails does not stop those that can do without it (a bank that is down must not
 * keep the reports back), but a job is not run when one that it needs has failed.
 */
export async function runNight(
  context: Context,
  businessDate: string,
  before: (job: string) => void = () => undefined,
): Promise<readonly NightEntry[]> {
  const entries: NightEntry[] = [];
  for (const job of NIGHT) {
    before(job);
    entries.push(await runOne(context, businessDate, job, entries));
  }
  return entries;
}

async function runOne(
  context: Context,
  businessDate: string,
  job: (typeof NIGHT)[number],
  earlier: readonly NightEntry[],
): Promise<NightEntry> {
  const row = jobNamed(job);
  if (row === undefined) throw new Error(`${job} is not in the schedule`);
  const missing = row.needs?.filter((need) =>
    earlier.some((entry) => entry.job === need && entry.state !== "SUCCEEDED"),
  );
  if (missing !== undefined && missing.length > 0) {
    const finding = {
      code: "NEEDS_FAILED",
      where: job,
      found: `${missing.join(", ")} failed`,
      expected: "it to succeed first",
    };
    return { job, state: "NOT_RUN", counts: {}, findings: [finding] };
  }
  try {
    const run = (ctx: Context, date: string) => row.run(ctx, { businessDate: date });
    const { counts, findings } = await runJob(context, { job, run, businessDate });
    return { job, state: "SUCCEEDED", counts, findings };
  } catch (error) {
    return { job, state: "FAILED", counts: {}, findings: findingsOf(error) };
  }
}
