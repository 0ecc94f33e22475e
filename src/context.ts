/** The composition root: turns the configuration into the one context that use cases are given. */
import type { Logger } from "pino";
import { loadProfile } from "./app/bank-profiles.ts";
import type { Context } from "./app/context.ts";
import { killAt } from "./app/fail-points.ts";
import { channelSettings, pgpSettings } from "./banks.ts";
import { clockFrom } from "./clock.ts";
import { type Config, loadConfig, readSecret } from "./config.ts";
import { RemitError } from "./domain/errors.ts";
import type { Gateway } from "./gateways/gateway.ts";
import type { HttpGatewayOptions } from "./gateways/http-gateway.ts";
import { createLog } from "./log.ts";
import { openStore } from "./store/open.ts";
import type { OpenOptions } from "./store/store.ts";

export interface OpenContextOptions {
  readonly access: OpenOptions["access"];
  /** Who is acting. */
  readonly actor: string;
  /** Read from the environment when absent. */
  readonly config?: Config;
  /** Made from the configuration when absent. */
  readonly log?: Logger;
}

export interface OpenedContext extends Context {
  close(): Promise<void>;
}

/** Errors as of `loadConfig` and `openStore`. Gateways, banks and profiles are looked at when they are first asked for. */
export async function openContext({ access, actor, ...given }: OpenContextOptions): Promise<OpenedContext> {
  const config = given.config ?? loadConfig();
  const clock = clockFrom(config.clockFile);
  const store = await openStore(config.databaseUrl, { clock, access });
  const at = config.failAt === undefined ? () => Promise.resolve() : killAt(config.failAt);
  const gateways = gatewaysOf(config);
  return {
    store,
    clock,
    config,
    actor,
    at,
    log: given.log ?? createLog({ level: config.logLevel }),
    gateway: (name) => gateways.get(name),
    connectBank: async (name, profile) => {
      // Loaded by those who talk to a bank: SSH takes longer to load than a list takes to print.
      const { openChannel } = await import("./exchange/open-channel.ts");
      return openChannel(channelSettings(config, name, profile), at);
    },
    pgpKeys: async (name) => {
      const { loadPgpKeys } = await import("./exchange/pgp.ts");
      return loadPgpKeys(pgpSettings(config, name));
    },
    profile: (name) => loadProfile(name, ...(config.profiles === undefined ? [] : [config.profiles])),
    close: async () => {
      await gateways.close();
      await store.close();
    },
  };
}

interface Gateways {
  get(name: string): Promise<Gateway>;
  close(): Promise<void>;
}

/** Each gateway is made once and kept: it holds connections. */
function gatewaysOf(config: Config): Gateways {
  const made = new Map<string, Gateway>();
  return {
    get: async (name) => {
      // Loaded by those who ask a gateway, like SSH by those who talk to a bank.
      const { httpGateway } = await import("./gateways/http-gateway.ts");
      const gateway = made.get(name) ?? httpGateway(gatewaySettings(config, name));
      made.set(name, gateway);
      return gateway;
    },
    close: async () => {
      await Promise.all([...made.values()].map((gateway) => gateway.close()));
    },
  };
}

function gatewaySettings(config: Config, name: string): HttpGatewayOptions {
  const settings = config.gateways[name];
  if (settings === undefined) {
    throw new RemitError("CONFIG_INVALID", {
      where: "gateways",
      found: `no gateway ${JSON.stringify(name)}`,
      expected: `one of ${Object.keys(config.gateways).join(", ") || "the gateways that the configuration lists (none)"}`,
    });
  }
  return {
    url: settings.url,
    key: readSecret(settings.key, `gateways.${name}.key`),
    timeoutMs: settings.timeoutMs,
  };
}
