/** Turns the schedule and the clock into due slots, and says which of them may run now. */
import {
  addSlots,
  type DueSlot,
  firstSlotDueAt,
  forgetSlots,
  JUDGING,
  ONE_SLOT,
  refuseSlot,
  slotsInPlay,
  supersedeSlots,
  unknownSlots,
} from "../store/due-slots.ts";
import type { Context } from "./context.ts";
import { CATCH_UP_DAYS, isDailySlot, type ScheduleRow, slotsDue } from "./schedule-row.ts";
import { turnOf } from "./slot-turn.ts";

const MS_PER_DAY = 86_400_000;

/** A day longer than the catch-up looks back, so that nothing is forgotten that could come again. */
const KEPT_MS = (CATCH_UP_DAYS + 1) * MS_PER_DAY;

/**
 * Adds the slots that became due by `context.clock()`; answers how many. A new store begins with what is due from now on:
 * it does not catch up on days on which it did not exist.
 */
export async function planDueSlots(context: Context, schedule: readonly ScheduleRow[]): Promise<number> {
  const now = context.clock();
  const { db } = context.store;
  const first = await firstSlotDueAt(db);
  const since = first === undefined ? now : new Date(first);
  const due = slotsDue(schedule, since, now, context.config.zone).map((slot) => ({
    ...slot,
    dueAt: slot.dueAt.toISOString(),
  }));
  const fresh = await unknownSlots(db, due);
  if (fresh.length === 0) return 0;
  const open = await slotsInPlay(db);
  await context.store.write(async (tx) => {
    await addSlots(tx, fresh);
    for (const { job, slot } of fresh.filter((added) => !isDailySlot(added.slot))) {
      const older = open.filter((row) => row.job === job && !isDailySlot(row.slot) && row.slot < slot);
      await supersedeSlots(
        tx,
        job,
        older.map((row) => row.slot),
        now.toISOString(),
      );
    }
    await forgetSlots(tx, new Date(now.getTime() - KEPT_MS).toISOString());
  }, JUDGING);
  return fresh.length;
}

export interface Runnable {
  /** Slots whose turn it is, in the order in which they are due. */
  readonly slots: readonly DueSlot[];
  /** When the next one may become runnable by itself. */
  readonly nextAt?: Date;
}

/** Looks at all open slots; those that can never run are closed as FAILED. `now` is the machine's time: it judges who is alive. */
export async function runnableSlots(context: Context, schedule: readonly ScheduleRow[], now: Date): Promise<Runnable> {
  const inPlay = await slotsInPlay(context.store.db);
  const slots: DueSlot[] = [];
  const times: number[] = [];
  for (const slot of inPlay) {
    if (slot.state === "FAILED") continue;
    const turn = turnOf(slot, inPlay, schedule, now);
    if (turn.kind === "run") slots.push(slot);
    if (turn.kind === "wait" && turn.until !== undefined) times.push(turn.until.getTime());
    if (turn.kind === "refuse") {
      context.log.error({ job: slot.job, businessDate: slot.business_date, why: turn.why }, "slot given up");
      await context.store.write((tx) => refuseSlot(tx, slot.id, turn.why, context.clock().toISOString()), ONE_SLOT);
    }
  }
  return times.length === 0 ? { slots } : { slots, nextAt: new Date(Math.min(...times)) };
}
