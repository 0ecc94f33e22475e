/** The schedule of a whole day: every job, when it is due and what it does. Times are those of the operator's zone. */
import type { ScheduleRow } from "../src/app/schedule-row.ts";
import { authoriseDueJob } from "./authorise-due.ts";
import { collectFilesJob } from "./collect-files.ts";
import { deliverNotificationsJob } from "./deliver-notifications.ts";
import { makeReportsJob } from "./make-reports.ts";
import { reconcileJob } from "./reconcile.ts";
import { sendFilesJob } from "./send-files.ts";
import { settleJob } from "./settle.ts";
import { sweepCapturesJob } from "./sweep-captures.ts";
import { verifyBooksJob } from "./verify-books.ts";
import { writeTransferFilesJob } from "./write-transfer-files.ts";

export const SCHEDULE = [
  {
    job: "authorise-due",
    when: { at: "00:15" },
    does: "asks the gateway for the authorisations of transactions whose capture falls tomorrow",
    run: authoriseDueJob,
  },
  {
    job: "sweep-captures",
    when: { at: "01:00" },
    does: "captures what is due and whatever would lapse before the next sweep, and warns of validations that wait",
    run: sweepCapturesJob,
  },
  {
    job: "sweep-captures",
    when: { everyMinutes: 15 },
    does: "the same during the day",
    run: sweepCapturesJob,
  },
  {
    job: "settle",
    when: { at: "02:00" },
    does: "turns captured and refunded items past their delay into transfers, or a hold with its reason",
    run: settleJob,
  },
  {
    job: "verify-books",
    when: { at: "02:20" },
    does: "checks every invariant; a break stops new files of that marketplace",
    run: verifyBooksJob,
  },
  {
    job: "write-transfer-files",
    when: { at: "02:30" },
    does: "freezes transfers into validated pain.001 files that await approval",
    run: writeTransferFilesJob,
    needs: ["settle", "verify-books"],
  },
  {
    job: "send-files",
    when: { everyMinutes: 5 },
    does: "hands approved files to the bank inside its cutoff windows, exactly once",
    run: sendFilesJob,
  },
  {
    job: "collect-files",
    when: { everyMinutes: 10 },
    does: "fetches, archives, reads and applies the bank's files; quarantines bad ones",
    run: collectFilesJob,
  },
  {
    job: "reconcile",
    when: { at: "06:00" },
    does: "matches ledger, transfers and bank entries; what does not match becomes an exception with an owner",
    run: reconcileJob,
  },
  {
    job: "make-reports",
    when: { at: "06:30" },
    does: "writes the settlement, reconciliation, seller and capture-deadline reports",
    run: makeReportsJob,
  },
  {
    job: "deliver-notifications",
    when: { always: true },
    does: "sends the outbox as signed calls, with retries and a delivery log",
    run: deliverNotificationsJob,
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
