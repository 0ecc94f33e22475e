/** The engine as the benchmarks run it: at one moment of one night, with nobody to talk to. */
import pino from "pino";
import { loadProfile } from "../../src/app/bank-profiles.ts";
import type { Context } from "../../src/app/context.ts";
import { type Config, parseConfig } from "../../src/config.ts";
import { openStore } from "../../src/store/open.ts";
import type { Store } from "../../src/store/store.ts";

export const NIGHT = "2026-11-20";
const clock = () => new Date(`${NIGHT}T01:00:00Z`);

const refuse = () => {
  throw new Error("the benchmark talks to nobody");
};

export async function benchContext(
  url: string,
  config: Partial<Pick<Config, "redisUrl" | "sweepEveryMs">> = {},
): Promise<Context> {
  return {
    store: await openStore(url, { clock, access: "write" }),
    clock,
    log: pino({ level: "silent" }),
    config: parseConfig(config),
    actor: "bench",
    gateway: refuse,
    connectBank: refuse,
    pgpKeys: refuse,
    profile: loadProfile,
    at: () => Promise.resolve(),
  };
}

/** Brings an empty database up to the schema. */
export async function migrateAt(url: string): Promise<void> {
  const fresh: Store = await openStore(url, { clock, access: "migrate" });
  await fresh.migrate();
  await fresh.close();
}
