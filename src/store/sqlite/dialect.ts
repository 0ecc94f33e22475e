/** Kysely's SQLite driver, but every transaction takes the write lock when it begins, so that none fails when it first writes. */
import type Database from "better-sqlite3";
import {
  CompiledQuery,
  type DatabaseConnection,
  Kysely,
  SqliteAdapter,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import type { Schema } from "../schema.ts";

/** More than the program has; a statement with a list of values is a new text for each length of the list. */
const STATEMENTS_KEPT = 400;
const LONGEST_KEPT = 8_000;

/** Prepares each text once: preparing takes longer than running most statements does. */
class PreparedOnce {
  readonly #database: Database.Database;
  readonly #statements = new Map<string, Database.Statement>();

  constructor(database: Database.Database) {
    this.#database = database;
  }

  prepare(sql: string): Database.Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    if (sql.length > LONGEST_KEPT) return statement;
    const [oldest] = this.#statements.size < STATEMENTS_KEPT ? [] : this.#statements.keys();
    if (oldest !== undefined) this.#statements.delete(oldest);
    this.#statements.set(sql, statement);
    return statement;
  }

  /** Whoever opened the database closes it: Kysely would do so only after a query of its own. */
  close(): void {}
}

class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("BEGIN IMMEDIATE"));
  }
}

export function kyselyOver(database: Database.Database): Kysely<Schema> {
  return new Kysely<Schema>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new ImmediateDriver({ database: new PreparedOnce(database) }),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
}
