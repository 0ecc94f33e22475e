/** A story whose engine is processes of their own: what must be done before time may move on, and the same story in one process. */
import { Redis } from "ioredis";
import { SCHEDULE } from "../../jobs/schedule.ts";
import { slotsDue } from "../../src/app/schedule-row.ts";
import type { Happening } from "../../src/demo/business-day.ts";
import { DAYS, type MarketSize } from "../../src/demo/market.ts";
import { liveThroughDays } from "../../src/demo/run-days.ts";
import { timetable } from "../../src/demo/timetable.ts";
import { type World, ZONE } from "../../src/demo/world.ts";
import { RemitError } from "../../src/domain/errors.ts";
import type { Queries } from "../../src/store/store.ts";
import { filesOf, transfersOf } from "./outcome.ts";
import { storyWorld } from "./story-world.ts";

/** For what happens at one moment: generous, because machines are busy; nothing waits for it to pass. */
const PATIENCE_MS = 120_000;
const LOOK_EVERY_MS = 40;

export type Outcome = Awaited<ReturnType<typeof outcomeOf>>;

export async function outcomeOf(db: Queries) {
  return { files: await filesOf(db), transfers: await transfersOf(db) };
}

/** The three days in this process, on SQLite, without Redis: a world of its own, nothing shared. */
export async function liveAlone(size: MarketSize): Promise<Outcome> {
  const world = await storyWorld({ size });
  const context = await world.open("write");
  world.moveTo(DAYS[0], "00:15");
  for await (const _ of liveThroughDays({ world, context, timetable: timetable(context) }));
  const outcome = await outcomeOf(context.store.db);
  await world.stop();
  return outcome;
}

export function actAtBank({ bank }: World, happening: Happening, date: string): void {
  if (happening === "bank-takes") bank.brain.processInbox();
  if (happening === "bank-closes") bank.brain.endOfDay(date);
}

/** The queue is emptied under everybody's feet: nothing may be lost by it. */
export async function flushRedis(url: string): Promise<void> {
  const client = new Redis(url);
  await client.flushall();
  client.disconnect();
}

/** Waits until nothing is missing, also while the store is away; when patience ends, the error says what is, and what `says` answers. */
export async function until(
  missing: () => Promise<readonly string[]>,
  says: () => string,
  lookEveryMs = LOOK_EVERY_MS,
): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const left = await missing().catch(awayOrThrow);
    if (left.length === 0) return;
    if (Date.now() > deadline) throw new Error(`not done: ${left.join(", ")}\n${says()}`);
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
}

function awayOrThrow(error: unknown): readonly string[] {
  if (error instanceof RemitError && error.code === "STORE_UNREACHABLE") return [error.message];
  throw error;
}

/** Slots that became due between `since` and the world's time and are not done, each with what the store knows of it. */
export async function slotsNotDone(world: World, db: Queries, since: Date): Promise<readonly string[]> {
  const due = slotsDue(SCHEDULE, since, world.now(), ZONE).map(({ job, businessDate, slot }) =>
    [job, businessDate, slot].join(" "),
  );
  const rows = await db.selectFrom("due_slots").select(["job", "business_date", "slot", "state", "error"]).execute();
  const known = new Map(rows.map((row) => [`${row.job} ${row.business_date} ${row.slot}`, row]));
  return due
    .filter((slot) => known.get(slot)?.state !== "DONE")
    .map((slot) => `${slot} ${known.get(slot)?.state ?? "unknown"} ${known.get(slot)?.error ?? ""}`);
}

/** What waits to be told; the first few. */
export async function notTold(db: Queries): Promise<readonly string[]> {
  const rows = await db.selectFrom("notifications").select("ref").where("state", "=", "PENDING").limit(3).execute();
  return rows.map(({ ref }) => `notification ${ref}`);
}
