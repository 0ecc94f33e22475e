/** Runs one job and leaves a run record: counts and sums, duration, findings, who ran it. */
import { performance } from "node:perf_hooks";
import { RemitError } from "../domain/errors.ts";
import type { Finding } from "../domain/finding.ts";
import { beginJobRun, endJobRun } from "../store/job-runs.ts";
import type { Context, Job, JobReport } from "./context.ts";
import { jsonText } from "./json-text.ts";

export interface JobRequest {
  readonly job: string;
  readonly run: Job;
  readonly businessDate: string;
  /** Which of the runs that are due on that date; `by-hand` when a person asked for it. */
  readonly slot?: string;
  /** A job that is asked for every few seconds leaves a record only when it did something. */
  readonly recordIdle?: boolean;
}

/** What runs in this process now; a second one of the same job and date would only get in its way. */
const running = new Set<string>();

/** The job's report. Its error is recorded and thrown again; STORE_CONFLICT when the same job and date runs here already. */
export async function runJob(context: Context, request: JobRequest): Promise<JobReport> {
  const { job, businessDate } = request;
  const key = `${job} ${businessDate}`;
  if (running.has(key)) {
    throw new RemitError("STORE_CONFLICT", { where: key, found: "running already", expected: "one run at a time" });
  }
  running.add(key);
  try {
    return await recorded(context, request);
  } finally {
    running.delete(key);
  }
}

async function recorded(context: Context, request: JobRequest): Promise<JobReport> {
  const { job, run, businessDate } = request;
  const startedAt = context.clock();
  const started = performance.now();
  const begin = () => beginRun(context, request, startedAt);
  let id = request.recordIdle === false ? undefined : await begin();
  const end = async (state: "SUCCEEDED" | "FAILED", { counts, findings }: JobReport): Promise<number> => {
    const durationMs = Math.round(performance.now() - started);
    const runId = id ?? (await begin());
    id = runId;
    await context.store.write((tx) =>
      endJobRun(tx, runId, {
        state,
        finishedAt: context.clock().toISOString(),
        durationMs,
        counts: jsonText(counts),
        findings: jsonText(findings),
      }),
    );
    return durationMs;
  };
  try {
    const report = await run(context, businessDate);
    if (id === undefined && isIdle(report)) return report;
    const durationMs = await end("SUCCEEDED", report);
    context.log.info(
      { job, businessDate, durationMs, counts: jsonCounts(report), findings: report.findings.length },
      "job done",
    );
    return report;
  } catch (error) {
    const findings = findingsOf(error);
    context.log.error({ job, businessDate, findings }, "job failed");
    await end("FAILED", { counts: {}, findings });
    throw error;
  }
}

function beginRun(
  context: Context,
  { job, businessDate, slot = "by-hand" }: JobRequest,
  startedAt: Date,
): Promise<bigint> {
  const run = { job, businessDate, slot, actor: context.actor, startedAt: startedAt.toISOString() };
  return context.store.write((tx) => beginJobRun(tx, run));
}

function isIdle({ counts, findings }: JobReport): boolean {
  return findings.length === 0 && Object.values(counts).every((count) => Number(count) === 0);
}

function jsonCounts({ counts }: JobReport): Record<string, unknown> {
  return JSON.parse(jsonText(counts)) as Record<string, unknown>;
}

/** An error as findings: those it carries, or one that says what it is. */
export function findingsOf(error: unknown): readonly Finding[] {
  if (error instanceof RemitError) return error.findings;
  const found = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return [{ code: "UNEXPECTED", where: "program", found, expected: "no such error" }];
}
