import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OpenedContext } from "../../src/context.ts";
import { BUSINESS_DAY, MORNING_AFTER, type Moment } from "../../src/demo/business-day.ts";
import { CASE_GATEWAY_RULES } from "../../src/demo/cases.ts";
import { DAYS, MORNING } from "../../src/demo/market.ts";
import { peopleAtWork } from "../../src/demo/run-days.ts";
import { faultsOf } from "../../src/demo/witnesses.ts";
import { type World, ZONE } from "../../src/demo/world.ts";
import { instantOf } from "../../src/domain/calendar.ts";
import type { GatewayRule } from "../../src/sandbox/gateway-rule.ts";
import { UNDER_WAY } from "../../src/store/hand-off.ts";
import { startRedis, type TestRedis } from "../support/redis.ts";
import { startSshd, type TestSshd } from "../support/sshd.ts";
import { emptyDatabase, sharedPostgres, type TestDatabase } from "../support/test-database.ts";
import { type Fault, type PlannedFault, planFaults } from "./faults.ts";
import { actAtBank, liveAlone, notTold, type Outcome, outcomeOf, slotsNotDone, until } from "./process-story.ts";
import { sshdParts } from "./sshd-parts.ts";
import { storyWorld } from "./story-world.ts";
import { type Crew, pause, startCrew } from "./worker-crew.ts";

const SIZE = { sellers: 30, orders: 300 };
const WORKERS = 3;
/** Short ones, so that a story with many deaths ends soon; the default ones are proven below. */
const LOCKS = { lockMs: 2_000, stalledMs: 1_000 };
const LOOK_CLOSELY_MS = 3;
type Begun = () => Promise<readonly string[]>;
const SEED = Number(process.env.CHAOS_SEED ?? 20_261_121);

/** For the moments at which the gateway is asked for captures and the bank is given a file, three days long. */
const SHARP_FAULTS: readonly Fault[] = [
  ...Array.from({ length: 4 }, (): Fault => ({ kind: "kill", workers: WORKERS })),
  ...Array.from({ length: 2 }, (): Fault => ({ kind: "freeze", workers: 2 })),
];
const FAULTS: readonly Fault[] = [
  ...Array.from({ length: 8 }, (): Fault => ({ kind: "kill", workers: 1 })),
  ...Array.from({ length: 3 }, (): Fault => ({ kind: "freeze", workers: 2 })),
  ...Array.from({ length: 5 }, (): Fault => ({ kind: "flush" })),
  { kind: "redis-away", forMs: 3_000 },
  { kind: "redis-away", forMs: 30_000 },
  { kind: "database-away", forMs: 500 },
  { kind: "database-away", forMs: 3_000 },
];

describe(`three business days under kill -9, SIGSTOP, a Redis that forgets and goes away and a PostgreSQL that crashes (CHAOS_SEED=${SEED})`, () => {
  let sshd: TestSshd;
  let redis: TestRedis;
  let database: TestDatabase;
  let world: World;
  let people: OpenedContext;
  let crew: Crew;
  let started: Date;
  let alone: Outcome;
  let lastFaultAt = 0;
  let finalAfterMs = Number.POSITIVE_INFINITY;
  const faults = [...planFaults(SEED, FAULTS, WORKERS)];
  const sharpFaults = [...planFaults(SEED, SHARP_FAULTS, WORKERS)];

  beforeAll(async () => {
    [sshd, redis, database] = await Promise.all([startSshd(), startRedis(), emptyDatabase("postgres")]);
    const config = {
      databaseUrl: database.url,
      redisUrl: redis.url,
      sweepEveryMs: 250,
      logLevel: "warn",
      worker: LOCKS,
    };
    world = await storyWorld({ size: SIZE, parts: sshdParts(sshd), config });
    // An answer takes a while, as it does in the world: long enough to die in between.
    const slow: GatewayRule = { when: { kind: "capture" }, do: { kind: "late", delayMs: 40 } };
    world.gateway.setBehaviour([...CASE_GATEWAY_RULES, slow]);
    people = await world.open("write", "importer");
    world.moveTo(DAYS[0], "00:15");
    started = world.now();
    const postgres = await sharedPostgres();
    const freezeMs = LOCKS.lockMs + 1_000;
    crew = startCrew({ configFile: world.configFile, workers: WORKERS, redis, postgres, freezeMs });
    [alone] = await Promise.all([liveAlone(SIZE), liveUnderFaults()]);
  }, 400_000);

  afterAll(async () => {
    await crew?.stop();
    await world?.stop();
    await database?.drop();
    await Promise.all([sshd?.stop(), redis?.stop()]);
  });

  it("suffers every fault that was planned, twenty deaths among them", () => {
    expect([...faults, ...sharpFaults]).toEqual([]);
    expect(crew.killed()).toBe(20);
  });

  it("hits work that is being done, on its way to the gateway and to the bank among it", async () => {
    const { db } = people.store;
    const slots = await db.selectFrom("due_slots").select("id").where("fence", ">", 1n).execute();
    const operations = await db.selectFrom("operations").select("id").where("fence", ">", 1n).execute();
    const files = await db.selectFrom("transfer_files").select("id").where("fence", ">", 1n).execute();
    expect(slots.length).toBeGreaterThan(0);
    expect(operations.length).toBeGreaterThan(0);
    expect(files.length).toBeGreaterThan(0);
  });

  it("pays and captures nothing twice and loses nothing: every witness agrees with the books", async () => {
    const faultsFound = await faultsOf(world, people.store.db);
    // Time leaps here while calls are on their way: the receiver refuses those as he must, and they are made again.
    expect(faultsFound.filter((fault) => !fault.endsWith("the timestamp is not of now"))).toEqual([]);
  });

  it("makes the very transfers and the very bytes of the undisturbed days", async () => {
    expect(await outcomeOf(people.store.db)).toEqual(alone);
  });

  it("has everything final within 60 seconds of the last fault", () => {
    expect(finalAfterMs).toBeLessThan(60_000);
  });

  async function liveUnderFaults(): Promise<void> {
    for (const date of DAYS) for (const moment of BUSINESS_DAY) await live(date, moment);
    for (const moment of MORNING_AFTER) await live(MORNING, moment);
    await finish();
    finalAfterMs = Date.now() - lastFaultAt;
  }

  async function live(date: string, { at, happens }: Moment): Promise<void> {
    const isPeople = happens.includes("people");
    const work = async () => {
      if (isPeople) {
        await peopleAtWork(world, people, date);
        moveTo(date, at);
      }
      await slotsDone();
    };
    // People work while the workers are busy with what became due towards the morning.
    moveTo(date, isPeople ? "08:59" : at);
    const sharp = isPeople ? fileUnderWay(date) : at === "00:15" ? gatewayAsked : undefined;
    const fault = sharp !== undefined ? sharpFaults.shift() : happens.includes("jobs") ? faults.shift() : undefined;
    await Promise.all([fault === undefined ? undefined : suffer(fault, sharp), work()]);
    // The bank reads its inbox when our files are there: a file whose worker died is taken up when its fence has run out.
    if (happens.includes("people")) await fileHandedOver();
    for (const happening of happens) actAtBank(world, happening, date);
  }

  async function suffer({ fault, afterMs, victim }: PlannedFault, sharp?: Begun): Promise<void> {
    await until(sharp ?? workHasBegun, says, LOOK_CLOSELY_MS);
    await pause(sharp === undefined ? afterMs : afterMs / 10);
    await crew.suffer(fault, victim);
    lastFaultAt = Date.now();
  }

  /** Somebody does what became due at this moment, or it is done already. */
  async function workHasBegun(): Promise<readonly string[]> {
    const slots = await slotsNotDone(world, people.store.db, started);
    return slots.length === 0 || slots.some((slot) => slot.includes(" RUNNING ")) ? [] : slots;
  }

  async function gatewayAsked(): Promise<readonly string[]> {
    const { db } = people.store;
    const asked = await db.selectFrom("operations").select("id").where("state", "=", "REQUESTED").limit(1).execute();
    return asked.length > 0 ? [] : slotsNotDone(world, db, started);
  }

  function fileUnderWay(date: string): Begun {
    return async () => {
      const { db } = people.store;
      const files = await db.selectFrom("transfer_files").select("state").where("business_date", "=", date).execute();
      const waiting = ["AWAITING_APPROVAL", "APPROVED"];
      return files.every(({ state }) => waiting.includes(state)) ? ["a file on its way"] : [];
    };
  }

  const says = () => `CHAOS_SEED=${SEED} ${world.now().toISOString()}\n${crew.output()}`;
  const slotsDone = () => until(() => slotsNotDone(world, people.store.db, started), says);

  /** Never back: what had to be waited for may have taken the time past it. Then the next look at the bank is awaited. */
  function moveTo(date: string, at: string): void {
    const planned = instantOf(date, at, ZONE);
    if (planned > world.now()) world.setClock(planned);
    else later(10);
  }

  function later(minutes: number): void {
    world.setClock(new Date(world.now().getTime() + minutes * 60_000));
  }

  async function fileHandedOver(): Promise<void> {
    const { db } = people.store;
    for (let steps = 0; steps < 10; steps += 1) {
      const left = await db.selectFrom("transfer_files").select("message_id").where("state", "in", UNDER_WAY).execute();
      if (left.length === 0) return;
      later(5);
      await slotsDone();
    }
  }

  /** What a dead worker held is free when its time is over: time goes on until nothing waits to be told. */
  async function finish(): Promise<void> {
    const { db } = people.store;
    for (;;) {
      await slotsDone();
      await pause(300);
      if ((await notTold(db)).length === 0) return;
      later(5);
    }
  }
});
