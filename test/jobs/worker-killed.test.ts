import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { openStore } from "../../src/store/open.ts";
import { startRedis } from "../support/redis.ts";
import { tempDir } from "../support/temp-dir.ts";

const SCRIPT = join(import.meta.dirname, "worker-process.ts");
const clock = () => new Date("2026-11-20T12:00:00Z");
const patience = { timeout: 30_000, interval: 50 };

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});

function startProcess(...words: string[]): ChildProcess {
  const child = spawn(process.execPath, ["--import", "tsx", SCRIPT, ...words], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  children.push(child);
  return child;
}

/** What the settings of BullMQ that we chose promise (lock 10 s, stalled check 5 s). */
const HANDED_OVER_WITHIN_MS = 15_000;

it("with the locks that ship, what a killed worker was doing is taken over within 15 s", async () => {
  const redis = await startRedis();
  const folder = tempDir();
  const words = [join(folder, "remit.db"), redis.url, join(folder, "marks"), "default-locks"] as const;
  const fresh = await openStore(`sqlite:${words[0]}`, { clock, access: "migrate" });
  await fresh.migrate();
  await fresh.close();
  const first = startProcess(...words);
  await expect.poll(() => existsSync(words[2]), patience).toBe(true);
  first.kill("SIGKILL");
  await once(first, "exit");
  const killedAt = Date.now();
  startProcess(...words);
  await expect.poll(() => readFileSync(words[2], "utf8"), patience).toContain("begin\nbegin\n");
  expect(Date.now() - killedAt).toBeLessThan(HANDED_OVER_WITHIN_MS);
  await redis.stop();
}, 60_000);

it("what a worker was doing when it was killed with -9 is done by the next one, once", async () => {
  const redis = await startRedis();
  const folder = tempDir();
  const store = join(folder, "remit.db");
  const marks = join(folder, "marks");
  const fresh = await openStore(`sqlite:${store}`, { clock, access: "migrate" });
  await fresh.migrate();
  await fresh.close();

  const first = startProcess(store, redis.url, marks);
  await expect.poll(() => existsSync(marks), patience).toBe(true);
  first.kill("SIGKILL");
  await once(first, "exit");
  const second = startProcess(store, redis.url, marks);
  await expect.poll(() => readFileSync(marks, "utf8"), patience).toBe("begin\nbegin\nend\n");

  second.kill("SIGTERM");
  const [code] = await once(second, "exit");
  expect(code).toBe(0);
  const reader = await openStore(`sqlite:${store}`, { clock, access: "read" });
  expect(await reader.db.selectFrom("due_slots").select(["state", "fence"]).execute()).toEqual([
    { state: "DONE", fence: 2n },
  ]);
  const runs = await reader.db.selectFrom("job_runs").select(["state"]).orderBy("id").execute();
  expect(runs.map(({ state }) => state)).toEqual(["FAILED", "SUCCEEDED"]);
  await reader.close();
  await redis.stop();
});
