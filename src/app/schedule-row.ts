/** A row of the schedule, and the times at which it is due. Pure: the clock and the zone are arguments. */
import { addDays, dateInZone, type IsoDate, instantOf } from "../domain/calendar.ts";
import type { Context, JobReport } from "./context.ts";

/** `at`: once a day at that time of the operator's zone. `everyMinutes`: at each multiple of it, counted in UTC. `always`: all the time. */
export type When = { readonly at: string } | { readonly everyMinutes: number } | { readonly always: true };

export interface ScheduleRow {
  readonly job: string;
  readonly when: When;
  /** One sentence. */
  readonly does: string;
  readonly run: (context: Context, data: { readonly businessDate: string }) => Promise<JobReport>;
  /** Jobs that must have succeeded on the same date before this one may run. */
  readonly needs?: readonly string[];
}

/** One time at which a job is due. Unique by job, business date and slot. */
export interface Slot {
  readonly job: string;
  readonly businessDate: IsoDate;
  /** `HH:MM` of a daily job; the instant in UTC, to the minute, of one that is due several times a day. */
  readonly slot: string;
  readonly dueAt: Date;
}

/** Days that a daily job catches up on after an outage. */
export const CATCH_UP_DAYS = 7;

const MS_PER_MINUTE = 60_000;

/**
 * What is due at `now`, in the order in which it is due; at one instant, in the order of the schedule. Catch-up after an outage: every missed slot of a daily job since `since`, at most seven days back; of a job that is
 * due every few minutes only the latest, because one run does all that the missed ones would have done.
 */
export function slotsDue(schedule: readonly ScheduleRow[], since: Date, now: Date, zone: string): readonly Slot[] {
  const slots = schedule.flatMap(({ job, when }): readonly Slot[] => {
    if ("at" in when) return dailySlots(job, when.at, since, now, zone);
    if ("everyMinutes" in when) return [latestSlot(job, when.everyMinutes, now, zone)];
    return [];
  });
  // A stable sort: rows that are due at one instant stay in the order of the schedule.
  return slots.sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime());
}

function dailySlots(job: string, at: string, since: Date, now: Date, zone: string): readonly Slot[] {
  const today = dateInZone(now, zone);
  const slots: Slot[] = [];
  for (let back = CATCH_UP_DAYS; back >= 0; back -= 1) {
    const businessDate = addDays(today, -back);
    const dueAt = instantOf(businessDate, at, zone);
    if (dueAt <= now && dueAt >= since) slots.push({ job, businessDate, slot: at, dueAt });
  }
  return slots;
}

function latestSlot(job: string, minutes: number, now: Date, zone: string): Slot {
  const every = minutes * MS_PER_MINUTE;
  const dueAt = new Date(Math.floor(now.getTime() / every) * every);
  return { job, businessDate: dateInZone(dueAt, zone), slot: `${dueAt.toISOString().slice(0, 16)}Z`, dueAt };
}

/** Whether a slot is one of a daily job: those run one after the other. */
export function isDailySlot(slot: string): boolean {
  return /^\d\d:\d\d$/.test(slot);
}
