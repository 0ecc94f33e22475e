import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OpenedContext } from "../../src/context.ts";
import { BUSINESS_DAY, MORNING_AFTER, type Moment } from "../../src/demo/business-day.ts";
import { DAYS, MORNING } from "../../src/demo/market.ts";
import { peopleAtWork } from "../../src/demo/run-days.ts";
import type { World } from "../../src/demo/world.ts";
import { startRedis, type TestRedis } from "../support/redis.ts";
import { startSshd, type TestSshd } from "../support/sshd.ts";
import { assertBooks } from "./books.ts";
import {
  actAtBank,
  flushRedis,
  liveAlone,
  notTold,
  type Outcome,
  outcomeOf,
  slotsNotDone,
  until,
} from "./process-story.ts";
import { type RemitProcess, startRemit } from "./remit-process.ts";
import { sshdParts } from "./sshd-parts.ts";
import { storyWorld } from "./story-world.ts";

const SIZE = { sellers: 60, orders: 600 };
const [WEDNESDAY, THURSDAY] = DAYS;

describe("three business days with OpenSSH, Redis, and scheduler and worker as processes of their own", () => {
  let sshd: TestSshd;
  let redis: TestRedis;
  let world: World;
  let reader: OpenedContext;
  let scheduler: RemitProcess;
  let worker: RemitProcess;
  let started: Date;
  let alone: Outcome;

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
    [alone] = await Promise.all([liveAlone(SIZE), liveWithProcesses()]);
  }, 300_000);

  afterAll(async () => {
    await Promise.all([worker?.stop(), scheduler?.stop()]);
    await world?.stop();
    await Promise.all([sshd?.stop(), redis?.stop()]);
  });

  it("ends with books in which every cent is accounted for, at the bank and the gateway too", () =>
    assertBooks(world, reader.store.db));

  it("made the very transfers and the very bytes that one process makes without Redis", async () => {
    expect(await outcomeOf(reader.store.db)).toEqual(alone);
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
    if (date === THURSDAY && at === "01:00") await flushRedis(redis.url);
    if (happens.includes("people")) await peopleWork(date);
    await until(missing, () => `${world.now().toISOString()}\n${worker.output()}\n${scheduler.output()}`);
    for (const happening of happens) actAtBank(world, happening, date);
  }

  /** On SQLite one process writes: the worker makes room, and goes on afterwards where it stopped. */
  async function peopleWork(date: string): Promise<void> {
    expect(await worker.stop()).toBe(0);
    const context = await world.open("write");
    await peopleAtWork(world, context, date);
    await context.close();
    worker = startRemit(world.configFile, "start", "worker");
  }

  /** Every slot that is due by now must be done, and nothing wait to be told. */
  async function missing(): Promise<readonly string[]> {
    const slots = await slotsNotDone(world, reader.store.db, started);
    return slots.length > 0 ? slots : notTold(reader.store.db);
  }
});
