import { afterAll, describe, expect, it } from "vitest";
import { checkRedis } from "../../jobs/redis-check.ts";
import { RemitError } from "../../src/domain/errors.ts";
import { startRedis, type TestRedis } from "../support/redis.ts";
import { freePort } from "../support/server-process.ts";

const started: TestRedis[] = [];
afterAll(() => Promise.all(started.map((redis) => redis.stop())));

async function redisWith(options: Parameters<typeof startRedis>[0]): Promise<string> {
  const redis = await startRedis(options);
  started.push(redis);
  return redis.url;
}

async function refusal(url: string | undefined, unsafe = false): Promise<RemitError> {
  const error = await checkRedis(url, { unsafe }).catch((refused: unknown) => refused);
  if (error instanceof RemitError) return error;
  throw new Error(`not refused: ${String(error)}`);
}

describe("a start with Redis", () => {
  it("is allowed where Redis keeps everything", async () => {
    const url = await redisWith({});
    expect(await checkRedis(url, { unsafe: false })).toBe(url);
  });

  it("is refused with every fault of a Redis that may drop or lose work", async () => {
    const error = await refusal(await redisWith({ persistence: false, maxmemoryPolicy: "allkeys-lru" }));
    expect(error.code).toBe("QUEUE_UNSAFE");
    expect(error.findings.map(({ found }) => found)).toEqual(["maxmemory-policy allkeys-lru", "no append-only file"]);
  });

  it("is allowed without persistence when the configuration accepts that, but never with eviction", async () => {
    const lossy = await redisWith({ persistence: false });
    expect(await checkRedis(lossy, { unsafe: true })).toBe(lossy);
    const evicting = await redisWith({ persistence: false, maxmemoryPolicy: "volatile-ttl" });
    expect((await refusal(evicting, true)).findings.map(({ found }) => found)).toEqual([
      "maxmemory-policy volatile-ttl",
    ]);
  });

  it("says which URL did not answer, without its password, and the command that would start one", async () => {
    const port = await freePort();
    const error = await refusal(`redis://app:hunter2secret@127.0.0.1:${port}/0`);
    expect(error.code).toBe("QUEUE_UNREACHABLE");
    expect(error.message).toContain(`redis://app:***@127.0.0.1:${port}/0`);
    expect(error.message).toContain("ECONNREFUSED");
    expect(error.message).toContain(`redis-server --port ${port} --appendonly yes --maxmemory-policy noeviction`);
    expect(error.message).not.toContain("hunter2secret");
  });

  it("is refused without a URL, with the way that needs no Redis", async () => {
    expect((await refusal(undefined)).message).toMatch(/REDIS_URL.*remit run nightly/);
  });
});
