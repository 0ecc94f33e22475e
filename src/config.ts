/** The configuration: the only reader of the environment, validated once, frozen; secrets come from files or variables and are never printed. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { RemitError } from "./domain/errors.ts";

const Secret = z.union([
  z.strictObject({ file: z.string().min(1) }),
  z.strictObject({ env: z.string().min(1) }),
  z.strictObject({ value: z.string().min(1) }),
]);

/** Armored OpenPGP keys, newest first; two of a kind while one side changes its key. */
const Pgp = z.strictObject({
  /** Public keys of the bank: we encrypt to the first that is valid and accept signatures of all. */
  bankKeys: z.array(Secret).min(1),
  /** Our private keys: we sign with the first that is valid and open messages to any of them. */
  ourKeys: z.array(z.strictObject({ key: Secret, passphrase: Secret.optional() })).min(1),
});

const Bank = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("sftp"),
    host: z.string().min(1),
    port: z.int().min(1).max(65_535).default(22),
    user: z.string().min(1),
    password: Secret.optional(),
    privateKey: Secret.optional(),
    passphrase: Secret.optional(),
    /** SHA-256 fingerprints of the bank's host keys; two while the bank changes its key. */
    hostKeys: z.array(z.string().startsWith("SHA256:")).min(1),
    allowedAddresses: z.array(z.string()).optional(),
    pgp: Pgp.optional(),
  }),
  z.strictObject({ kind: z.literal("folder"), path: z.string().min(1), pgp: Pgp.optional() }),
]);

const Gateway = z.strictObject({
  kind: z.literal("http"),
  url: z.url(),
  key: Secret,
  timeoutMs: z.int().min(100).default(15_000),
});

const Config = z.strictObject({
  databaseUrl: z.string().min(1).default("sqlite:./var/remit.db"),
  redisUrl: z.string().min(1).optional(),
  /** Redis without persistence is refused unless this says that losing the queue (never the data) is acceptable. */
  redisUnsafe: z.boolean().default(false),
  zone: z.string().default("Europe/Paris"),
  archive: z.string().default("./var/archive"),
  reports: z.string().default("./var/reports"),
  profiles: z.string().optional(),
  logLevel: z.enum(["trace", "debug", "info", "warn", "error", "silent"]).default("info"),
  http: z
    .strictObject({ host: z.string().default("127.0.0.1"), port: z.int().min(0).max(65_535).default(8080) })
    .prefault({}),
  /** Endpoints on loopback over plain http, for a sandbox; never in production. */
  allowLoopbackEndpoints: z.boolean().default(false),
  /** A file that holds the current instant, for rehearsals: the whole engine then lives at that instant. */
  clockFile: z.string().optional(),
  /** `POINT` or `POINT:N`: where a rehearsal ends the process by SIGKILL (src/app/fail-points.ts). Needs a clockFile. */
  failAt: z.string().min(1).optional(),
  /** How long the second look at a bank's folder waits, to see that a file no longer grows. */
  settleMs: z.int().min(0).default(2_000),
  /** How long a worker that is not heard of counts as alive; its work is handed over after at most both together. */
  worker: z
    .strictObject({
      lockMs: z.int().min(500).default(10_000),
      stalledMs: z.int().min(250).default(5_000),
    })
    .prefault({}),
  sweepEveryMs: z.int().min(50).default(30_000),
  banks: z.record(z.string(), Bank).default({}),
  gateways: z.record(z.string(), Gateway).default({}),
});

export type Config = Readonly<z.infer<typeof Config>>;
export type BankConfig = z.infer<typeof Bank>;
export type GatewayConfig = z.infer<typeof Gateway>;
export type SecretSource = z.infer<typeof Secret>;

/** Variables that stand before what the file says. */
const VARIABLES: Readonly<Record<string, { readonly key: keyof Config; readonly read: (text: string) => unknown }>> = {
  DATABASE_URL: { key: "databaseUrl", read: (text) => text },
  REDIS_URL: { key: "redisUrl", read: (text) => text },
  REMIT_ZONE: { key: "zone", read: (text) => text },
  REMIT_LOG_LEVEL: { key: "logLevel", read: (text) => text },
  REMIT_FAIL_AT: { key: "failAt", read: (text) => text },
  REMIT_CLOCK_FILE: { key: "clockFile", read: (text) => text },
  PORT: { key: "http", read: (text) => ({ host: "0.0.0.0", port: Number(text) }) },
};

export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads `REMIT_CONFIG` (a JSON file) and the variables; CONFIG_INVALID lists every problem with its path. */
export function loadConfig(environment: Environment = process.env): Config {
  const fromFile = environment.REMIT_CONFIG === undefined ? {} : readConfigFile(environment.REMIT_CONFIG);
  const fromVariables = Object.fromEntries(
    Object.entries(VARIABLES).flatMap(([name, { key, read }]) => {
      const text = environment[name];
      return text === undefined || text === "" ? [] : [[key, read(text)]];
    }),
  );
  return parseConfig({ ...fromFile, ...fromVariables });
}

export function parseConfig(value: unknown): Config {
  const parsed = Config.safeParse(value);
  if (!parsed.success) {
    throw new RemitError("CONFIG_INVALID", {
      findings: parsed.error.issues.map((issue) => ({
        code: "CONFIG_INVALID",
        where: issue.path.join(".") || "configuration",
        found: issue.code,
        expected: issue.message,
      })),
    });
  }
  assertZone(parsed.data.zone);
  assertRehearsal(parsed.data);
  return Object.freeze(parsed.data);
}

function readConfigFile(path: string): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(resolve(path), "utf8")) as Record<string, unknown>;
  } catch (cause) {
    throw new RemitError("CONFIG_INVALID", {
      where: `REMIT_CONFIG=${path}`,
      found: cause instanceof Error ? cause.message : String(cause),
      expected: "a readable JSON file",
      cause,
    });
  }
}

function assertZone(zone: string): void {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
  } catch (cause) {
    throw new RemitError("CONFIG_INVALID", {
      where: "zone",
      found: zone,
      expected: "an IANA zone such as Europe/Paris",
      cause,
    });
  }
}

/** Where time is real nobody ends the engine on purpose. */
function assertRehearsal({ failAt, clockFile }: Config): void {
  if (failAt === undefined || clockFile !== undefined) return;
  throw new RemitError("CONFIG_INVALID", {
    where: "failAt (REMIT_FAIL_AT)",
    found: failAt,
    expected: "nothing outside a rehearsal: only an engine that lives by a clockFile may be ended at a fail point",
  });
}

/** The secret itself. CONFIG_INVALID names where it should have come from, never what it is. */
export function readSecret(source: SecretSource, where: string, environment: Environment = process.env): string {
  if ("value" in source) return source.value;
  if ("env" in source) {
    const value = environment[source.env];
    if (value !== undefined && value !== "") return value;
    throw new RemitError("CONFIG_INVALID", { where, found: `no variable ${source.env}`, expected: "a secret in it" });
  }
  try {
    return readFileSync(resolve(source.file), "utf8").trimEnd();
  } catch (cause) {
    throw new RemitError("CONFIG_INVALID", {
      where,
      found: `no readable file ${source.file}`,
      expected: "a secret in it",
      cause,
    });
  }
}
