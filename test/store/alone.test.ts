import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { resolveAccounts } from "../../src/store/journal-accounts.ts";
import { openStore } from "../../src/store/open.ts";
import type { Store, Transaction, WriteOptions } from "../../src/store/store.ts";
import { migratedDatabase, sayTo, type TestDatabase } from "../support/test-database.ts";
import { plantMarketplace } from "./planted-rows.ts";

const clock = () => new Date("2026-11-20T01:00:00Z");
const COLUMNS = ["id", "at", "actor", "action", "subject"] as const;

describe("on PostgreSQL,", () => {
  let database: TestDatabase;
  let stores: readonly Store[];

  beforeEach(async () => {
    database = await migratedDatabase("postgres");
    const open = () => openStore(database.url, { clock, access: "write" });
    stores = await Promise.all([open(), open()]);
  });

  afterEach(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await database.drop();
  });

  const storeOf = (worker: number): Store => stores[worker] as Store;
  /** Adds one row with the next id that it sees free: twice the same where two do not see each other. */
  const addNext = async (tx: Transaction): Promise<void> => {
    const rows = await tx.db.selectFrom("audit_log").select("id").execute();
    await pause(5);
    await tx.insertMany("audit_log", COLUMNS, [[BigInt(rows.length), "now", "a", "b", "c"]]);
  };
  const locks = async () => (await sayTo(database, "SELECT 1 FROM pg_locks WHERE locktype = 'advisory'")).length;

  it.each(["serializable", "snapshot"] as const)(
    "transactions that name the same thing run one after another, each seeing what the one before wrote, none twice: %s",
    async (isolation) => {
      let runs = 0;
      const writes = Array.from({ length: 12 }, (_, index) =>
        storeOf(index % 2).write(
          (tx) => {
            runs += 1;
            return addNext(tx);
          },
          { alone: ["marketplace/m", `order/${index % 3}`], isolation },
        ),
      );
      await Promise.all(writes);
      expect(await storeOf(0).db.selectFrom("audit_log").select("id").execute()).toHaveLength(12);
      expect(runs).toBe(12);
    },
  );

  it("those that name different things overlap", async () => {
    let arrive: (() => void)[] = [];
    const met = new Promise<void>((resolve) => {
      arrive = [resolve];
    });
    let there = 0;
    const meet = (name: string, worker: number) =>
      storeOf(worker).write(
        async () => {
          there += 1;
          if (there === 2) for (const resolve of arrive) resolve();
          await met;
          return name;
        },
        { alone: [name] },
      );
    expect(await Promise.all([meet("a", 0), meet("b", 0), meet("c", 1)])).toEqual(["a", "b", "c"]);
  });

  it.each<WriteOptions>([{ alone: ["m"] }, { alone: ["n", "m"], isolation: "snapshot" }])(
    "what was taken with %j is free again after the work, and after it failed",
    async (options) => {
      const failing = storeOf(0).write(() => Promise.reject(new Error("no")), options);
      await expect(failing).rejects.toThrow("no");
      expect(await locks()).toBe(0);
      await storeOf(1).write(async (tx) => {
        expect(await locks()).toBe(options.alone?.length);
        await addNext(tx);
      }, options);
      expect(await locks()).toBe(0);
      expect(await storeOf(0).db.selectFrom("audit_log").select("id").execute()).toHaveLength(1);
    },
  );

  it("is run again, as a whole, when a row was changed since its moment", async () => {
    await storeOf(0).write((tx) => tx.insertMany("audit_log", COLUMNS, [[1n, "now", "a", "b", "0"]]));
    let runs = 0;
    await storeOf(0).write(
      async ({ db }) => {
        runs += 1;
        const { subject } = await db.selectFrom("audit_log").select("subject").executeTakeFirstOrThrow();
        if (runs === 1) await sayTo(database, "UPDATE audit_log SET subject = '5'");
        await db
          .updateTable("audit_log")
          .set({ subject: `${Number(subject) + 1}` })
          .execute();
      },
      { isolation: "snapshot" },
    );
    expect(runs).toBe(2);
    expect(await storeOf(0).db.selectFrom("audit_log").select("subject").execute()).toEqual([{ subject: "6" }]);
  });

  it("is run again when another one opened the same account meanwhile, and finds it then", async () => {
    await plantMarketplace(storeOf(0));
    const account = "(7, 1, 9, 'HELD', 'EUR', 0)";
    let runs = 0;
    const accounts = await storeOf(0).write(
      async (tx) => {
        runs += 1;
        await tx.db.selectFrom("sellers").select("id").execute();
        if (runs === 1) await sayTo(database, `INSERT INTO accounts VALUES ${account}`);
        return resolveAccounts(tx, 1n, [{ sellerId: 9n, bucket: "HELD", currency: "EUR" }]);
      },
      { isolation: "snapshot" },
    );
    expect([runs, [...accounts.values()]]).toEqual([2, [7n]]);
  });

  it("many that wait for one name in a process take no connections: others go on meanwhile", async () => {
    let go: () => void = () => undefined;
    const first = new Promise<void>((resolve) => {
      go = resolve;
    });
    const waiting = Array.from({ length: 30 }, () => storeOf(0).write(() => first, { alone: ["m"] }));
    await storeOf(0).write(addNext);
    go();
    await Promise.all(waiting);
    expect(await storeOf(0).db.selectFrom("audit_log").select("id").execute()).toHaveLength(1);
  });
});
