/** Run records: one row for each run of a job, written when it begins and completed when it ends. */
import type { Transaction } from "./store.ts";

export interface NewJobRun {
  readonly job: string;
  readonly businessDate: string;
  readonly slot: string;
  readonly actor: string;
  readonly startedAt: string;
}

export interface JobRunEnd {
  readonly state: "SUCCEEDED" | "FAILED";
  readonly finishedAt: string;
  readonly durationMs: number;
  /** JSON text. */
  readonly counts: string;
  /** JSON text. */
  readonly findings: string;
}

/** The id of the new record. What an earlier process left RUNNING for the same slot is closed as interrupted. */
export async function beginJobRun(tx: Transaction, run: NewJobRun): Promise<bigint> {
  await tx.db
    .updateTable("job_runs")
    .set({ state: "FAILED", finished_at: run.startedAt, findings: INTERRUPTED })
    .where("job", "=", run.job)
    .where("business_date", "=", run.businessDate)
    .where("slot", "=", run.slot)
    .where("state", "=", "RUNNING")
    .execute();
  const id = await tx.reserveIds("job_runs", 1);
  await tx.insertMany(
    "job_runs",
    ["id", "job", "business_date", "slot", "state", "actor", "started_at"],
    [[id, run.job, run.businessDate, run.slot, "RUNNING", run.actor, run.startedAt]],
  );
  return id;
}

const INTERRUPTED = JSON.stringify([
  { code: "INTERRUPTED", where: "job run", found: "no end of it", expected: "its process to live until the end" },
]);

/** Not guarded by the state: how a run really ended overrules that it was taken for interrupted. */
export async function endJobRun(tx: Transaction, id: bigint, end: JobRunEnd): Promise<void> {
  await tx.db
    .updateTable("job_runs")
    .set({
      state: end.state,
      finished_at: end.finishedAt,
      duration_ms: BigInt(end.durationMs),
      counts: end.counts,
      findings: end.findings,
    })
    .where("id", "=", id)
    .execute();
}
