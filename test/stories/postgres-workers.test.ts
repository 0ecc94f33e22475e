import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OpenedContext } from "../../src/context.ts";
import { BUSINESS_DAY, MORNING_AFTER, type Moment } from "../../src/demo/business-day.ts";
import { DAYS, MORNING } from "../../src/demo/market.ts";
import { peopleAtWork } from "../../src/demo/run-days.ts";
import type { World } from "../../src/demo/world.ts";
import { startRedis, type TestRedis } from "../support/redis.ts";
import { startSshd, type TestSshd } from "../support/sshd.ts";
import { emptyDatabase, type TestDatabase } from "../support/test-database.ts";
import { assertBooks } from "./books.ts";
import { actAtBank, liveAlone, notTold, type Outcome, outcomeOf, slotsNotDone, until } from "./process-story.ts";
import { type RemitProcess, startRemit } from "./remit-process.ts";
import { sshdParts } from "./sshd-parts.ts";
import { storyWorld } from "./story-world.ts";

const SIZE = { sellers: 60, orders: 600 };
const WORKERS = 3;

describe("three business days on PostgreSQL with three workers on one queue", () => {
  let sshd: TestSshd;
  let redis: TestRedis;
  let database: TestDatabase;
  let world: World;
  let people: OpenedContext;
  let processes: readonly RemitProcess[] = [];
  let started: Date;
  let alone: Outcome;

  beforeAll(async () => {
    [sshd, redis, database] = await Promise.all([startSshd(), startRedis(), emptyDatabase("postgres")]);
    world = await storyWorld({
      size: SIZE,
      parts: sshdParts(sshd),
      config: { databaseUrl: database.url, redisUrl: redis.url, sweepEveryMs: 250, logLevel: "warn" },
    });
    people = await world.open("write", "importer");
    world.moveTo(DAYS[0], "00:15");
    started = world.now();
    const parts = ["scheduler", ...Array.from({ length: WORKERS }, () => "worker")];
    processes = parts.map((part) => startRemit(world.configFile, "start", part));
    [alone] = await Promise.all([liveAlone(SIZE), liveWithProcesses()]);
  }, 300_000);

  afterAll(async () => {
    await Promise.all(processes.map((process) => process.stop()));
    await world?.stop();
    await database?.drop();
    await Promise.all([sshd?.stop(), redis?.stop()]);
  });

  it("ends with books in which every cent is accounted for, at the bank and the gateway too", () =>
    assertBooks(world, people.store.db));

  it("made the very transfers and the very bytes that one process makes on SQLite", async () => {
    expect(await outcomeOf(people.store.db)).toEqual(alone);
    expect(alone.files.length).toBe(DAYS.length);
  });

  it("let every slot be done by one of the workers, once", async () => {
    const { db } = people.store;
    const runs = await db.selectFrom("job_runs").select(["job", "business_date", "slot", "state"]).execute();
    const done = runs
      .filter(({ state, slot }) => state === "SUCCEEDED" && slot !== "always")
      .map((run) => `${run.job} ${run.business_date} ${run.slot}`);
    expect(done.length).toBe(new Set(done).size);
  });

  it("let every process end with 0 when it was asked to stop", async () => {
    expect(await Promise.all(processes.map((process) => process.stop()))).toEqual(processes.map(() => 0));
  });

  async function liveWithProcesses(): Promise<void> {
    for (const date of DAYS) for (const moment of BUSINESS_DAY) await live(date, moment);
    for (const moment of MORNING_AFTER) await live(MORNING, moment);
  }

  async function live(date: string, { at, happens }: Moment): Promise<void> {
    // Imports and approvals come while the workers are busy with what became due during the night's end.
    if (happens.includes("people")) {
      world.moveTo(date, "08:59");
      await peopleAtWork(world, people, date);
    }
    world.moveTo(date, at);
    await until(missing, () => `${world.now().toISOString()}\n${processes.map(({ output }) => output()).join("\n")}`);
    for (const happening of happens) actAtBank(world, happening, date);
  }

  /** Every slot that is due by now must be done, and nothing wait to be told. */
  async function missing(): Promise<readonly string[]> {
    const slots = await slotsNotDone(world, people.store.db, started);
    return slots.length > 0 ? slots : notTold(people.store.db);
  }
});
