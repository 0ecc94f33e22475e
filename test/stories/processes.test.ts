import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SCHEDULE } from "../../jobs/schedule.ts";
import { slotsDue } from "../../src/app/schedule-row.ts";
import type { OpenedContext } from "../../src/context.ts";
import { BUSINESS_DAY, type Happening, MORNING_AFTER, type Moment } from "../../src/demo/business-day.ts";
import { DAYS, MORNING } from "../../src/demo/market.ts";
import { liveThroughDays, peopleAtWork } from "../../src/demo/run-days.ts";
import { timetable } from "../../src/demo/timetable.ts";
import { type World, ZONE } from "../../src/demo/world.ts";
import { startRedis, type TestRedis } from "../support/redis.ts";
import { startSshd, type TestSshd } from "../support/sshd.ts";
import { assertBooks } from "./books.ts";
import { filesOf, transfersOf } from "./outcome.ts";
import { type RemitProcess, startRemit } from "./remit-process.ts";
import { sshdParts } from "./sshd-parts.ts";
import { storyWorld } from "./story-world.ts";

const SIZE = { sellers: 60, orders: 600 };
const [WEDNESDAY, THURSDAY] = DAYS;
/** For what happens at one moment: generous, because machines are busy; nothing waits for it to pass. */
const PATIENCE_MS = 120_000;
const LOOK_EVERY_MS = 40;

describe("three business days with OpenSSH, Redis, and scheduler and worker as processes of their own", () => {
  let sshd: TestSshd;
  let redis: TestRedis;
  let world: World;
  let reader: OpenedContext;
  let scheduler: RemitProcess;
  let worker: RemitProcess;
  let started: Date;
  let alone: Awaited<ReturnType<typeof liveAlone>>;

  beforeAll(async () => {
    [sshd, redis] = await Promise.all([startSshd(), startRedis()]);
    world = await storyWorld({
      size: SIZE,
      parts: sshdParts(sshd),
      config: { redisUrl: redis.url, sweepEveryMs: 250, logLevel: "warn" },
    });
    reader = await world.open("read");
    world.moveTo(WEDNESDAY, "00:15");
    started = world.now();
    scheduler = startRemit(world.configFile, "start", "scheduler");
    worker = startRemit(world.configFile, "start", "worker");
    // Meanwhile the same three days in one process: another world, another store, nothing shared.
    [alone] = await Promise.all([liveAlone(), liveWithProcesses()]);
  }, 300_000);

  afterAll(async () => {
    await Promise.all([worker?.stop(), scheduler?.stop()]);
    await world?.stop();
    await Promise.all([sshd?.stop(), redis?.stop()]);
  });

  it("ends with books in which every cent is accounted for, at the bank and the gateway too", () =>
    assertBooks(world, reader.store.db));

  it("made the very transfers and the very bytes that one process makes without Redis", async () => {
    const { db } = reader.store;
    expect(await filesOf(db)).toEqual(alone.files);
    expect(await transfersOf(db)).toEqual(alone.transfers);
    expect(alone.files.length).toBe(DAYS.length);
  });

  it("let the worker end with 0 whenever it was asked to stop", async () => {
    expect(await Promise.all([worker.stop(), scheduler.stop()])).toEqual([0, 0]);
  });

  async function liveWithProcesses(): Promise<void> {
    for (const date of DAYS) for (const moment of BUSINESS_DAY) await live(date, moment);
    for (const moment of MORNING_AFTER) await live(MORNING, moment);
  }

  async function live(date: string, { at, happens }: Moment): Promise<void> {
    world.moveTo(date, at);
    if (date === THURSDAY && at === "01:00") await loseRedis();
    if (happens.includes("people")) await peopleWork(date);
    await allDone();
    for (const happening of happens) actAtBank(happening, date);
  }

  function actAtBank(happening: Happening, date: string): void {
    if (happening === "bank-takes") world.bank.brain.processInbox();
    if (happening === "bank-closes") world.bank.brain.endOfDay(date);
  }

  /** The queue is emptied under everybody's feet: nothing may be lost by it. */
  async function loseRedis(): Promise<void> {
    const client = new Redis(redis.url);
    await client.flushall();
    client.disconnect();
  }

  /** On SQLite one process writes: the worker makes room, and goes on afterwards where it stopped. */
  async function peopleWork(date: string): Promise<void> {
    expect(await worker.stop()).toBe(0);
    const context = await world.open("write");
    await peopleAtWork(world, context, date);
    await context.close();
    worker = startRemit(world.configFile, "start", "worker");
  }

  /** Waits until every slot that is due by now is done and nothing waits to be told. */
  async function allDone(): Promise<void> {
    const due = slotsDue(SCHEDULE, started, world.now(), ZONE).map(({ job, businessDate, slot }) =>
      [job, businessDate, slot].join(" "),
    );
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const missing = await notDone(due);
      if (missing.length === 0) return;
      if (Date.now() > deadline) {
        throw new Error(
          `${world.now().toISOString()}: not done: ${missing.join(", ")}\n${worker.output()}\n${scheduler.output()}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  async function notDone(due: readonly string[]): Promise<readonly string[]> {
    const { db } = reader.store;
    const rows = await db.selectFrom("due_slots").select(["job", "business_date", "slot", "state", "error"]).execute();
    const states = new Map(rows.map((row) => [`${row.job} ${row.business_date} ${row.slot}`, row]));
    const slots = due
      .filter((slot) => states.get(slot)?.state !== "DONE")
      .map((slot) => `${slot} ${states.get(slot)?.state ?? "unknown"} ${states.get(slot)?.error ?? ""}`);
    if (slots.length > 0) return slots;
    const waiting = await db
      .selectFrom("notifications")
      .select("ref")
      .where("state", "=", "PENDING")
      .limit(3)
      .execute();
    return waiting.map(({ ref }) => `notification ${ref}`);
  }
});

async function liveAlone() {
  const world = await storyWorld({ size: SIZE });
  const context = await world.open("write");
  world.moveTo(WEDNESDAY, "00:15");
  for await (const _ of liveThroughDays({ world, context, timetable: timetable(context) }));
  const { db } = context.store;
  const outcome = { files: await filesOf(db), transfers: await transfersOf(db) };
  await world.stop();
  return outcome;
}
