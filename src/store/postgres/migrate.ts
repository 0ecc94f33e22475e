/** Brings a PostgreSQL store up to this program's schema, one process at a time, each migration whole or not at all. */
import pg, { type ClientBase, type Pool } from "pg";
import { checksumOf, type Dialect } from "../migrations/migration.ts";
import { type AppliedMigration, pendingMigrations } from "../migrations/pending.ts";
import { clientConfig } from "./connection.ts";
import { storeError } from "./store-error.ts";

export const POSTGRES: Dialect = {
  name: "postgres",
  int: "BIGINT",
  text: 'TEXT COLLATE "C"',
  blob: "BYTEA",
  strict: "",
};

/** The advisory lock of this database under which migrations run; the number only has to stay the same. */
const MIGRATION_LOCK = "7308604895";

/** Migrations must not queue in front of everybody behind one long transaction. */
const DDL_LOCK_TIMEOUT = "30s";

const CREATE_LEDGER = `CREATE TABLE IF NOT EXISTS migrations
  (version BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at TEXT NOT NULL)`;

export async function migratePostgres(url: string, now: Date): Promise<readonly string[]> {
  const client = new pg.Client(clientConfig(url));
  // As in a pool: a connection that dies between two queries fails the next one.
  client.on("error", () => undefined);
  try {
    await client.connect();
    // A second process waits here for as long as the first takes; the lock ends with the connection, however that ends.
    await client.query(`SELECT pg_advisory_lock(${MIGRATION_LOCK})`);
    await client.query(`SET lock_timeout = '${DDL_LOCK_TIMEOUT}'`);
    return await applyPending(client, now);
  } catch (error) {
    throw storeError(error, url);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function applyPending(client: ClientBase, now: Date): Promise<readonly string[]> {
  await client.query(CREATE_LEDGER);
  const pending = pendingMigrations(await appliedMigrations(client), POSTGRES);
  for (const migration of pending) {
    // A failure leaves the transaction open and ends the connection, which takes back all of it.
    await client.query("BEGIN");
    for (const statement of migration.statements(POSTGRES)) await client.query(statement);
    await client.query("INSERT INTO migrations (version, name, checksum, applied_at) VALUES ($1, $2, $3, $4)", [
      migration.version,
      migration.name,
      checksumOf(migration, POSTGRES),
      now.toISOString(),
    ]);
    await client.query("COMMIT");
  }
  return pending.map(({ version, name }) => `${version} ${name}`);
}

/** What the store says has been applied to it; nothing for a store that was never migrated. */
export async function appliedMigrations(db: ClientBase | Pool): Promise<readonly AppliedMigration[]> {
  const ledger = await db.query<{ name: string | null }>("SELECT CAST(to_regclass('migrations') AS TEXT) AS name");
  if (ledger.rows[0]?.name == null) return [];
  const { rows } = await db.query<AppliedMigration>("SELECT version, name, checksum FROM migrations ORDER BY version");
  return rows;
}
