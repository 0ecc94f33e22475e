/** Opens connections to PostgreSQL the way money needs them: 64-bit integers exact, waits that end, a server that keeps what it commits. */
import pg, { type ClientConfig, type CustomTypesConfig, type Pool, type PoolConfig } from "pg";
import { RemitError } from "../../domain/errors.ts";
import { maskUrl } from "../../domain/mask-url.ts";
import { storeError } from "./store-error.ts";

const CONNECT_TIMEOUT_MS = 10_000;
/** The longest statement of a night over millions of rows takes seconds. */
const STATEMENT_TIMEOUT_MS = 15 * 60_000;
/** Longer than any transaction that does its work in bulk; a writer that waits longer tries again later. */
const LOCK_TIMEOUT_MS = 60_000;
/** A process that was stopped in the middle of a transaction must not hold its locks for ever. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 5 * 60_000;
/** PostgreSQL compiles what it thinks long, which takes a third of a second a statement: longer than most of ours run. */
const NO_COMPILING = "jit=off";
const MOST_CONNECTIONS = 10;

/** int2, int4, int8: every integer is a bigint, as in the SQLite store. */
const INTEGERS = new Set([21, 23, 20]);

const types: CustomTypesConfig = {
  getTypeParser: (oid, format) => (INTEGERS.has(oid) ? BigInt : pg.types.getTypeParser(oid, format)),
} as CustomTypesConfig;

/** What every connection is opened with. */
export function clientConfig(url: string): ClientConfig {
  return { connectionString: url, types, application_name: "remit", connectionTimeoutMillis: CONNECT_TIMEOUT_MS };
}

/** `settings` are server settings for the sessions of this pool, such as `synchronous_commit=off`. */
export function openPool(url: string, settings: readonly string[] = [], more: PoolConfig = {}): Pool {
  const pool = new pg.Pool({
    ...clientConfig(url),
    max: MOST_CONNECTIONS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    options: [NO_COMPILING, ...settings].map((setting) => `-c ${setting}`).join(" "),
    ...more,
  });
  // A connection that dies between two queries, in the pool or in a transaction, fails the next one; without a listener it
  // would end the process.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  return pool;
}

interface ServerCheck {
  readonly setting: string;
  readonly holds: (value: string) => boolean;
  readonly expected: string;
}

const CHECKS: readonly ServerCheck[] = [
  {
    setting: "server_version_num",
    holds: (value) => Number(value) >= 130_000,
    expected: "130000: PostgreSQL 13 or newer",
  },
  {
    setting: "server_encoding",
    holds: (value) => value === "UTF8",
    expected: "UTF8: names of payees come in any script",
  },
  {
    setting: "synchronous_commit",
    holds: (value) => value === "on" || value === "remote_apply",
    expected: "on: a committed payment must survive a power cut",
  },
  { setting: "fsync", holds: (value) => value === "on", expected: "on: a committed payment must survive a power cut" },
];

const TAKES_WRITES: ServerCheck = {
  setting: "transaction_read_only",
  holds: (value) => value === "off",
  expected: "off: a server that takes writes, not a standby",
};

/** CONFIG_INVALID when the server is set up so that it could lose what it committed; STORE_UNREACHABLE when it does not answer. */
export async function assertServer(pool: Pool, url: string, writes: boolean): Promise<void> {
  for (const { setting, holds, expected } of writes ? [...CHECKS, TAKES_WRITES] : CHECKS) {
    const value = await settingOf(pool, url, setting);
    if (!holds(value)) {
      throw new RemitError("CONFIG_INVALID", { where: `${maskUrl(url)}: ${setting}`, found: value, expected });
    }
  }
}

async function settingOf(pool: Pool, url: string, setting: string): Promise<string> {
  try {
    const { rows } = await pool.query<{ value: string }>("SELECT current_setting($1) AS value", [setting]);
    return rows[0]?.value ?? "";
  } catch (error) {
    throw storeError(error, url);
  }
}
