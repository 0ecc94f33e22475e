/** Runs the job of one due slot: claimed under a fence, so that of several workers only one does it and a late one stops. */
import { RemitError } from "../domain/errors.ts";
import {
  claimSlot,
  type DueSlot,
  endSlot,
  extendSlot,
  JUDGING,
  ONE_SLOT,
  type SlotEnd,
  slotsInPlay,
} from "../store/due-slots.ts";
import type { Context } from "./context.ts";
import { runJob } from "./run-job.ts";
import type { ScheduleRow } from "./schedule-row.ts";
import { turnOf } from "./slot-turn.ts";

export interface SlotOptions {
  /** How long a holder counts as alive after he last said so; he says so three times as often. */
  readonly leaseMs: number;
  /** The first pause after a failure that may pass; it doubles each time. */
  readonly retryAfterMs: number;
  /** The machine's time: it judges who is alive, and is not the clock of a rehearsal. */
  readonly now: () => Date;
}

export type SlotOutcome =
  | { readonly kind: "done" }
  /** Finished, taken by another worker, or not its turn. */
  | { readonly kind: "not-now" }
  | { readonly kind: "failed"; readonly error: unknown; readonly again: boolean };

const LONGEST_RETRY_MS = 900_000;

/** Never throws because of the job: its error is in the outcome and in the slot. */
export async function runSlot(
  context: Context,
  schedule: readonly ScheduleRow[],
  slotId: bigint,
  options: SlotOptions,
): Promise<SlotOutcome> {
  const claim = await claimInTurn(context, schedule, slotId, options);
  if (claim === undefined) return { kind: "not-now" };
  const { slot, fence, row } = claim;
  const heart = beat(context, slot.id, fence, options);
  try {
    const actor = `job:${slot.job}`;
    await runJob(
      { ...context, actor },
      {
        job: slot.job,
        run: (ctx, businessDate) => row.run(ctx, { businessDate }),
        businessDate: slot.business_date,
        slot: slot.slot,
      },
    );
    heart.stop();
    await end(context, slot, fence, { state: "DONE", error: null, notBefore: null });
    return { kind: "done" };
  } catch (error) {
    heart.stop();
    return await failed(context, slot, fence, error, options);
  }
}

interface Claim {
  readonly slot: DueSlot;
  readonly fence: bigint;
  readonly row: ScheduleRow;
}

/** The order is judged inside the transaction that claims. */
function claimInTurn(
  context: Context,
  schedule: readonly ScheduleRow[],
  slotId: bigint,
  { now, leaseMs }: SlotOptions,
): Promise<Claim | undefined> {
  return context.store.write(async (tx) => {
    const inPlay = await slotsInPlay(tx.db);
    const slot = inPlay.find(({ id, state }) => id === slotId && state !== "FAILED");
    const row = schedule.find(({ job }) => job === slot?.job);
    if (slot === undefined || row === undefined || turnOf(slot, inPlay, schedule, now()).kind !== "run")
      return undefined;
    const fence = await claimSlot(tx, slot, new Date(now().getTime() + leaseMs).toISOString());
    return fence === undefined ? undefined : { slot, fence, row };
  }, JUDGING);
}

/** Says regularly that the holder is alive. A lost fence is noticed when the slot is ended; here it only ends the beat. */
function beat(context: Context, id: bigint, fence: bigint, { leaseMs, now }: SlotOptions): { stop(): void } {
  let beating = false;
  const timer = setInterval(async () => {
    if (beating) return;
    beating = true;
    const until = new Date(now().getTime() + leaseMs).toISOString();
    try {
      await context.store.write((tx) => extendSlot(tx, id, fence, until), ONE_SLOT);
    } catch (error) {
      context.log.warn(
        { slot: id.toString(), error: String(error) },
        "could not say that this slot is being worked on",
      );
      if (error instanceof RemitError && error.code === "FENCE_LOST") clearInterval(timer);
    } finally {
      beating = false;
    }
  }, leaseMs / 3);
  return { stop: () => clearInterval(timer) };
}

async function failed(
  context: Context,
  slot: DueSlot,
  fence: bigint,
  error: unknown,
  { now, retryAfterMs }: SlotOptions,
): Promise<SlotOutcome> {
  const again = mayPass(error);
  const pauseMs = Math.min(retryAfterMs * 2 ** Number(slot.fence), LONGEST_RETRY_MS);
  const text = error instanceof Error ? error.message : String(error);
  try {
    await end(context, slot, fence, {
      state: again ? "DUE" : "FAILED",
      error: text,
      notBefore: again ? new Date(now().getTime() + pauseMs).toISOString() : null,
    });
  } catch (lost) {
    return { kind: "failed", error: lost, again: true };
  }
  return { kind: "failed", error, again };
}

/** Another worker's fence and errors that nobody foresaw may pass; only what the table of errors calls hopeless does not. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof RemitError)) return true;
  return error.code === "FENCE_LOST" || error.traits.retry === "later";
}

async function end(context: Context, slot: DueSlot, fence: bigint, how: Omit<SlotEnd, "finishedAt">): Promise<void> {
  const finishedAt = how.state === "DUE" ? null : context.clock().toISOString();
  await context.store.write((tx) => endSlot(tx, slot.id, fence, { ...how, finishedAt }), ONE_SLOT);
}
