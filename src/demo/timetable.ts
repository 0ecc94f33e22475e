/** Runs what the schedule says is due, in this process: the scheduler and the worker of one machine without Redis. */
import { SCHEDULE } from "../../jobs/schedule.ts";
import type { Context, JobReport } from "../app/context.ts";
import { runJob } from "../app/run-job.ts";
import { type ScheduleRow, type Slot, slotsDue } from "../app/schedule-row.ts";
import { dateInZone } from "../domain/calendar.ts";

export interface RunSlot extends Slot {
  readonly report: JobReport;
}

export interface Timetable {
  /** Runs each slot that became due since the last call, in order, and then what is always due. */
  runDue(): Promise<readonly RunSlot[]>;
}

/** Begins with what is due at the clock's time now, as a new store does. An error of a job is thrown. */
export function timetable(context: Context, rows: readonly ScheduleRow[] = SCHEDULE): Timetable {
  const { zone } = context.config;
  const since = context.clock();
  const done = new Set<string>();
  return {
    runDue: async () => {
      const due = slotsDue(rows, since, context.clock(), zone).filter((slot) => !done.has(keyOf(slot)));
      const ran: RunSlot[] = [];
      for (const slot of due) {
        const row = rows.find(({ job }) => job === slot.job);
        if (row === undefined) throw new Error(`${slot.job} is not in the schedule`);
        ran.push({ ...slot, report: await runRow(context, row, slot.businessDate, slot.slot) });
        done.add(keyOf(slot));
      }
      const now = context.clock();
      for (const row of rows.filter(({ when }) => "always" in when)) {
        const businessDate = dateInZone(now, zone);
        const report = await runRow(context, row, businessDate, "always");
        ran.push({ job: row.job, businessDate, slot: "always", dueAt: now, report });
      }
      return ran;
    },
  };
}

function keyOf({ job, businessDate, slot }: Slot): string {
  return `${job} ${businessDate} ${slot}`;
}

function runRow(context: Context, { job, run }: ScheduleRow, businessDate: string, slot: string): Promise<JobReport> {
  const actor = `job:${job}`;
  return runJob(
    { ...context, actor },
    { job, run: (ctx, date) => run(ctx, { businessDate: date }), businessDate, slot },
  );
}
