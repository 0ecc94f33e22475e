/** Databases of a kind for tests: one of its own for each that asks, empty or migrated, on one server for each test file. */
import { randomUUID } from "node:crypto";
import { copyFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import Database from "better-sqlite3";
import { Client } from "pg";
import { MIGRATIONS } from "../../src/store/migrations/index.ts";
import { checksumOf } from "../../src/store/migrations/migration.ts";
import { openStore } from "../../src/store/open.ts";
import { POSTGRES } from "../../src/store/postgres/migrate.ts";
import type { Store } from "../../src/store/store.ts";
import { startPostgres, type TestPostgres } from "./postgres.ts";
import { tempDir } from "./temp-dir.ts";

export type StoreKind = Store["kind"];
export const STORE_KINDS = ["sqlite", "postgres"] as const satisfies readonly StoreKind[];

/** What tests use that do not say: SQLite, unless TEST_STORE names the other for a whole run. */
export const DEFAULT_KIND: StoreKind = process.env.TEST_STORE === "postgres" ? "postgres" : "sqlite";

export interface TestDatabase {
  /** As of DATABASE_URL. */
  readonly url: string;
  /** Removes it; connections to it are ended. */
  drop(): Promise<void>;
}

let started: Promise<TestPostgres> | undefined;

/** The PostgreSQL server of this test file: started when first asked for, ended with the file's process. */
export function sharedPostgres(): Promise<TestPostgres> {
  started ??= startPostgres();
  return started;
}

export async function emptyDatabase(kind: StoreKind): Promise<TestDatabase> {
  if (kind === "sqlite") return { url: `sqlite:${join(tempDir(), "remit.db")}`, drop: () => Promise.resolve() };
  return createDatabase("");
}

export async function migratedDatabase(kind: StoreKind): Promise<TestDatabase> {
  if (kind === "postgres") return createDatabase(`TEMPLATE ${await template()}`);
  migratedFile ??= migratedSqlite();
  return copyOf(await migratedFile);
}

/** Another database with the same content; nobody may be connected to the first one. */
export async function copyOf({ url }: TestDatabase): Promise<TestDatabase> {
  if (!url.startsWith("sqlite:")) return createDatabase(`TEMPLATE ${new URL(url).pathname.slice(1)}`);
  const copy = await emptyDatabase("sqlite");
  const [from, to] = [url.slice("sqlite:".length), copy.url.slice("sqlite:".length)];
  for (const part of ["", "-wal"]) if (existsSync(from + part)) copyFileSync(from + part, to + part);
  return copy;
}

async function migrate(url: string): Promise<void> {
  const store = await openStore(url, { clock: () => new Date(0), access: "migrate" });
  await store.migrate();
  await store.close();
}

async function createDatabase(clause: string): Promise<TestDatabase> {
  const name = `remit_test_${randomUUID().replaceAll("-", "")}`;
  // The template has a visitor while another test file migrates it.
  while ((await say(`CREATE DATABASE ${name} ${clause}`, "55006")) !== "done") await pause(20);
  return { url: await urlOf(name), drop: async () => void (await say(`DROP DATABASE ${name} WITH (FORCE)`)) };
}

/** Copying a migrated database is many times as fast as migrating one. */
let migratedFile: Promise<TestDatabase> | undefined;
let made: Promise<string> | undefined;

async function migratedSqlite(): Promise<TestDatabase> {
  const database = await emptyDatabase("sqlite");
  await migrate(database.url);
  return database;
}

function template(): Promise<string> {
  made ??= makeTemplate();
  return made;
}

async function makeTemplate(): Promise<string> {
  const checksum = MIGRATIONS.map((migration) => checksumOf(migration, POSTGRES).slice(0, 8)).join("_");
  const name = `remit_template_${checksum}`;
  await say(`CREATE DATABASE ${name}`, "42P04", "23505");
  await migrate(await urlOf(name));
  return name;
}

async function urlOf(name: string): Promise<string> {
  const url = new URL((await sharedPostgres()).url);
  url.pathname = `/${name}`;
  return url.toString();
}

/** Runs one statement beside the store, as somebody else would; its rows. */
export async function sayTo({ url }: TestDatabase, statement: string): Promise<readonly Record<string, unknown>[]> {
  if (!url.startsWith("sqlite:")) {
    const client = new Client(url);
    await client.connect();
    return client
      .query<Record<string, unknown>>(statement)
      .then(({ rows }) => rows)
      .finally(() => client.end());
  }
  const db = new Database(url.slice("sqlite:".length));
  try {
    const prepared = db.prepare<[], Record<string, unknown>>(statement);
    if (prepared.reader) return prepared.all();
    prepared.run();
    return [];
  } finally {
    db.close();
  }
}

/** `done`, or the SQLSTATE of an error that is expected. */
async function say(sql: string, ...expected: readonly string[]): Promise<string> {
  const client = new Client((await sharedPostgres()).url);
  await client.connect();
  try {
    await client.query(sql);
    return "done";
  } catch (error) {
    const code = String((error as { code?: unknown }).code);
    if (expected.includes(code)) return code;
    throw error;
  } finally {
    await client.end();
  }
}
