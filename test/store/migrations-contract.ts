/** How a store is brought up to a schema, and which stores a program refuses: the same for each adapter. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MIGRATIONS, SCHEMA_VERSION } from "../../src/store/migrations/index.ts";
import { openStore } from "../../src/store/open.ts";
import { emptyDatabase, type StoreKind, sayTo, type TestDatabase } from "../support/test-database.ts";

const clock = () => new Date("2026-11-20T01:00:00Z");

export function migrationsContract(kind: StoreKind): void {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await emptyDatabase(kind);
  });

  afterEach(() => database.drop());

  const open = (access: "read" | "write" | "migrate") => openStore(database.url, { clock, access });

  async function migrate(): Promise<readonly string[]> {
    const store = await open("migrate");
    return store.migrate().finally(() => store.close());
  }

  describe("migrations", () => {
    it("are applied once each, in order, and recorded with their time", async () => {
      const applied = await migrate();
      expect(applied).toHaveLength(MIGRATIONS.length);
      expect(applied[0]).toBe("1 marketplaces-and-orders");
      expect(await migrate()).toEqual([]);
      const rows = await sayTo(database, "SELECT version, applied_at FROM migrations ORDER BY version");
      expect(rows.map((row) => Number(row.version))).toEqual(MIGRATIONS.map(({ version }) => version));
      expect(rows[0]?.applied_at).toBe("2026-11-20T01:00:00.000Z");
    });

    it("that fail leave nothing of themselves, and are done when the obstacle is gone", async () => {
      await sayTo(database, "CREATE TABLE settlements (id INTEGER)");
      await expect(migrate()).rejects.toThrow(/settlements.*already exists/);
      expect(await sayTo(database, "SELECT name FROM migrations")).toEqual([{ name: "marketplaces-and-orders" }]);
      // The failed migration makes accounts before it comes to settlements.
      await expect(sayTo(database, "SELECT 1 FROM accounts")).rejects.toThrow(/accounts/);
      await expect(open("write")).rejects.toThrow(/STORE_OUTDATED|older than this program.*remit migrate/);
      await sayTo(database, "DROP TABLE settlements");
      expect(await migrate()).toHaveLength(MIGRATIONS.length - 1);
    });
  });

  describe("a store is refused", () => {
    it("when it was never migrated", async () => {
      const made = await open("migrate");
      await made.close();
      for (const access of ["read", "write"] as const) await expect(open(access)).rejects.toThrow(/remit migrate/);
    });

    it("when it is newer than the program", async () => {
      await migrate();
      await sayTo(database, `INSERT INTO migrations VALUES (${SCHEMA_VERSION + 1}, 'future', 'x', 'x')`);
      for (const access of ["read", "write"] as const) {
        await expect(open(access)).rejects.toThrow(/newer than this program.*\(future\)/);
      }
      await expect(migrate()).rejects.toThrow(/newer than this program/);
    });

    it("when a migration that was applied to it is not the one the program knows", async () => {
      await migrate();
      await sayTo(database, "UPDATE migrations SET checksum = 'tampered' WHERE version = 2");
      await expect(open("write")).rejects.toThrow(/migration 2 \(money\)/);
      await expect(migrate()).rejects.toThrow(/migration 2 \(money\)/);
    });
  });
}
