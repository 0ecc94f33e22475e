/** Brings an SQLite store up to this program's schema, each migration whole or not at all. */
import type Database from "better-sqlite3";
import { checksumOf, type Dialect } from "../migrations/migration.ts";
import { pendingMigrations } from "../migrations/pending.ts";

export const SQLITE: Dialect = { name: "sqlite", int: "INTEGER", text: "TEXT", blob: "BLOB", strict: " STRICT" };

const CREATE_LEDGER = `CREATE TABLE IF NOT EXISTS migrations
  (version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at TEXT NOT NULL) STRICT`;

export function migrateSqlite(db: Database.Database, now: Date): readonly string[] {
  db.exec(CREATE_LEDGER);
  const pending = pendingMigrations(appliedMigrations(db), SQLITE);
  for (const migration of pending) {
    db.transaction(() => {
      for (const statement of migration.statements(SQLITE)) db.exec(statement);
      db.prepare("INSERT INTO migrations (version, name, checksum, applied_at) VALUES (?, ?, ?, ?)").run(
        migration.version,
        migration.name,
        checksumOf(migration, SQLITE),
        now.toISOString(),
      );
    }).immediate();
  }
  return pending.map(({ version, name }) => `${version} ${name}`);
}

/** What the store says has been applied to it; nothing for a store that was never migrated. */
export function appliedMigrations(db: Database.Database): { version: bigint; name: string; checksum: string }[] {
  const ledger = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'migrations'").get();
  if (ledger === undefined) return [];
  return db.prepare("SELECT version, name, checksum FROM migrations ORDER BY version").all() as {
    version: bigint;
    name: string;
    checksum: string;
  }[];
}
