/** A context over a fresh store with nothing behind its ports, for tests of what needs no bank and no gateway. */
import { pino } from "pino";
import type { Context } from "../../src/app/context.ts";
import { type Config, parseConfig } from "../../src/config.ts";
import type { Store } from "../../src/store/store.ts";
import { DEFAULT_KIND, type StoreKind } from "./test-database.ts";
import { freshStore } from "./test-store.ts";

export interface TestContext extends Context {
  readonly store: Store;
  /** Moves the clock. */
  setClock(instant: string): void;
}

const absent = (what: string) => (): never => {
  throw new Error(`this test has no ${what}`);
};

export async function testContext(
  config: Partial<Config> = {},
  start = "2026-11-20T01:00:00Z",
  kind: StoreKind = DEFAULT_KIND,
  store?: Store,
): Promise<TestContext> {
  let now = new Date(start);
  const clock = () => now;
  return {
    store: store ?? (await freshStore(clock, kind)),
    clock,
    setClock: (instant) => {
      now = new Date(instant);
    },
    log: pino({ level: "silent" }),
    config: parseConfig(config),
    actor: "tester",
    gateway: absent("gateway"),
    connectBank: absent("bank"),
    pgpKeys: absent("keys"),
    profile: absent("profile"),
    at: () => Promise.resolve(),
  };
}
