/** Due slots: one row for each time a job is due, unique by job, business date and slot; claimed under a fence. */
import type { Selectable } from "kysely";
import { RemitError } from "../domain/errors.ts";
import type { DueSlotRow } from "./rows/telling-rows.ts";
import type { Queries, Transaction, WriteOptions } from "./store.ts";

export type DueSlot = Selectable<DueSlotRow>;

/** For a transaction that adds slots or claims one: whose turn it is depends on all of them, so one worker judges at a time. */
export const JUDGING: WriteOptions = { alone: ["due-slots"], isolation: "snapshot" };
/** For one that changes a single slot, under its fence or its count. */
export const ONE_SLOT: WriteOptions = { isolation: "snapshot" };

export interface NewSlot {
  readonly job: string;
  readonly businessDate: string;
  readonly slot: string;
  readonly dueAt: string;
}

/** When the first slot was due that this store still knows; undefined in a store that never had one. */
export async function firstSlotDueAt(db: Queries): Promise<string | undefined> {
  const row = await db.selectFrom("due_slots").select("due_at").orderBy("due_at").limit(1).executeTakeFirst();
  return row?.due_at;
}

/** Those of the slots that the store does not know yet. */
export async function unknownSlots<Slot extends NewSlot>(
  db: Queries,
  slots: readonly Slot[],
): Promise<readonly Slot[]> {
  if (slots.length === 0) return [];
  const dates = [...new Set(slots.map(({ businessDate }) => businessDate))];
  const rows = await db
    .selectFrom("due_slots")
    .select(["job", "business_date", "slot"])
    .where("business_date", "in", dates)
    .execute();
  const known = new Set(rows.map((row) => `${row.job} ${row.business_date} ${row.slot}`));
  return slots.filter(({ job, businessDate, slot }) => !known.has(`${job} ${businessDate} ${slot}`));
}

/** Adds slots in their order; one that another worker added meanwhile is left as it is. */
export async function addSlots(tx: Transaction, slots: readonly NewSlot[]): Promise<void> {
  const first = await tx.reserveIds("due_slots", slots.length);
  for (const [index, { job, businessDate, slot, dueAt }] of slots.entries()) {
    await tx.db
      .insertInto("due_slots")
      .values({
        id: first + BigInt(index),
        job,
        business_date: businessDate,
        slot,
        due_at: dueAt,
        state: "DUE",
        fence_until: null,
        finished_at: null,
        error: null,
      })
      .onConflict((conflict) => conflict.columns(["job", "business_date", "slot"]).doNothing())
      .execute();
  }
}

/** Closes the slots of a job that wait while a later one is due: one run does the work of all of them. */
export async function supersedeSlots(
  tx: Transaction,
  job: string,
  slots: readonly string[],
  now: string,
): Promise<void> {
  if (slots.length === 0) return;
  await tx.db
    .updateTable("due_slots")
    .set({ state: "DONE", finished_at: now, error: "superseded by a later slot" })
    .where("job", "=", job)
    .where("slot", "in", slots)
    .where("state", "=", "DUE")
    .execute();
}

/** Forgets what was finished before `dueBefore`. */
export async function forgetSlots(tx: Transaction, dueBefore: string): Promise<void> {
  await tx.db
    .deleteFrom("due_slots")
    .where("state", "in", ["DONE", "FAILED"])
    .where("due_at", "<", dueBefore)
    .execute();
}

/** What is not finished, and what failed on the dates of those: all that decides which slot may run. In the order in which they are due. */
export async function slotsInPlay(db: Queries): Promise<readonly DueSlot[]> {
  const open = await db
    .selectFrom("due_slots")
    .selectAll()
    .where("state", "in", ["DUE", "RUNNING"])
    .orderBy("due_at")
    .orderBy("id")
    .execute();
  const dates = [...new Set(open.map((row) => row.business_date))];
  if (dates.length === 0) return open;
  const failed = await db
    .selectFrom("due_slots")
    .selectAll()
    .where("state", "=", "FAILED")
    .where("business_date", "in", dates)
    .execute();
  return [...open, ...failed];
}

/** Counts one more queue job for a slot; false when another worker did so meanwhile. */
export async function countEnqueued(tx: Transaction, id: bigint, before: bigint): Promise<boolean> {
  const { numUpdatedRows } = await tx.db
    .updateTable("due_slots")
    .set({ enqueued: before + 1n })
    .where("id", "=", id)
    .where("enqueued", "=", before)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Takes a slot that was read as `row`; the new fence, or undefined when another worker was faster. */
export async function claimSlot(tx: Transaction, row: DueSlot, until: string): Promise<bigint | undefined> {
  const { numUpdatedRows } = await tx.db
    .updateTable("due_slots")
    .set({ state: "RUNNING", fence: row.fence + 1n, fence_until: until })
    .where("id", "=", row.id)
    .where("fence", "=", row.fence)
    .where("state", "=", row.state)
    .executeTakeFirst();
  return numUpdatedRows === 1n ? row.fence + 1n : undefined;
}

/** Says that the holder is alive. FENCE_LOST when he is the holder no more. */
export async function extendSlot(tx: Transaction, id: bigint, fence: bigint, until: string): Promise<void> {
  const { numUpdatedRows } = await tx.db
    .updateTable("due_slots")
    .set({ fence_until: until })
    .where("id", "=", id)
    .where("fence", "=", fence)
    .where("state", "=", "RUNNING")
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) throw fenceLost(id);
}

export interface SlotEnd {
  readonly state: "DONE" | "FAILED" | "DUE";
  readonly error: string | null;
  readonly finishedAt: string | null;
  /** For DUE: not to be claimed before this instant. */
  readonly notBefore: string | null;
}

/** Ends a claim. FENCE_LOST when another worker took the slot over. */
export async function endSlot(tx: Transaction, id: bigint, fence: bigint, end: SlotEnd): Promise<void> {
  const { numUpdatedRows } = await tx.db
    .updateTable("due_slots")
    .set({ state: end.state, error: end.error, finished_at: end.finishedAt, fence_until: end.notBefore })
    .where("id", "=", id)
    .where("fence", "=", fence)
    .where("state", "=", "RUNNING")
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) throw fenceLost(id);
}

/** Gives up a slot that may never run. Nothing when it is not DUE any more. */
export async function refuseSlot(tx: Transaction, id: bigint, error: string, now: string): Promise<void> {
  await tx.db
    .updateTable("due_slots")
    .set({ state: "FAILED", error, finished_at: now })
    .where("id", "=", id)
    .where("state", "=", "DUE")
    .execute();
}

function fenceLost(id: bigint): RemitError {
  return new RemitError("FENCE_LOST", { where: `due slot ${id}`, found: "another holder", expected: "this worker" });
}
