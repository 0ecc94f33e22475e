import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OpenedContext } from "../../src/context.ts";
import { BUSINESS_DAY } from "../../src/demo/business-day.ts";
import { DAYS } from "../../src/demo/market.ts";
import { peopleAtWork } from "../../src/demo/run-days.ts";
import type { World } from "../../src/demo/world.ts";
import { startRedis, type TestRedis } from "../support/redis.ts";
import { freePort } from "../support/server-process.ts";
import { assertBooks } from "./books.ts";
import { actAtBank, notTold, slotsNotDone, until } from "./process-story.ts";
import { type RemitProcess, startRemit } from "./remit-process.ts";
import { storyWorld } from "./story-world.ts";

const SIZE = { sellers: 60, orders: 600 };
const [WEDNESDAY, THURSDAY] = DAYS;
/** What a service manager must give it at least (issue: drain within 25 s). */
const DRAINED_WITHIN_MS = 25_000;

describe("one machine with SQLite and Redis: web, worker and scheduler in one process", () => {
  let redis: TestRedis;
  let world: World;
  let reader: OpenedContext;
  let all: RemitProcess;
  let started: Date;
  let stopped: { readonly code: number; readonly afterMs: number; readonly runs: readonly string[] };
  let health: number;

  beforeAll(async () => {
    redis = await startRedis();
    const port = await freePort();
    const config = { redisUrl: redis.url, sweepEveryMs: 250, logLevel: "warn", http: { host: "127.0.0.1", port } };
    world = await storyWorld({ size: SIZE, config });
    reader = await world.open("read");
    world.moveTo(WEDNESDAY, "00:15");
    started = world.now();
    all = startRemit(world.configFile, "start", "all");
    await liveOneDay();
    health = (await fetch(`http://127.0.0.1:${port}/ready`)).status;
  }, 240_000);

  afterAll(async () => {
    await all?.stop();
    await world?.stop();
    await redis?.stop();
  });

  it("lives through a whole day and the next night's statements: transfers are paid, the books are right", async () => {
    const { db } = reader.store;
    const paid = await db.selectFrom("transfers").select("id").where("state", "=", "EXECUTED").execute();
    expect(paid.length).toBeGreaterThan(30);
    await assertBooks(world, db);
  });

  it("answers over HTTP meanwhile", () => expect(health).toBe(200));

  it("finishes what it is doing when it is asked to stop under load, and ends with 0 within 25 s", () => {
    expect(stopped).toMatchObject({ code: 0, runs: ["SUCCEEDED"] });
    expect(stopped.afterMs).toBeLessThan(DRAINED_WITHIN_MS);
  });

  async function liveOneDay(): Promise<void> {
    for (const { at, happens } of BUSINESS_DAY) {
      world.moveTo(WEDNESDAY, at);
      if (at === "01:00") await stopUnderLoad();
      if (happens.includes("people")) await peopleWork();
      await allDone();
      for (const happening of happens) actAtBank(world, happening, WEDNESDAY);
    }
    world.moveTo(THURSDAY, "00:15");
    await allDone();
  }

  /** In the middle of the night's captures. */
  async function stopUnderLoad(): Promise<void> {
    const captures = () =>
      reader.store.db
        .selectFrom("job_runs")
        .select("state")
        .where("job", "=", "sweep-captures")
        .where("business_date", "=", WEDNESDAY)
        .where("slot", "=", "01:00")
        .execute();
    const begun = async () => ((await captures()).length > 0 ? [] : ["captures"]);
    await until(begun, all.output);
    const asked = Date.now();
    const code = await all.stop();
    stopped = { code, afterMs: Date.now() - asked, runs: (await captures()).map(({ state }) => state) };
    all = startRemit(world.configFile, "start", "all");
  }

  /** On SQLite one process writes: it makes room, and goes on afterwards where it stopped. */
  async function peopleWork(): Promise<void> {
    expect(await all.stop()).toBe(0);
    const context = await world.open("write");
    await peopleAtWork(world, context, WEDNESDAY);
    await context.close();
    all = startRemit(world.configFile, "start", "all");
  }

  function allDone(): Promise<void> {
    const missing = async () => {
      const slots = await slotsNotDone(world, reader.store.db, started);
      return slots.length > 0 ? slots : notTold(reader.store.db);
    };
    return until(missing, () => `${world.now().toISOString()}\n${all.output()}`);
  }
});
