import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { Redis } from "ioredis";
import { Client } from "pg";
import { afterAll, describe, expect, it } from "vitest";
import { startPostgres } from "./postgres.ts";
import { startProxy } from "./proxy.ts";
import { startRedis } from "./redis.ts";
import { portAnswers } from "./server-process.ts";
import { startSshd } from "./sshd.ts";

const stops: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const stop of stops) await stop();
});

describe("servers of the tests", () => {
  it("Redis keeps its data over a kill and a restart, and does not evict", async () => {
    const server = await startRedis();
    stops.push(server.stop);
    const before = new Redis(server.url);
    before.on("error", () => undefined);
    await before.set("a", "1");
    expect(await before.config("GET", "maxmemory-policy")).toEqual(["maxmemory-policy", "noeviction"]);
    before.disconnect();
    await server.kill();
    expect(await portAnswers(server.port)).toBe(false);
    await server.restart();
    const after = new Redis(server.url);
    expect(await after.get("a")).toBe("1");
    after.disconnect();
  });

  it("PostgreSQL keeps its data over a kill and a restart", async () => {
    const server = await startPostgres();
    stops.push(server.stop);
    const before = new Client(server.url);
    before.on("error", () => undefined);
    await before.connect();
    await before.query("create table t (a int)");
    await before.query("insert into t values (1)");
    await server.kill();
    await server.restart();
    const after = new Client(server.url);
    await after.connect();
    expect((await after.query("select a from t")).rows).toEqual([{ a: 1 }]);
    await after.end();
  });

  it("the sftp program of OpenSSH lists the bank's folders, also through the proxy", async () => {
    const server = await startSshd();
    stops.push(server.stop);
    const proxy = await startProxy(server);
    stops.push(proxy.stop);
    const options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR", "BatchMode=yes"];
    const args = ["-q", "-b", "-", "-P", String(proxy.port), "-i", server.privateKeyFile];
    const child = spawn("sftp", [...args, ...options.flatMap((o) => ["-o", o]), `${server.user}@127.0.0.1`]);
    let out = "";
    child.stdout.on("data", (chunk) => {
      out += chunk;
    });
    child.stdin.end(`ls -1 ${server.folders.root}\n`);
    expect((await once(child, "exit"))[0]).toBe(0);
    expect(out).toMatch(/inbox\n.*outbox\n/s);
  });

  it("a server ends and its folder goes when the process that started it is killed", async () => {
    const script = `import { startRedis } from "${import.meta.dirname}/redis.ts";
      import { tempDir } from "${import.meta.dirname}/temp-dir.ts";
      const folder = tempDir(); const { port } = await startRedis();
      process.stdout.write(JSON.stringify({ folder, port })); setInterval(() => {}, 1e6);`;
    const owner = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script]);
    const [line] = (await once(owner.stdout, "data")) as [Buffer];
    const { folder, port } = JSON.parse(line.toString()) as { folder: string; port: number };
    owner.kill("SIGKILL");
    await expect.poll(() => portAnswers(port), { timeout: 10_000 }).toBe(false);
    await expect.poll(() => existsSync(folder), { timeout: 10_000 }).toBe(false);
  });
});
