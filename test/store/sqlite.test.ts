import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openForWriting } from "../../src/store/sqlite/connection.ts";
import { openSqlite } from "../../src/store/sqlite/open.ts";
import { tempDir } from "../support/temp-dir.ts";
import { storeContract } from "./contract.ts";
import { migrationsContract } from "./migrations-contract.ts";
import { tablesContract } from "./tables-contract.ts";

const clock = () => new Date("2026-11-20T01:00:00Z");

describe("the SQLite store", () => {
  storeContract("sqlite");
  migrationsContract("sqlite");
  tablesContract("sqlite");

  it("runs with synchronous=FULL and exact 64-bit integers", () => {
    const db = openForWriting(join(tempDir(), "x.db"));
    expect(db.pragma("synchronous", { simple: true })).toBe(2n);
    expect(db.pragma("journal_mode", { simple: true })).toBe("wal");
    expect(db.prepare("SELECT 9007199254740993 AS n").get()).toEqual({ n: 9_007_199_254_740_993n });
    db.close();
  });

  it("refuses a second writer on the same file at once and says why", async () => {
    const path = join(tempDir(), "remit.db");
    const first = openSqlite(path, { clock, access: "migrate" });
    await first.migrate();
    expect(() => openSqlite(path, { clock, access: "write" })).toThrow(
      /another process writes to this store.*PostgreSQL/,
    );
    await first.close();
    const second = openSqlite(path, { clock, access: "write" });
    await second.close();
  });

  it("leaves nothing open behind when it is closed, used or not", async () => {
    const folder = tempDir();
    const path = join(folder, "remit.db");
    const store = openSqlite(path, { clock, access: "migrate" });
    await store.migrate();
    await store.close();
    await openSqlite(path, { clock, access: "write" }).close();
    expect(readdirSync(folder).filter((name) => /-(wal|shm)$/.test(name))).toEqual([]);
  });
});
