/** The slow part, `npm run test:models`: 20,000 sequences, other ones each time; a failure says how to replay it. */
import { spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { STORE_KINDS } from "../support/test-database.ts";

const SHARD = join(import.meta.dirname, "run-shard.ts");
const AT_ONCE = 500;
/** The rules are the same in both; in PostgreSQL a step takes ten times as long. */
const COUNT = { sqlite: 19_000, postgres: 1_000 } as const;

/** As many processes beside each other as the machine has processors (`maxConcurrency` of the configuration). */
describe.concurrent.each(STORE_KINDS)("%s", (kind) => {
  const seeds = Array.from({ length: COUNT[kind] / AT_ONCE }, () => randomInt(2 ** 31));
  it.each(seeds)(
    `${AT_ONCE} of ${COUNT[kind]} sequences, those of seed %i, end as the plain model says`,
    async (seed) => {
      const words = ["--import", import.meta.resolve("tsx"), SHARD, kind, String(seed), String(AT_ONCE)];
      const shard = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "pipe"] });
      const [reached, fault, [code]] = await Promise.all([text(shard.stdout), text(shard.stderr), once(shard, "exit")]);
      expect([code, fault]).toEqual([0, ""]);
      expect(JSON.parse(reached)).toMatchObject({ EXECUTED: expect.any(Number), RETURNED: expect.any(Number) });
    },
  );
});
