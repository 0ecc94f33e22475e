import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { parseConfig } from "../../src/config.ts";
import { openStore } from "../../src/store/open.ts";
import { startProxy } from "../support/proxy.ts";
import { startRedis } from "../support/redis.ts";
import { workplace } from "./remit.ts";

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});
function kept<Child extends ChildProcess>(child: Child): Child {
  children.push(child);
  return child;
}
const patience = { timeout: 40_000, interval: 100 };

async function ended(child: ChildProcess): Promise<unknown> {
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  const [code] = await exit;
  return code;
}

it("scheduler and worker run what is due as processes of their own, refuse a second writer, and end with 0 on SIGTERM", async () => {
  const redis = await startRedis();
  const place = workplace("2026-11-20T12:00:00Z", { REDIS_URL: redis.url });
  await place.remit("init");
  const scheduler = kept(place.stay("start", "scheduler"));
  const worker = kept(place.stay("start", "worker"));
  const store = await openStore(place.databaseUrl, { clock: () => new Date(), access: "read" });
  const done = async () => {
    const runs = await store.db
      .selectFrom("job_runs")
      .select(["job", "actor"])
      .where("state", "=", "SUCCEEDED")
      .execute();
    return runs.map(({ job, actor }) => `${job} by ${actor}`).sort();
  };
  await expect
    .poll(done, patience)
    .toEqual([
      "collect-files by job:collect-files",
      "send-files by job:send-files",
      "sweep-captures by job:sweep-captures",
    ]);
  const second = await place.remit("start", "worker");
  expect(second.stderr).toContain("STORE_BUSY");
  expect(second.code).toBe(1);
  expect(await Promise.all([ended(scheduler), ended(worker)])).toEqual([0, 0]);
  await store.close();
  await redis.stop();
});

it.each(["worker", "scheduler", "all"])(
  "a %s that is asked to stop while it is still starting ends with 0",
  async (part) => {
    const redis = await startRedis();
    // Redis answers so late that the start takes its time; the first connection says that it has begun.
    const late = await startProxy({ host: "127.0.0.1", port: redis.port }, { kind: "delay", ms: 100 });
    const place = workplace("2026-11-20T12:00:00Z", { REDIS_URL: `redis://127.0.0.1:${late.port}`, PORT: "0" });
    await place.remit("init");
    const starting = kept(place.stay("start", part));
    const begun = () => late.connections > 0 || starting.exitCode !== null;
    await expect.poll(begun, { ...patience, interval: 5 }).toBe(true);
    expect(starting.output()).not.toContain("started");
    const exit = once(starting, "exit");
    starting.kill("SIGTERM");
    late.fault = { kind: "none" };
    expect(await exit, starting.output()).toEqual([0, null]);
    await late.stop();
    await redis.stop();
  },
);

it("`start all` is web, worker and scheduler in one process on one store", async () => {
  const redis = await startRedis();
  const place = workplace("2026-11-20T12:00:00Z", { REDIS_URL: redis.url, PORT: "0" });
  await place.remit("init");
  const all = kept(place.stay("start", "all"));
  const port = () => Number(/"port":(\d+),"msg":"web started"/.exec(all.output())?.[1] ?? 0);
  await expect.poll(port, patience).toBeGreaterThan(0);
  const answer = await fetch(`http://127.0.0.1:${port()}/`);
  expect(answer.status).toBeLessThan(500);
  await expect.poll(() => all.output(), patience).toMatch(/"job":"send-files".*job done/);
  expect(await ended(all)).toBe(0);
  await redis.stop();
});

it("the sandbox runs until it is stopped, and writes a configuration that leads to it and only its owner can read", async () => {
  const place = workplace();
  const file = join(place.folder, "remit.json");
  const sandbox = kept(place.stay("sandbox", "--config", file));
  await expect.poll(sandbox.output, patience).toContain("SHA256:");
  await expect.poll(() => sandbox.output().trimEnd().endsWith("}"), patience).toBe(true);
  const said = JSON.parse(sandbox.output());
  const config = parseConfig(JSON.parse(readFileSync(file, "utf8")));
  expect(config.banks.sandbox).toMatchObject({ port: said.bank.port, hostKeys: [said.bank.fingerprint] });
  expect(config.gateways.sandbox?.url).toBe(said.gateway.url);
  expect(statSync(file).mode & 0o077).toBe(0);
  expect(await ended(sandbox)).toBe(0);
});
