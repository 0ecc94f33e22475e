/** A small world around the engine: a bank, a gateway, a marketplace's receiver, a configuration, and one time for all of them. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type BankConfig, type Config, parseConfig } from "../config.ts";
import { type OpenedContext, openContext } from "../context.ts";
import { type IsoDate, instantOf } from "../domain/calendar.ts";
import type { SandboxBankBrain } from "../sandbox/bank-brain.ts";
import { runSandbox } from "../sandbox/run-sandbox.ts";
import type { SandboxGateway } from "../sandbox/sandbox-gateway.ts";
import { type Receiver, startReceiver } from "./receiver.ts";

export const ZONE = "Europe/Paris";

/** Signs what is sent to the receiver. Not a secret: nothing outside this machine has ever trusted it. */
export const ENDPOINT_SECRET = `whsec_${Buffer.from("the receiver of the rehearsal, 32").toString("base64")}`;

/** What a bank in this world is: what it knows, and how the engine reaches it. */
export interface WorldBank {
  readonly brain: SandboxBankBrain;
  readonly config: BankConfig;
  /** A folder of bank profiles in place of those that ship. */
  readonly profiles?: string;
}

export interface WorldParts {
  readonly bank: WorldBank;
  readonly gateway: SandboxGateway;
  setClock(now: Date): void;
  stop(): Promise<void>;
}

export interface World extends WorldParts {
  readonly folder: string;
  readonly receiver: Receiver;
  readonly config: Config;
  /** Where the configuration lies, for `REMIT_CONFIG`. */
  readonly configFile: string;
  now(): Date;
  /** Moves the time of everybody: engine, bank, gateway and receiver. */
  moveTo(date: IsoDate, time: string): void;
  /** The engine in this process. Closed by `stop` at the latest. */
  open(access: "read" | "write" | "migrate", actor?: string): Promise<OpenedContext>;
}

/** The sandbox's own bank and gateway in this process, on free ports. The bank reads its inbox when it is told to. */
export async function sandboxParts(folder: string, now: Date): Promise<WorldParts> {
  const sandbox = await runSandbox({ folder: join(folder, "sandbox"), now, answers: "when-told", user: "remit" });
  const { host, port, user, password, fingerprint } = sandbox.bank;
  const secret = join(folder, "bank-password");
  writeFileSync(secret, password, { mode: 0o600 });
  return {
    bank: {
      brain: sandbox.parts.bank.brain,
      config: { kind: "sftp", host, port, user, password: { file: secret }, hostKeys: [fingerprint] },
    },
    gateway: sandbox.parts.gateway,
    setClock: (moment) => sandbox.setClock(moment),
    stop: () => sandbox.stop(),
  };
}

export interface WorldOptions {
  /** Bank and gateway; the sandbox's own unless given. */
  readonly parts?: typeof sandboxParts;
  /** Goes into the configuration. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** How long the engine waits for the gateway. */
  readonly gatewayTimeoutMs?: number;
}

/** Writes the configuration and starts the receiver. The folder must be empty or absent. */
export async function startWorld(folder: string, start: Date, options: WorldOptions = {}): Promise<World> {
  mkdirSync(folder, { recursive: true });
  const parts = await (options.parts ?? sandboxParts)(folder, start);
  let now = start;
  const receiver = await startReceiver({ secret: ENDPOINT_SECRET, now: () => now });
  const configFile = join(folder, "remit.json");
  const raw = { ...configOf(folder, parts, options.gatewayTimeoutMs ?? 15_000), ...options.config };
  const clockFile = join(folder, "clock");
  const setClock = (moment: Date): void => {
    now = moment;
    writeFileSync(clockFile, moment.toISOString());
    parts.setClock(moment);
  };
  setClock(start);
  writeFileSync(configFile, `${JSON.stringify(raw, null, 2)}\n`, { mode: 0o600 });
  const config = parseConfig(raw);
  const opened: OpenedContext[] = [];
  return {
    ...parts,
    folder,
    receiver,
    config,
    configFile,
    setClock,
    now: () => now,
    moveTo: (date, time) => setClock(instantOf(date, time, ZONE)),
    open: async (access, actor = "rehearsal") => {
      const context = await openContext({ access, actor, config });
      opened.push(context);
      return context;
    },
    stop: async () => {
      await Promise.all(opened.map((context) => context.close().catch(() => undefined)));
      await receiver.stop();
      await parts.stop();
    },
  };
}

function configOf(folder: string, { bank, gateway }: WorldParts, timeoutMs: number): Record<string, unknown> {
  const key = join(folder, "gateway-key");
  writeFileSync(key, gateway.apiKey, { mode: 0o600 });
  return {
    databaseUrl: `sqlite:${join(folder, "remit.db")}`,
    zone: ZONE,
    archive: join(folder, "archive"),
    reports: join(folder, "reports"),
    logLevel: "silent",
    allowLoopbackEndpoints: true,
    settleMs: 20,
    clockFile: join(folder, "clock"),
    banks: { sandbox: bank.config },
    gateways: { sandbox: { kind: "http", url: gateway.url, key: { file: key }, timeoutMs } },
    ...(bank.profiles === undefined ? {} : { profiles: bank.profiles }),
  };
}
