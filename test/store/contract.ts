/** What every store does, whichever database is behind it: the same tests for each adapter. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openStore } from "../../src/store/open.ts";
import type { Store, Transaction, Value } from "../../src/store/store.ts";
import { migratedDatabase, type StoreKind, type TestDatabase } from "../support/test-database.ts";
import { plantMarketplace } from "./planted-rows.ts";

const clock = () => new Date("2026-11-20T01:00:00Z");

const TEXTS = [
  ...[
    "",
    " ",
    "plain",
    "tab\there",
    "line\nbreak",
    "return\r\n",
    "back\\slash",
    "\\N",
    "\\.",
    "\\n",
    "a\\\tb",
    "'\"`;--",
  ],
  ...["Ærøskøbing", "Łódź", "Ελλάδα", "日本語", "🏦 bank", "e\u0301", "\u2028", "\u007f\u0001"],
];
const BYTES = [
  new Uint8Array(),
  Uint8Array.from({ length: 256 }, (_, index) => index),
  new Uint8Array(Uint8Array.from([9, 1, 2, 9]).buffer, 1, 2),
  Buffer.from("\\x41\tÆ\n"),
];
const WHOLE = [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n + 1n, null];

export function storeContract(kind: StoreKind): void {
  let database: TestDatabase;
  let store: Store;

  beforeEach(async () => {
    database = await migratedDatabase(kind);
    store = await openStore(database.url, { clock, access: "write" });
  });

  afterEach(async () => {
    await store.close();
    await database.drop();
  });

  const log = (tx: Transaction, id: bigint, detail: string | null) =>
    tx.insertMany(
      "audit_log",
      ["id", "at", "actor", "action", "subject", "detail"],
      [[id, "now", "tester", "test", "it", detail]],
    );
  const logged = async () =>
    (await store.db.selectFrom("audit_log").select("id").orderBy("id").execute()).map(({ id }) => id);

  describe("values", () => {
    it.each(TEXTS)("the text %j comes back as it went in, by bulk insert and by parameter", async (text) => {
      await store.write(async (tx) => {
        await log(tx, 1n, text);
        await tx.db
          .insertInto("audit_log")
          .values({ id: 2n, at: "now", actor: "tester", action: "test", subject: "it", detail: text })
          .execute();
      });
      const rows = await store.db.selectFrom("audit_log").select("detail").where("detail", "=", text).execute();
      expect(rows).toEqual([{ detail: text }, { detail: text }]);
    });

    it("bytes come back as they went in", async () => {
      await store.write((tx) =>
        tx.insertMany(
          "inbound_files",
          ["id", "bank", "remote_name", "sha256", "state", "received_at"],
          [[1n, "b", "n", "s", "RECEIVED", "now"]],
        ),
      );
      await store.write((tx) =>
        tx.insertMany(
          "inbound_chunks",
          ["inbound_file_id", "position", "bytes"],
          BYTES.map((bytes, index): Value[] => [1n, BigInt(index), bytes]),
        ),
      );
      const rows = await store.db.selectFrom("inbound_chunks").select("bytes").orderBy("position").execute();
      expect(rows.map(({ bytes }) => Buffer.from(bytes).toString("hex"))).toEqual(
        BYTES.map((bytes) => Buffer.from(bytes).toString("hex")),
      );
    });

    it("whole numbers are exact to 64 bits, and null is null", async () => {
      await store.write(async (tx) => {
        await tx.insertMany(
          "inbound_files",
          ["id", "bank", "remote_name", "sha256", "state", "received_at"],
          [[1n, "b", "n", "s", "RECEIVED", "now"]],
        );
        await tx.insertMany(
          "bank_statements",
          ["id", "inbound_file_id", "kind", "account", "opening", "entry_sum"],
          WHOLE.map((opening, index): Value[] => [BigInt(index), 1n, "camt.053", "a", opening, 0n]),
        );
      });
      const rows = await store.db.selectFrom("bank_statements").select("opening").orderBy("id").execute();
      expect(rows.map(({ opening }) => opening)).toEqual(WHOLE);
    });

    it("text is sorted by its bytes, wherever the store runs", async () => {
      const texts = ["a", "B", "ä", "Z", "_", "a b", "ab"];
      await store.write(async (tx) => {
        for (const [index, text] of texts.entries()) await log(tx, BigInt(index), text);
      });
      const rows = await store.db.selectFrom("audit_log").select("detail").orderBy("detail").execute();
      expect(rows.map(({ detail }) => detail)).toEqual(["B", "Z", "_", "a", "a b", "ab", "ä"]);
    });

    it("thousands of rows go in by one bulk insert, none into nothing", async () => {
      await store.write(async (tx) => {
        await tx.insertMany("audit_log", ["id", "at", "actor", "action", "subject"], []);
        await tx.insertMany(
          "audit_log",
          ["id", "at", "actor", "action", "subject"],
          Array.from({ length: 20_001 }, (_, id): Value[] => [BigInt(id), "now", "x".repeat(30), "test", `${id}`]),
        );
      });
      expect(await logged()).toEqual(Array.from({ length: 20_001 }, (_, id) => BigInt(id)));
    });
  });

  describe("a transaction", () => {
    it("answers what its work answers, and is seen by others only when it is done", async () => {
      const result = await store.write(async (tx) => {
        await log(tx, 1n, null);
        expect(await logged()).toEqual([]);
        return "done";
      });
      expect(result).toBe("done");
      expect(await logged()).toEqual([1n]);
    });

    it("takes back everything when its work fails, and runs it once only", async () => {
      let runs = 0;
      const failing = store.write(async (tx) => {
        runs += 1;
        await log(tx, 1n, null);
        throw new Error("on purpose");
      });
      await expect(failing).rejects.toThrow("on purpose");
      expect([runs, await logged()]).toEqual([1, []]);
    });

    it("takes back a bulk insert of which one row is refused, and the next one works", async () => {
      const twice = store.write(async (tx) => {
        await log(tx, 1n, null);
        await log(tx, 1n, null);
      });
      await expect(twice).rejects.toThrow(/unique/i);
      expect(await logged()).toEqual([]);
      await store.write((tx) => log(tx, 2n, null));
      expect(await logged()).toEqual([2n]);
    });

    it("that met others at the same rows is run again until all came through, none lost", async () => {
      await plantMarketplace(store);
      const balanceOf = async (tx: Transaction) =>
        (await tx.db.selectFrom("accounts").select("balance").where("id", "=", 1n).executeTakeFirstOrThrow()).balance;
      await store.write((tx) =>
        tx.insertMany(
          "accounts",
          ["id", "marketplace_id", "seller_id", "bucket", "currency", "balance"],
          [[1n, 1n, 1n, "PENDING", "EUR", 0n]],
        ),
      );
      const add = () =>
        store.write(async (tx) => {
          const balance = (await balanceOf(tx)) + 1n;
          await tx.db.updateTable("accounts").set({ balance }).where("id", "=", 1n).execute();
        });
      await Promise.all(Array.from({ length: 24 }, add));
      expect(await store.write(balanceOf)).toBe(24n);
    });

    it("never decides on what another one changes beside it", async () => {
      // Each may only write while nobody has: by row locks alone both would, for they write different rows.
      const once = (id: bigint) =>
        store.write(async (tx) => {
          const before = await tx.db.selectFrom("audit_log").select("id").execute();
          if (before.length === 0) await log(tx, id, null);
        });
      await Promise.all([once(1n), once(2n), once(3n), once(4n)]);
      expect(await logged()).toHaveLength(1);
    });
  });

  describe("ids", () => {
    it("are reserved in blocks that never meet, by as many as ask", async () => {
      const blocks = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          store.write(async (tx) => {
            const count = (index % 7) + 1;
            const first = await tx.reserveIds("orders", count);
            return Array.from({ length: count }, (_value, offset) => first + BigInt(offset));
          }),
        ),
      );
      const ids = blocks.flat();
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.every((id) => id > 0n)).toBe(true);
    });

    it("of one table do not use up those of another", async () => {
      const reserve = (table: "orders" | "items") => store.write((tx) => tx.reserveIds(table, 5));
      expect([await reserve("orders"), await reserve("orders"), await reserve("items")]).toEqual([1n, 6n, 1n]);
    });
  });

  describe("a snapshot", () => {
    it("sees one moment, whatever is written meanwhile", async () => {
      await store.write((tx) => log(tx, 1n, null));
      const seen = await store.snapshot(async (db) => {
        const count = async () => (await db.selectFrom("audit_log").select("id").execute()).length;
        const before = await count();
        await store.write((tx) => log(tx, 2n, null));
        return [before, await count(), (await logged()).length];
      });
      expect(seen).toEqual([1, 1, 2]);
    });

    it("writes nothing", async () => {
      const writing = store.snapshot((db) => db.updateTable("audit_log").set({ actor: "other" }).execute());
      await expect(writing).rejects.toThrow(/read-?only/i);
    });
  });

  describe("a store opened for reading", () => {
    it("reads beside a writer and refuses to write", async () => {
      const reader = await openStore(database.url, { clock, access: "read" });
      await store.write((tx) => log(tx, 1n, null));
      expect(await reader.db.selectFrom("audit_log").select("id").execute()).toEqual([{ id: 1n }]);
      expect(await reader.snapshot((db) => db.selectFrom("audit_log").select("id").execute())).toEqual([{ id: 1n }]);
      await expect(reader.write(async () => undefined)).rejects.toThrow(/for reading only/);
      await expect(reader.migrate()).rejects.toThrow(/for reading only/);
      await expect(reader.db.deleteFrom("audit_log").execute()).rejects.toThrow(/read-?only/i);
      await reader.close();
    });
  });
}
