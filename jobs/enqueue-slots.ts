/** Puts slots whose turn it is into the queue: once, however often it is called, and again when Redis has forgotten them. */
import type { Queue } from "bullmq";
import type { Context } from "../src/app/context.ts";
import { countEnqueued, type DueSlot, ONE_SLOT } from "../src/store/due-slots.ts";

/** States in which a queue job still comes to a worker by itself. */
const COMING = new Set(["waiting", "prioritized", "delayed", "active", "waiting-children"]);

/** A Redis that is away makes it throw: then the next sweep does it. */
export async function enqueueSlots(context: Context, queue: Queue, slots: readonly DueSlot[]): Promise<void> {
  for (const { id, enqueued } of slots) {
    if (enqueued > 0n && COMING.has(await queue.getJobState(queueJobId(id, enqueued)))) continue;
    const counted = await context.store.write((tx) => countEnqueued(tx, id, enqueued), ONE_SLOT);
    if (counted) await queue.add("run", { slotId: id.toString() }, { jobId: queueJobId(id, enqueued + 1n) });
  }
}

/** A new one each time: BullMQ silently ignores a job whose id it has seen, even when that one has failed. */
function queueJobId(slotId: bigint, time: bigint): string {
  return `slot-${slotId}-${time}`;
}
