/** Refuses, before anything starts, a Redis that is away, too old, or set up so that it loses or drops work. */
import { Redis } from "ioredis";
import { RemitError } from "../src/domain/errors.ts";
import type { Finding } from "../src/domain/finding.ts";
import { maskUrl } from "../src/domain/mask-url.ts";

const OLDEST = [6, 2] as const;
const CONNECT_MS = 3_000;

export interface RedisRules {
  /** Accepts a Redis without append-only file: the queue may be lost, the data never is. */
  readonly unsafe: boolean;
}

/** QUEUE_UNREACHABLE when it does not answer; QUEUE_UNSAFE with every fault of its set-up; CONFIG_INVALID without a URL. */
export async function checkRedis(url: string | undefined, { unsafe }: RedisRules): Promise<string> {
  if (url === undefined) {
    throw new RemitError("CONFIG_INVALID", {
      where: "REDIS_URL",
      found: "nothing",
      expected: "the Redis of the queue, such as redis://127.0.0.1:6379 (`remit run nightly` needs none)",
    });
  }
  const info = await infoOf(url);
  const findings = [...faultsOf(info, maskUrl(url), unsafe)];
  if (findings.length > 0) throw new RemitError("QUEUE_UNSAFE", { findings });
  return url;
}

/** The answer of INFO, which managed services allow where they forbid CONFIG. */
async function infoOf(url: string): Promise<ReadonlyMap<string, string>> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    // Older servers answer that with an error, which would hide the one that matters.
    disableClientInfo: true,
  });
  let why = "no answer";
  redis.on("error", (error) => {
    why = error.message;
  });
  try {
    await redis.connect();
    const lines = (await redis.info()).split("\r\n");
    return new Map(lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)]));
  } catch (cause) {
    throw new RemitError("QUEUE_UNREACHABLE", {
      where: `REDIS_URL=${maskUrl(url)}`,
      found: `${why} (tried once, ${CONNECT_MS} ms)`,
      expected: `a Redis that answers; this starts one: ${startCommand(url)}`,
      cause,
    });
  } finally {
    redis.disconnect();
  }
}

function startCommand(url: string): string {
  const port = URL.canParse(url) ? new URL(url).port || "6379" : "6379";
  return `redis-server --port ${port} --appendonly yes --maxmemory-policy noeviction`;
}

function* faultsOf(info: ReadonlyMap<string, string>, where: string, unsafe: boolean): Generator<Finding> {
  const fault = (found: string, expected: string): Finding => ({ code: "QUEUE_UNSAFE", where, found, expected });
  const version = info.get("redis_version") ?? "unknown";
  if (isOlder(version)) yield fault(`redis_version ${version}`, `${OLDEST.join(".")} or newer`);
  const policy = info.get("maxmemory_policy") ?? "unknown";
  if (policy !== "noeviction")
    yield fault(`maxmemory-policy ${policy}`, "noeviction: any other drops jobs when memory is full");
  if (!unsafe && info.get("aof_enabled") !== "1") {
    yield fault(
      "no append-only file",
      "appendonly yes, or `redisUnsafe: true` in the configuration to accept the loss of the queue",
    );
  }
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (Number.isNaN(major)) return true;
  return major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]);
}
