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
  const record = runRecord(context, request);
  if (request.recordIdle !== false) await record.begin();
  try {
    const report = await run(context, businessDate);
    if (!record.begun() && isIdle(report)) return report;
    const durationMs = await record.end("SUCCEEDED", report);
    const findings = report.findings.length;
    context.log.info({ job, businessDate, durationMs, counts: jsonCounts(report), findings }, "job done");
    return report;
  } catch (error) {
    const findings = findingsOf(error);
    context.log.error({ job, businessDate, findings }, "job failed");
    await record.end("FAILED", { counts: {}, findings }).catch((unrecorded: unknown) => {
      // The first error is the one to tell: the store that does not take the record is often its cause.
      context.log.error({ job, businessDate, error: String(unrecorded) }, "the failure could not be recorded");
    });
    throw error;
  }
}

interface RunRecord {
  begin(): Promise<bigint>;
  begun(): boolean;
  /** Begins it first where that was not done; answers the duration in milliseconds. */
  end(state: "SUCCEEDED" | "FAILED", report: JobReport): Promise<number>;
}

function runRecord(context: Context, { job, businessDate, slot = "by-hand" }: JobRequest): RunRecord {
  const started = performance.now();
  const run = { job, businessDate, slot, actor: context.actor, startedAt: context.clock().toISOString() };
  let id: bigint | undefined;
  const begin = async () => {
    id = await context.store.write((tx) => beginJobRun(tx, run));
    return id;
  };
  return {
    begin,
    begun: () => id !== undefined,
    end: async (state, { counts, findings }) => {
      const durationMs = Math.round(performance.now() - started);
      const runId = id ?? (await begin());
      const finishedAt = context.clock().toISOString();
      const end = { state, finishedAt, durationMs, counts: jsonText(counts), findings: jsonText(findings) };
      await context.store.write((tx) => endJobRun(tx, runId, end));
      return durationMs;
    },
  };
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
