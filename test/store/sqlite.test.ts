import { join } from "node:path";
import { sql } from "kysely";
import { describe, expect, it } from "vitest";
import { postToJournal } from "../../src/store/journal.ts";
import { SCHEMA_VERSION } from "../../src/store/migrations/index.ts";
import { openForWriting } from "../../src/store/sqlite/connection.ts";
import { openSqlite } from "../../src/store/sqlite/open.ts";
import { tempDir } from "../support/temp-dir.ts";
import { freshStore } from "../support/test-store.ts";

const clock = () => new Date("2026-11-20T01:00:00Z");

describe("the SQLite store", () => {
  it("runs with synchronous=FULL and exact 64-bit integers", async () => {
    const db = openForWriting(join(await tempDir(), "x.db"));
    expect(db.pragma("synchronous", { simple: true })).toBe(2n);
    expect(db.pragma("journal_mode", { simple: true })).toBe("wal");
    expect(db.prepare("SELECT 9007199254740993 AS n").get()).toEqual({ n: 9_007_199_254_740_993n });
    db.close();
  });

  it("refuses a second writer on the same file at once and says why", async () => {
    const path = join(await tempDir(), "remit.db");
    const first = openSqlite(path, { clock, access: "migrate" });
    await first.migrate();
    expect(() => openSqlite(path, { clock, access: "write" })).toThrow(
      /another process writes to this store.*PostgreSQL/,
    );
    await first.close();
    const second = openSqlite(path, { clock, access: "write" });
    await second.close();
  });

  it("lets a reader look while a writer works", async () => {
    const store = await freshStore();
    await store.write(async (tx) => {
      await tx.reserveIds("orders", 3);
      expect(await store.db.selectFrom("counters").selectAll().execute()).toEqual([]);
    });
    expect(await store.db.selectFrom("counters").selectAll().execute()).toEqual([{ name: "orders", next: 4n }]);
    await store.close();
  });

  it("refuses to work on a store that was never migrated, and one that is newer", async () => {
    const path = join(await tempDir(), "remit.db");
    expect(() => openSqlite(path, { clock, access: "write" })).toThrow(/remit migrate/);
    const store = openSqlite(path, { clock, access: "migrate" });
    expect(await store.migrate()).toHaveLength(SCHEMA_VERSION);
    expect(await store.migrate()).toEqual([]);
    await store.close();
    const raw = openForWriting(path);
    raw.prepare("INSERT INTO migrations VALUES (?, 'future', 'x', 'x')").run(SCHEMA_VERSION + 1);
    raw.close();
    expect(() => openSqlite(path, { clock, access: "write" })).toThrow(/newer than this program/);
  });

  it("refuses a store whose applied migration is not the one it knows", async () => {
    const path = join(await tempDir(), "remit.db");
    const store = openSqlite(path, { clock, access: "migrate" });
    await store.migrate();
    await store.close();
    const raw = openForWriting(path);
    raw.prepare("UPDATE migrations SET checksum = 'tampered' WHERE version = 2").run();
    raw.close();
    expect(() => openSqlite(path, { clock, access: "write" })).toThrow(/migration 2 \(money\)/);
  });

  it("takes back everything of a transaction that fails", async () => {
    const store = await freshStore();
    const failing = store.write(async (tx) => {
      await tx.reserveIds("orders", 1);
      throw new Error("on purpose");
    });
    await expect(failing).rejects.toThrow("on purpose");
    expect(await store.db.selectFrom("counters").selectAll().execute()).toEqual([]);
    await store.close();
  });
});

describe("the journal", () => {
  const head = { marketplaceId: 1n, operatorId: 1n, businessDate: "2026-11-20" };

  async function storeWithSeller() {
    const store = await freshStore();
    await store.write(async (tx) => {
      await sql`INSERT INTO marketplaces VALUES (1, 'm', 'M', 'EUR', 'Europe/Paris', 'M', 'FR', NULL, 'b', 'sandbox', 'g',
        'MULTI_CAPTURE', '{}', '{}', '[]', NULL, 'h', 'now')`.execute(tx.db);
    });
    return store;
  }

  const post = (store: Awaited<ReturnType<typeof storeWithSeller>>, amounts: readonly bigint[]) =>
    store.write((tx) =>
      postToJournal(
        tx,
        head,
        amounts.map((amount) => ({
          movement: "SALE_CAPTURED",
          sellerId: 7n,
          amount,
          currency: "EUR",
          cause: { kind: "PAYABLE", id: 1n },
        })),
      ),
    );

  it("keeps every balance equal to the sum of its postings, and all balances at zero in sum", async () => {
    const store = await storeWithSeller();
    await post(
      store,
      Array.from({ length: 1203 }, (_, index) => BigInt(index + 1)),
    );
    await post(store, [5n]);
    const balances = await store.db.selectFrom("accounts").select(["bucket", "balance"]).orderBy("bucket").execute();
    const sum = (1203n * 1204n) / 2n + 5n;
    expect(balances).toEqual([
      { bucket: "ACQUIRER_RECEIVABLE", balance: -sum },
      { bucket: "PENDING", balance: sum },
    ]);
    await store.close();
  });

  it.each(["UPDATE postings SET amount = 1", "DELETE FROM postings"])(
    "refuses %s in the database itself",
    async (statement) => {
      const store = await storeWithSeller();
      await post(store, [5n]);
      await expect(store.write((tx) => sql.raw(statement).execute(tx.db))).rejects.toThrow(/append-only/);
      await store.close();
    },
  );

  it("refuses a movement of nothing", async () => {
    const store = await storeWithSeller();
    await expect(post(store, [0n])).rejects.toThrow(/CHECK constraint/);
    await store.close();
  });
});
