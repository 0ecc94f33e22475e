/** The load of several marketplaces by one worker and by two: real worker processes, real Redis, real PostgreSQL. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { addSlots } from "../../src/store/due-slots.ts";
import type { Store } from "../../src/store/store.ts";
import { startRedis } from "../support/redis.ts";
import { type BenchRow, median } from "./bench-row.ts";
import { benchRounds } from "./bench-size.ts";
import { benchContext, migrateAt, NIGHT } from "./engine-context.ts";
import { dropDatabase, freshDatabase } from "./fresh-database.ts";
import { writeNightInput } from "./night-input.ts";

const MARKETPLACES = 4;
const ROUNDS = benchRounds(3);
const LOOK_EVERY_MS = 50;

interface Load {
  readonly ms: number;
  readonly rssMb: number;
}

export async function workersRow(folder: string, items: number, server: string): Promise<BenchRow> {
  const inputs = await writeInputs(folder, items);
  const loads = { one: [] as Load[], two: [] as Load[] };
  // In turn, so that a slow moment of the machine meets both.
  for (let round = 0; round < ROUNDS; round += 1) {
    loads.one.push(await load(inputs, server, 1));
    loads.two.push(await load(inputs, server, 2));
  }
  const [one, two] = [loads.one, loads.two].map((runs) => median(runs.map(({ ms }) => ms))) as [number, number];
  const seconds = (ms: number) => (ms / 1_000).toFixed(1);
  return {
    case: `load of ${items.toLocaleString("en")} items of ${MARKETPLACES} marketplaces, imported and booked by two workers, PostgreSQL`,
    against: "one worker",
    ratio: one / two,
    rssMb: Math.max(...[...loads.one, ...loads.two].map(({ rssMb }) => rssMb)),
    detail: `${seconds(two)} s beside ${seconds(one)} s; the server has the same cores`,
  };
}

/** A folder for each marketplace, named after it. */
async function writeInputs(folder: string, items: number): Promise<readonly string[]> {
  const size = { sellers: items / 50 / MARKETPLACES, orders: items / 4 / MARKETPLACES, itemsPerOrder: 4 };
  const folders: string[] = [];
  for (let number = 1; number <= MARKETPLACES; number += 1) {
    const own = join(folder, `market${number}`);
    mkdirSync(own);
    const { marketplace, sellers, orders } = await writeNightInput(own, size);
    for (const path of [marketplace, sellers, orders]) {
      writeFileSync(path, readFileSync(path, "utf8").replaceAll('"bench"', `"market${number}"`));
    }
    folders.push(own);
  }
  return folders;
}

/** From the moment at which the work is due, with the workers waiting for it, to its end. */
async function load(inputs: readonly string[], server: string, workers: number): Promise<Load> {
  const url = await freshDatabase(server, `load_${workers}`);
  const redis = await startRedis();
  await migrateAt(url);
  const { store } = await benchContext(url);
  const crew = Array.from({ length: workers }, () => startWorkerProcess(url, redis.url, inputs));
  try {
    await Promise.all(crew.map((process) => once(process, "message")));
    const started = performance.now();
    await makeDue(store, inputs.length);
    await untilDone(store);
    const ms = performance.now() - started;
    const peaks = crew.map((process) => once(process, "message"));
    for (const process of crew) process.send("stop");
    const rssMb = Math.max(...(await Promise.all(peaks)).map(([peak]) => Number(peak)));
    await Promise.all(crew.map((process) => process.exitCode ?? once(process, "exit")));
    return { ms, rssMb };
  } finally {
    for (const process of crew) process.kill("SIGKILL");
    await store.close();
    await redis.stop();
    await dropDatabase(server, url);
  }
}

function startWorkerProcess(url: string, redisUrl: string, inputs: readonly string[]): ChildProcess {
  const path = fileURLToPath(new URL("night-worker.ts", import.meta.url));
  return spawn(process.execPath, ["--import", "tsx", path, url, redisUrl, ...inputs], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
}

function makeDue(store: Store, count: number): Promise<void> {
  const slots = Array.from({ length: count }, (_, index) => ({
    ...{ job: `load-${index}`, businessDate: NIGHT, slot: `${NIGHT}T00:00Z`, dueAt: `${NIGHT}T00:00:00.000Z` },
  }));
  return store.write((tx) => addSlots(tx, slots));
}

async function untilDone({ db }: Store): Promise<void> {
  for (;;) {
    const slots = await db.selectFrom("due_slots").select(["state", "error"]).execute();
    const failed = slots.find(({ error }) => error !== null);
    if (failed !== undefined) throw new Error(`a load failed: ${failed.error}`);
    if (slots.every(({ state }) => state === "DONE")) return;
    await pause(LOOK_EVERY_MS);
  }
}
