import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PREFIX, WORK_QUEUE } from "../../jobs/queue.ts";
import { RemitError } from "../../src/domain/errors.ts";
import { type WorkerBench, workerBench } from "./worker-bench.ts";

let bench: WorkerBench;
beforeEach(async () => {
  bench = await workerBench();
});
afterEach(() => bench.stop());

const NIGHT_IS_OVER = "2026-11-20T02:00:00Z";
const WHOLE_NIGHT = ["settle 2026-11-20", "write 2026-11-20"];
const nightly = () => bench.ran.filter((run) => !run.startsWith("send") && !run.startsWith("deliver"));
const unfinished = async () => (await bench.slots()).filter((slot) => !slot.endsWith("DONE"));
const patience = { timeout: 20_000, interval: 30 };

/** A worker that has seen the afternoon before, so that the store has begun. */
async function eveOfTheNight(workers = 1): Promise<void> {
  for (let count = 0; count < workers; count += 1) await bench.worker();
  await expect.poll(() => bench.ran.includes("send 2026-11-19"), patience).toBe(true);
}

describe("a worker", () => {
  it("runs what the injected clock says is due, in the order of the night, each slot once", async () => {
    await eveOfTheNight(2);
    bench.context.setClock(NIGHT_IS_OVER);
    await expect.poll(nightly, patience).toEqual(WHOLE_NIGHT);
    await expect.poll(unfinished, patience).toEqual([]);
    expect(bench.ran.filter((run) => run === "send 2026-11-20")).toHaveLength(1);
  });

  it("runs a slot once however many ticks there are for it", async () => {
    await eveOfTheNight(2);
    const queue = new Queue(WORK_QUEUE, { connection: { url: bench.redis.url }, prefix: PREFIX });
    bench.context.setClock(NIGHT_IS_OVER);
    for (let count = 0; count < 20; count += 1) await queue.add("tick", { job: "settle" });
    await expect.poll(nightly, patience).toEqual(WHOLE_NIGHT);
    await expect.poll(() => queue.getWaitingCount(), patience).toBe(0);
    await expect.poll(unfinished, patience).toEqual([]);
    expect(nightly()).toEqual(WHOLE_NIGHT);
    await queue.close();
  });

  it("loses nothing when Redis is emptied in the middle of a night", async () => {
    await eveOfTheNight();
    const redis = new Redis(bench.redis.url);
    bench.setBehaviour(async (job) => {
      if (job === "settle" || job === "write") await redis.flushall();
    });
    bench.context.setClock(NIGHT_IS_OVER);
    await expect.poll(nightly, patience).toEqual(WHOLE_NIGHT);
    await expect.poll(unfinished, patience).toEqual([]);
    await redis.quit();
  });

  it("goes on when Redis comes back after it was killed", async () => {
    await eveOfTheNight();
    await bench.redis.kill();
    bench.context.setClock(NIGHT_IS_OVER);
    await expect.poll(async () => (await bench.slots()).includes("settle 2026-11-20 DUE"), patience).toBe(true);
    await bench.redis.restart();
    await expect.poll(nightly, patience).toEqual(WHOLE_NIGHT);
  });

  it("tries a job again whose failure may pass, and keeps the night behind it waiting", async () => {
    await eveOfTheNight();
    let failures = 2;
    bench.setBehaviour(async (job) => {
      if (job !== "settle" || failures === 0) return;
      failures -= 1;
      throw new RemitError("GATEWAY_UNREACHABLE", { where: "gateway" });
    });
    bench.context.setClock(NIGHT_IS_OVER);
    await expect.poll(nightly, patience).toEqual(WHOLE_NIGHT);
    const runs = await bench.context.store.db
      .selectFrom("job_runs")
      .select("state")
      .where("job", "=", "settle")
      .orderBy("id")
      .execute();
    expect(runs.map(({ state }) => state)).toEqual(["FAILED", "FAILED", "SUCCEEDED"]);
  });

  it("gives a job up whose failure never passes", async () => {
    await eveOfTheNight();
    bench.setBehaviour(async (job) => {
      if (job === "write") throw new RemitError("BOOKS_BROKEN", { where: "books" });
    });
    bench.context.setClock(NIGHT_IS_OVER);
    await expect.poll(unfinished, patience).toEqual(["write 2026-11-20 FAILED"]);
  });

  it("does a job once that keeps the processor to itself for longer than its lock lasts", async () => {
    await eveOfTheNight(2);
    bench.setBehaviour(async (job) => {
      const end = performance.now() + 1_000;
      while (job === "settle" && performance.now() < end);
    });
    bench.context.setClock(NIGHT_IS_OVER);
    await expect.poll(nightly, patience).toEqual(WHOLE_NIGHT);
    await expect.poll(unfinished, patience).toEqual([]);
    expect(nightly()).toEqual(WHOLE_NIGHT);
  });

  it("delivers notifications while a long job runs", async () => {
    await eveOfTheNight();
    let release: () => void = () => undefined;
    bench.setBehaviour((job) =>
      job !== "settle"
        ? Promise.resolve()
        : new Promise((resolve) => {
            release = resolve;
          }),
    );
    bench.context.setClock(NIGHT_IS_OVER);
    await expect.poll(async () => (await bench.slots()).includes("settle 2026-11-20 RUNNING"), patience).toBe(true);
    const before = bench.ran.length;
    await expect.poll(() => bench.ran.slice(before), patience).toContain("deliver 2026-11-20");
    expect(nightly()).toEqual([]);
    release();
    await expect.poll(nightly, patience).toEqual(WHOLE_NIGHT);
  });

  it("waits for what is being done when it is stopped, and takes nothing new", async () => {
    const worker = await bench.worker();
    await expect.poll(() => bench.ran.includes("send 2026-11-19"), patience).toBe(true);
    let release: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      bench.setBehaviour((job) =>
        job !== "settle"
          ? Promise.resolve()
          : new Promise((done) => {
              release = done;
              resolve();
            }),
      );
    });
    bench.context.setClock(NIGHT_IS_OVER);
    await begun;
    const closed = worker.close();
    release();
    expect(await closed).toBe(true);
    expect(nightly()).toEqual(["settle 2026-11-20"]);
  });

  it("leaves what takes too long to another worker when it is stopped", async () => {
    const worker = await bench.worker();
    await expect.poll(() => bench.ran.includes("send 2026-11-19"), patience).toBe(true);
    let release: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      bench.setBehaviour((job) =>
        job !== "settle"
          ? Promise.resolve()
          : new Promise((done) => {
              release = done;
              resolve();
            }),
      );
    });
    bench.context.setClock(NIGHT_IS_OVER);
    await begun;
    expect(await worker.close()).toBe(false);
    release();
  });
});
