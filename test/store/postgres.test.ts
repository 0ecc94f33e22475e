import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import { afterEach, describe, expect, it } from "vitest";
import { SCHEMA_VERSION } from "../../src/store/migrations/index.ts";
import { openStore } from "../../src/store/open.ts";
import type { Store } from "../../src/store/store.ts";
import { freePort } from "../support/server-process.ts";
import { emptyDatabase, migratedDatabase, sayTo, sharedPostgres, type TestDatabase } from "../support/test-database.ts";
import { storeContract } from "./contract.ts";
import { migrationsContract } from "./migrations-contract.ts";
import { tablesContract } from "./tables-contract.ts";

const clock = () => new Date("2026-11-20T01:00:00Z");

describe("the PostgreSQL store", () => {
  storeContract("postgres");
  migrationsContract("postgres");
  tablesContract("postgres");

  const cleanUp: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  });

  async function database(made: Promise<TestDatabase> = migratedDatabase("postgres")): Promise<TestDatabase> {
    const database = await made;
    cleanUp.push(() => database.drop());
    return database;
  }

  async function open(url: string, access: "read" | "write" | "migrate" = "write"): Promise<Store> {
    const store = await openStore(url, { clock, access });
    cleanUp.push(() => store.close());
    return store;
  }

  const refusal = (url: string) =>
    openStore(url, { clock, access: "write" }).then(
      () => "opened",
      (error: Error & { code?: string }) => `${error.code}: ${error.message}`,
    );

  const changedUrl = (url: string, change: (url: URL) => void): string => {
    const changed = new URL(url);
    change(changed);
    return changed.toString();
  };

  it("is migrated once when two processes try at the same time: the second waits", async () => {
    const { url } = await database(emptyDatabase("postgres"));
    const [first, second] = [await open(url, "migrate"), await open(url, "migrate")];
    const applied = await Promise.all([first.migrate(), second.migrate()]);
    expect(applied.map(({ length }) => length).sort()).toEqual([0, SCHEMA_VERSION]);
  });

  it.each(["read", "write", "migrate"] as const)(
    "leaves no connection behind when it is closed unused, opened to %s",
    async (access) => {
      const one = await database();
      const store = await openStore(one.url, { clock, access });
      await store.close();
      const connections =
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'remit'";
      expect(await sayTo(one, connections)).toEqual([]);
    },
  );

  it("lets several processes write, and hands out ids of which none is twice", async () => {
    const { url } = await database();
    const stores = [await open(url), await open(url)];
    const firsts = await Promise.all(
      Array.from({ length: 10 }, (_, index) => stores[index % 2]?.write((tx) => tx.reserveIds("orders", 3))),
    );
    expect(firsts.map(Number).sort((a, b) => a - b)).toEqual([1, 4, 7, 10, 13, 16, 19, 22, 25, 28]);
  });

  it("refuses to empty the journal", async () => {
    const journal = await database();
    await expect(sayTo(journal, "TRUNCATE postings")).rejects.toThrow(/append-only/);
  });

  it("refuses a text with a NUL character, which it cannot keep, and takes the transaction back", async () => {
    const { url } = await database();
    const store = await open(url);
    const columns = ["id", "at", "actor", "action", "subject"] as const;
    const writing = store.write((tx) =>
      tx.insertMany("audit_log", columns, [
        [1n, "now", "a", "b", "c"],
        [2n, "now", "a\0b", "b", "c"],
      ]),
    );
    await expect(writing).rejects.toThrow(/NUL/);
    await store.write((tx) => tx.insertMany("audit_log", columns, [[3n, "now", "a", "b", "c"]]));
    expect(await store.db.selectFrom("audit_log").select("id").execute()).toEqual([{ id: 3n }]);
  });

  it("says who uses it, in SERIALIZABLE transactions that do not wait for ever", async () => {
    const { url } = await database();
    const store = await open(url);
    const settings = ["application_name", "transaction_isolation", "lock_timeout", "statement_timeout"];
    const values = await store.write(async ({ db }) =>
      Promise.all(
        settings.map(async (name) => {
          const row = await db
            .selectNoFrom(({ fn, val }) => fn<string>("current_setting", [val(name)]).as("value"))
            .executeTakeFirstOrThrow();
          return row.value;
        }),
      ),
    );
    expect(values).toEqual(["remit", "serializable", "1min", "15min"]);
  });

  it("STORE_BUSY when rows stay locked", async () => {
    const one = await database();
    const store = await open(changedUrl(one.url, ({ searchParams }) => searchParams.set("lock_timeout", "50")));
    const other = new Client(one.url);
    await other.connect();
    cleanUp.push(() => other.end());
    await other.query("BEGIN; LOCK TABLE audit_log");
    const writing = store.write((tx) => tx.db.selectFrom("audit_log").selectAll().execute());
    await expect(writing).rejects.toMatchObject({ code: "STORE_BUSY" });
    await other.query("ROLLBACK");
  });

  it.each<[string, string, RegExp]>([
    ["synchronous_commit", "off", /synchronous_commit, found off, expected on/],
    ["default_transaction_read_only", "on", /transaction_read_only, found on, expected off/],
  ])("is not used for writing while %s is %s", async (setting, value, says) => {
    const one = await database();
    await sayTo(one, `ALTER DATABASE ${new URL(one.url).pathname.slice(1)} SET ${setting} = ${value}`);
    expect(await refusal(one.url)).toMatch(says);
  });

  describe("tells what is wrong", () => {
    it("when nobody listens: which URL without its password, what was tried, how to start one", async () => {
      const port = await freePort();
      const says = await refusal(`postgres://app:hunter2@127.0.0.1:${port}/remit?sslpassword=hunter3`);
      expect(says).toMatch(/^STORE_UNREACHABLE: the store did not answer/);
      expect(says).toContain(`DATABASE_URL=postgres://app:***@127.0.0.1:${port}/remit`);
      expect(says).toContain(`found connect ECONNREFUSED 127.0.0.1:${port}`);
      expect(says).toMatch(/systemctl start postgresql.*docker run/);
      expect(says).not.toMatch(/hunter/);
    });

    it("when the name is no host's", async () => {
      expect(await refusal("postgres://app@no-such-host.invalid/remit")).toMatch(
        /^STORE_UNREACHABLE.*(ENOTFOUND|EAI_AGAIN)/,
      );
    });

    it("when the database is missing: the command that makes it", async () => {
      const { url, port } = await sharedPostgres();
      const missing = changedUrl(url, (changed) => {
        changed.pathname = "/missing_one";
      });
      expect(await refusal(missing)).toMatch(
        new RegExp(`^STORE_UNREACHABLE.*"missing_one" does not exist.*createdb -h \\S+ -p ${port} .*missing_one`),
      );
    });

    it("when the server does not let the user in", async () => {
      const one = await database();
      await sayTo(one, "CREATE ROLE stranger NOLOGIN");
      cleanUp.push(() => sayTo(one, "DROP ROLE stranger"));
      const url = changedUrl(one.url, (changed) => {
        changed.username = "stranger";
      });
      expect(await refusal(url)).toMatch(/^STORE_UNREACHABLE.*stranger.*a user and a password that the server accepts/);
    });
  });

  it("fails a transaction whose connection ends between two of its queries, and goes on with another", async () => {
    const one = await database();
    const store = await open(one.url);
    const end = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND state = 'idle in transaction'`;
    const cut = store.write(async (tx) => {
      await tx.db.selectFrom("audit_log").select("id").execute();
      expect(await sayTo(one, end)).toHaveLength(1);
      await pause(100);
      await tx.db.selectFrom("audit_log").select("id").execute();
    });
    await expect(cut).rejects.toMatchObject({ code: "STORE_UNREACHABLE" });
    expect(await store.write((tx) => tx.db.selectFrom("audit_log").select("id").execute())).toEqual([]);
  });

  it("is there again after a crash of the server, with all that was committed", async () => {
    const server = await sharedPostgres();
    const { url } = await database();
    const store = await open(url);
    const columns = ["id", "at", "actor", "action", "subject"] as const;
    const add = (id: bigint) => store.write((tx) => tx.insertMany("audit_log", columns, [[id, "now", "a", "b", "c"]]));
    await add(1n);
    await server.kill();
    await expect(add(2n)).rejects.toMatchObject({ code: "STORE_UNREACHABLE" });
    await expect(store.db.selectFrom("audit_log").select("id").execute()).rejects.toMatchObject({
      code: "STORE_UNREACHABLE",
    });
    await server.restart();
    await add(3n);
    expect(await store.db.selectFrom("audit_log").select("id").orderBy("id").execute()).toEqual([
      { id: 1n },
      { id: 3n },
    ]);
  });
});
