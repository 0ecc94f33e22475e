/** Opens an SQLite file the way money needs it: WAL, `synchronous=FULL` asserted, 64-bit integers exact, one writer process. */
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { RemitError } from "../../domain/errors.ts";

/** How long a visitor waits for the process that writes to end its transaction. */
const VISIT_WAITS_MS = 30_000;
/** How many prepared pages of 4 KiB SQLite may keep: 64 MiB. */
const CACHE_KIB = 65_536;

export function openForWriting(path: string): Database.Database {
  mkdirSync(dirname(path), { recursive: true });
  const db = new Database(path);
  db.pragma("journal_mode = WAL");
  setUp(db);
  // The pragma reads FULL on a fresh file before the first write even where the build falls back to NORMAL: ask after one.
  db.exec("CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, next INTEGER NOT NULL CHECK (next > 0)) STRICT");
  const synchronous = db.pragma("synchronous", { simple: true });
  if (Number(synchronous) !== 2) {
    throw new RemitError("CONFIG_INVALID", {
      where: `${path}: PRAGMA synchronous`,
      found: String(synchronous),
      expected: "2 (FULL): a committed payment must survive a power cut",
    });
  }
  return db;
}

/** For a short transaction beside the process that holds the lock file; SQLite's own lock keeps the two apart. */
export function openForVisiting(path: string): Database.Database {
  const db = openForWriting(path);
  db.pragma(`busy_timeout = ${VISIT_WAITS_MS}`);
  return db;
}

export function openForReading(path: string): Database.Database {
  const db = new Database(path, { readonly: true, fileMustExist: true });
  setUp(db);
  return db;
}

function setUp(db: Database.Database): void {
  db.defaultSafeIntegers(true);
  db.pragma("synchronous = FULL");
  db.pragma("foreign_keys = ON");
  db.pragma("trusted_schema = OFF");
  db.pragma("busy_timeout = 5000");
  db.pragma(`cache_size = -${CACHE_KIB}`);
  db.pragma("temp_store = MEMORY");
}

/**
 * Holds `PATH.lock` exclusively until closed; the operating system frees it when the process dies, however it dies.
 * Two writers on one SQLite file starve each other, so the second gets STORE_BUSY at once.
 */
export function lockForWriting(path: string): Database.Database {
  mkdirSync(dirname(path), { recursive: true });
  const lock = new Database(`${path}.lock`, { timeout: 0 });
  try {
    lock.pragma("locking_mode = EXCLUSIVE");
    lock.exec("BEGIN EXCLUSIVE; COMMIT");
    return lock;
  } catch (cause) {
    lock.close();
    throw storeBusy(path, cause);
  }
}

export function storeBusy(path: string, cause: unknown): RemitError {
  return new RemitError("STORE_BUSY", {
    where: path,
    found: "another process that writes",
    expected: "one writer process for an SQLite file; use PostgreSQL for several",
    cause,
  });
}
