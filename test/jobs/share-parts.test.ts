import { setTimeout as pause } from "node:timers/promises";
import { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { JobReport, Part } from "../../src/app/context.ts";
import { type RunPart, shareOut } from "../../src/app/share-out.ts";
import { RemitError } from "../../src/domain/errors.ts";
import { STORE_KINDS, type StoreKind } from "../support/test-database.ts";
import { type WorkerBench, workerBench } from "./worker-bench.ts";

const NIGHT_IS_OVER = "2026-11-20T02:00:00Z";
const NAMES = ["a", "b", "c", "d", "e", "f"];
const PARTS: readonly Part[] = NAMES.map((marketplace) => ({
  ...{ work: "piece", marketplace, businessDate: "2026-11-20", actor: "job:settle" },
}));
const patience = { timeout: 20_000, interval: 30 };

let bench: WorkerBench;
let done: string[];
let atOnce: number;
let most: number;
let whole: JobReport | undefined;
let onPart: (name: string) => Promise<void>;

const piece: RunPart = async ({ actor }, { marketplace }) => {
  atOnce += 1;
  most = Math.max(most, atOnce);
  try {
    await onPart(marketplace);
    await pause(60);
  } finally {
    atOnce -= 1;
  }
  done.push(marketplace);
  const finding = { code: "PIECE", where: marketplace, found: actor, expected: "nothing" };
  return { counts: { pieces: 1, [`${marketplace}.sum`]: 9_007_199_254_740_993n }, findings: [finding] };
};

/** Workers that have seen the afternoon before, and a job that is in parts. */
async function nightWith(kind: StoreKind, workers: number): Promise<void> {
  bench = await workerBench(100, { kind, parts: { piece } });
  bench.setBehaviour(async (job, _date, context) => {
    if (job === "settle") whole = await shareOut(context, PARTS, piece);
  });
  for (let count = 0; count < workers; count += 1) await bench.worker();
  await expect.poll(() => bench.ran.includes("send 2026-11-19"), patience).toBe(true);
  bench.context.setClock(NIGHT_IS_OVER);
}

const settled = () => expect.poll(bench.slots, patience).toContain("settle 2026-11-20 DONE");

beforeEach(() => {
  [done, atOnce, most, whole, onPart] = [[], 0, 0, undefined, () => Promise.resolve()];
});
afterEach(() => bench.stop());

describe("a job in parts", () => {
  it.each(STORE_KINDS)("does each part once on %s, and its report is that of all of them", async (kind) => {
    await nightWith(kind, 2);
    await settled();
    expect([...done].sort()).toEqual(NAMES);
    expect(whole?.counts).toMatchObject({ pieces: NAMES.length });
    expect(
      Object.values(whole?.counts ?? {})
        .map(String)
        .slice(1),
    ).toEqual(NAMES.map(() => "9007199254740993"));
    expect(whole?.findings.map(({ where, found }) => `${where} ${found}`)).toEqual(
      NAMES.map((name) => `${name} job:settle`),
    );
    // One process writes to SQLite; on PostgreSQL every worker that is free helps.
    expect(most).toBe(kind === "sqlite" ? 1 : 2);
  });

  it("is finished by its own worker when Redis forgets the parts", async () => {
    onPart = async (name) => {
      if (name !== "b") return;
      const redis = new Redis(bench.redis.url);
      await redis.flushall();
      await redis.quit();
    };
    await nightWith("postgres", 1);
    await settled();
    expect([...new Set(done)].sort()).toEqual(NAMES);
  });

  it("is finished by its own worker when Redis goes away", async () => {
    let gone = false;
    onPart = async (name) => {
      if (name !== "b" || gone) return;
      gone = true;
      await bench.redis.kill();
    };
    await nightWith("postgres", 1);
    await expect.poll(() => whole?.findings.length, patience).toBe(NAMES.length);
    expect([...new Set(done)].sort()).toEqual(NAMES);
    await bench.redis.restart();
    await settled();
  });

  it("fails with the error of its part, whichever worker had it", async () => {
    onPart = async (name) => {
      if (name !== "c") return;
      throw new RemitError("CONFIG_INVALID", { where: "part c", found: "no gateway", expected: "one" });
    };
    await nightWith("postgres", 2);
    await expect.poll(bench.slots, patience).toContain("settle 2026-11-20 FAILED");
    expect(whole).toBeUndefined();
  });

  it("is brought to its end when the only worker is told to stop", async () => {
    let stopped: Promise<boolean> | undefined;
    bench = await workerBench(100, { kind: "postgres", parts: { piece } });
    bench.setBehaviour(async (job, _date, context) => {
      if (job === "settle") whole = await shareOut(context, PARTS, piece);
    });
    const worker = await bench.worker();
    await expect.poll(() => bench.ran.includes("send 2026-11-19"), patience).toBe(true);
    onPart = async () => {
      stopped ??= worker.close();
    };
    bench.context.setClock(NIGHT_IS_OVER);
    await expect.poll(() => stopped, patience).toBeDefined();
    expect(await stopped).toBe(true);
    expect([...done].sort()).toEqual(NAMES);
    expect(await bench.slots()).toContain("settle 2026-11-20 DONE");
  });
});
