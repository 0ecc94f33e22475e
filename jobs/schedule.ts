/** The schedule of a whole day: every job, when it is due and what it does. Times are those of the operator's zone. */
import type { ScheduleRow } from "../src/app/schedule-row.ts";
import type { RunJob } from "./job.ts";

export const SCHEDULE = [
  {
    job: "authorise-due",
    when: { at: "00:15" },
    does: "asks the gateway for the authorisations of transactions whose capture falls tomorrow",
    run: job(() => import("./authorise-due.ts")),
  },
  {
    job: "sweep-captures",
    when: { at: "01:00" },
    does: "captures what is due and whatever would lapse before the next sweep, and warns of validations that wait",
    run: job(() => import("./sweep-captures.ts")),
  },
  {
    job: "sweep-captures",
    when: { everyMinutes: 15 },
    does: "the same during the day",
    run: job(() => import("./sweep-captures.ts")),
  },
  {
    job: "settle",
    when: { at: "02:00" },
    does: "turns captured and refunded items past their delay into transfers, or a hold with its reason",
    run: job(() => import("./settle.ts")),
  },
  {
    job: "verify-books",
    when: { at: "02:20" },
    does: "checks every invariant; a break stops new files of that marketplace",
    run: job(() => import("./verify-books.ts")),
  },
  {
    job: "write-transfer-files",
    when: { at: "02:30" },
    does: "freezes transfers into validated pain.001 files that await approval",
    run: job(() => import("./write-transfer-files.ts")),
    needs: ["settle", "verify-books"],
  },
  {
    job: "send-files",
    when: { everyMinutes: 5 },
    does: "hands approved files to the bank inside its cutoff windows, exactly once",
    run: job(() => import("./send-files.ts")),
  },
  {
    job: "collect-files",
    when: { everyMinutes: 10 },
    does: "fetches, archives, reads and applies the bank's files; quarantines bad ones",
    run: job(() => import("./collect-files.ts")),
  },
  {
    job: "reconcile",
    when: { at: "06:00" },
    does: "matches ledger, transfers and bank entries; what does not match becomes an exception with an owner",
    run: job(() => import("./reconcile.ts")),
  },
  {
    job: "make-reports",
    when: { at: "06:30" },
    does: "writes the settlement, reconciliation, seller and capture-deadline reports",
    run: job(() => import("./make-reports.ts")),
  },
  {
    job: "deliver-notifications",
    when: { always: true },
    does: "sends the outbox as signed calls, with retries and a delivery log",
    run: job(() => import("./deliver-notifications.ts")),
  },
] as const satisfies readonly ScheduleRow[];

export type JobName = (typeof SCHEDULE)[number]["job"];

/** The night in order, as `remit run nightly` runs it. */
export const NIGHT = [
  "authorise-due",
  "sweep-captures",
  "settle",
  "verify-books",
  "write-transfer-files",
  "send-files",
  "collect-files",
  "reconcile",
  "make-reports",
  "deliver-notifications",
] as const satisfies readonly JobName[];

/** The row of a job by its name; undefined when there is no such job. */
export function jobNamed(name: string): ScheduleRow | undefined {
  return SCHEDULE.find((row) => row.job === name);
}

/** Loaded by whoever runs it: one job needs none of what the others load. */
function job(load: () => Promise<{ readonly run: RunJob }>): RunJob {
  return async (context, data) => (await load()).run(context, data);
}
