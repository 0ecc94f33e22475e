/** Whose turn it is among the slots that are due: the jobs of a night run one after the other, in the order of the schedule. */
import type { DueSlot } from "../store/due-slots.ts";
import { isDailySlot, type ScheduleRow } from "./schedule-row.ts";

export type Turn =
  | { readonly kind: "run" }
  /** Not yet: `until` when a time is known. */
  | { readonly kind: "wait"; readonly until?: Date }
  /** Never: a job that it needs has failed. */
  | { readonly kind: "refuse"; readonly why: string };

const RUN: Turn = { kind: "run" };
const WAIT: Turn = { kind: "wait" };

/**
 * `inPlay` are the open slots and those that failed on their dates. A daily slot waits for every earlier slot of its date,
 * for another daily slot that runs, and for slots of earlier dates unless those already failed once: a date that is stuck
 * must not hold up the next. A slot of a job that is due every few minutes waits only for its own job.
 */
export function turnOf(slot: DueSlot, inPlay: readonly DueSlot[], schedule: readonly ScheduleRow[], now: Date): Turn {
  if (slot.fence_until !== null && new Date(slot.fence_until) > now) {
    return { kind: "wait", until: new Date(slot.fence_until) };
  }
  const others = inPlay.filter(({ id }) => id !== slot.id);
  if (others.some((other) => other.job === slot.job && isRunning(other, now))) return WAIT;
  if (!isDailySlot(slot.slot)) return RUN;
  const failed = failedNeed(slot, others, schedule);
  if (failed !== undefined) return { kind: "refuse", why: `needs ${failed}, which failed` };
  return others.some((other) => isInTheWay(other, slot, now)) ? WAIT : RUN;
}

function isInTheWay(other: DueSlot, slot: DueSlot, now: Date): boolean {
  if (other.state === "FAILED" || !isDailySlot(other.slot)) return false;
  if (isRunning(other, now)) return true;
  if (!isBefore(other, slot)) return false;
  return other.business_date === slot.business_date || other.error === null;
}

function isRunning({ state, fence_until }: DueSlot, now: Date): boolean {
  return state === "RUNNING" && fence_until !== null && new Date(fence_until) > now;
}

function isBefore(a: DueSlot, b: DueSlot): boolean {
  return a.due_at < b.due_at || (a.due_at === b.due_at && a.id < b.id);
}

function failedNeed(slot: DueSlot, others: readonly DueSlot[], schedule: readonly ScheduleRow[]): string | undefined {
  const needs = schedule.find(({ job, when }) => job === slot.job && "at" in when)?.needs ?? [];
  return needs.find((need) =>
    others.some(
      (other) =>
        other.job === need &&
        other.state === "FAILED" &&
        other.business_date === slot.business_date &&
        isDailySlot(other.slot),
    ),
  );
}
