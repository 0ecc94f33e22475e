/** Decides which migrations a store still needs, and refuses a store that this program does not understand. */
import { RemitError } from "../../domain/errors.ts";
import { MIGRATIONS, SCHEMA_VERSION } from "./index.ts";
import { checksumOf, type Dialect, type Migration } from "./migration.ts";

export interface AppliedMigration {
  readonly version: bigint;
  readonly name: string;
  readonly checksum: string;
}

/** Throws STORE_NEWER for a version this program does not know, MIGRATION_CHANGED for one that differs from its own. */
export function pendingMigrations(applied: readonly AppliedMigration[], dialect: Dialect): readonly Migration[] {
  for (const { version, name, checksum } of applied) {
    const known = MIGRATIONS.find((migration) => BigInt(migration.version) === version);
    if (known === undefined) {
      throw new RemitError("STORE_NEWER", {
        where: "migrations",
        found: `version ${version} (${name})`,
        expected: `at most version ${SCHEMA_VERSION}: use the program that wrote this store`,
      });
    }
    if (checksumOf(known, dialect) !== checksum) {
      throw new RemitError("MIGRATION_CHANGED", {
        where: `migration ${version} (${name})`,
        found: `checksum ${checksum.slice(0, 12)}`,
        expected: `checksum ${checksumOf(known, dialect).slice(0, 12)}`,
      });
    }
  }
  return MIGRATIONS.filter((migration) => !applied.some(({ version }) => version === BigInt(migration.version)));
}

/** Throws STORE_OUTDATED when something is pending: work on an old schema would do harm. */
export function assertUpToDate(applied: readonly AppliedMigration[], dialect: Dialect): void {
  const pending = pendingMigrations(applied, dialect);
  if (pending.length > 0) {
    throw new RemitError("STORE_OUTDATED", {
      where: "migrations",
      found: `version ${SCHEMA_VERSION - pending.length}`,
      expected: `version ${SCHEMA_VERSION}: run \`remit migrate\``,
    });
  }
}
