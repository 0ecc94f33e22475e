import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { afterEach, beforeEach, expect, it } from "vitest";
import { NOTIFY_QUEUE, PREFIX, WORK_QUEUE } from "../../jobs/queue.ts";
import { type WorkerBench, workerBench } from "./worker-bench.ts";

let bench: WorkerBench;
let work: Queue;
let notify: Queue;
beforeEach(async () => {
  bench = await workerBench();
  const open = (name: string) => new Queue(name, { connection: { url: bench.redis.url }, prefix: PREFIX });
  work = open(WORK_QUEUE);
  notify = open(NOTIFY_QUEUE);
});
afterEach(async () => {
  await work.close();
  await notify.close();
  await bench.stop();
});

const keys = async (queue: Queue) => (await queue.getJobSchedulers(0, -1)).map(({ key }) => key).sort();
const WORK = ["sweep", "tick-send-60m", "tick-settle-0200", "tick-write-0230"];
const patience = { timeout: 20_000, interval: 30 };

it("keeps one entry for each row of the schedule and one for the sweep, and removes what is in it no more", async () => {
  await work.upsertJobScheduler(
    "tick-of-an-earlier-version",
    { every: 60_000 },
    { name: "tick", data: { job: "gone" } },
  );
  await bench.scheduler();
  expect(await keys(work)).toEqual(WORK);
  expect(await keys(notify)).toEqual(["deliver"]);
  const settle = (await work.getJobSchedulers(0, -1)).find(({ key }) => key === "tick-settle-0200");
  expect(settle).toMatchObject({ pattern: "0 2 * * *", tz: "Europe/Paris" });
});

it("can be started beside another one without doubling anything", async () => {
  await Promise.all([bench.scheduler(), bench.scheduler()]);
  expect(await keys(work)).toEqual(WORK);
});

it("puts the schedule back when Redis has lost it", async () => {
  await bench.scheduler();
  const redis = new Redis(bench.redis.url);
  await redis.flushall();
  await expect.poll(() => keys(work), patience).toEqual(WORK);
  await redis.quit();
});

it("never touches the store, and its sweeps alone bring a worker to run what is due", async () => {
  await bench.scheduler();
  expect(await bench.slots()).toEqual([]);
  await expect.poll(() => work.getWaitingCount(), patience).toBeGreaterThan(0);
  expect(await bench.slots()).toEqual([]);
  await bench.worker();
  await expect.poll(() => bench.ran.includes("send 2026-11-19"), patience).toBe(true);
});
