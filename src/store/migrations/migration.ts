/** What a migration is: numbered, appended, never edited; the same statements for both databases but for a few words. */
import { createHash } from "node:crypto";

/** The words that differ between SQLite and PostgreSQL. */
export interface Dialect {
  readonly name: "sqlite" | "postgres";
  /** A 64-bit integer column. */
  readonly int: string;
  /** A column of text that is compared and sorted by its bytes, so that both databases list and match alike. */
  readonly text: string;
  readonly blob: string;
  /** What follows the closing bracket of a table whose column types are enforced. */
  readonly strict: string;
}

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly statements: (dialect: Dialect) => readonly string[];
}

/** Proof that an applied migration is the one this program knows. */
export function checksumOf(migration: Migration, dialect: Dialect): string {
  return createHash("sha256").update(migration.statements(dialect).join(";\n")).digest("hex");
}
