import { afterEach, describe, expect, it } from "vitest";
import { copyStore } from "../../src/app/copy-store.ts";
import { openStore } from "../../src/store/open.ts";
import type { Store } from "../../src/store/store.ts";
import { pagesOf, TABLES } from "../../src/store/table-pages.ts";
import {
  emptyDatabase,
  migratedDatabase,
  STORE_KINDS,
  type StoreKind,
  sayTo,
  type TestDatabase,
} from "../support/test-database.ts";
import { settledWorld } from "./settled-world.ts";

const clock = () => new Date("2026-11-20T01:00:00Z");

const databases: TestDatabase[] = [];
afterEach(async () => {
  for (const database of databases.splice(0)) await database.drop();
});

async function database(made: Promise<TestDatabase>): Promise<TestDatabase> {
  databases.push(await made);
  return made;
}

async function using<Result>(url: string, work: (store: Store) => Promise<Result>): Promise<Result> {
  const store = await openStore(url, { clock, access: "write" });
  return work(store).finally(() => store.close());
}

async function settled(kind: StoreKind): Promise<TestDatabase> {
  const made = await database(migratedDatabase(kind));
  await using(made.url, settledWorld);
  return made;
}

/** Every row of every table, bytes as hexadecimal text. */
function contentOf({ url }: TestDatabase): Promise<Record<string, unknown[]>> {
  return using(url, async (store) => {
    const content: Record<string, unknown[]> = {};
    for (const table of TABLES) {
      const rows: unknown[] = [];
      for await (const page of pagesOf(store.db, table)) {
        for (const row of page.rows) {
          const values = row.map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value));
          rows.push(Object.fromEntries(page.columns.map((column, index) => [column, values[index]])));
        }
      }
      content[table] = rows;
    }
    return content;
  });
}

/** How long a job ran is not the same twice. */
function withoutDurations(content: Record<string, unknown[]>): Record<string, unknown[]> {
  return { ...content, job_runs: (content.job_runs ?? []).map((run) => ({ ...(run as object), duration_ms: 0n })) };
}

it("the same days leave the same rows, transfers and file bytes in both kinds of store", async () => {
  const [first, second] = [await settled("sqlite"), await settled("postgres")];
  const content = withoutDurations(await contentOf(first));
  expect(withoutDurations(await contentOf(second))).toEqual(content);
  expect(content.transfer_files).toHaveLength(2);
  expect(content.transfers?.length).toBeGreaterThan(5);
});

describe("a copy of a store", () => {
  it("has every row of it, over there and back again, and can be worked with", async () => {
    const original = await settled("sqlite");
    const [there, back] = [await database(migratedDatabase("postgres")), await database(migratedDatabase("sqlite"))];
    const first = await copyStore({ from: original.url, to: there.url, clock });
    const second = await copyStore({ from: there.url, to: back.url, clock });
    expect(second).toEqual(first);
    const content = await contentOf(original);
    expect(await contentOf(there)).toEqual(content);
    expect(await contentOf(back)).toEqual(content);
    expect(first.rows).toBe(Object.values(content).reduce((sum, rows) => sum + rows.length, 0));
    expect(first.proofs).toBe(1);
    const orders = content.orders?.length ?? 0;
    expect(await using(there.url, (store) => store.write((tx) => tx.reserveIds("orders", 1)))).toBe(BigInt(orders + 1));
  });

  it.each(STORE_KINDS)("is not made into a %s store that holds a row", async (kind) => {
    const [from, to] = [await database(migratedDatabase("sqlite")), await settled(kind)];
    const before = await contentOf(to);
    await expect(copyStore({ from: from.url, to: to.url, clock })).rejects.toMatchObject({ code: "STORE_NOT_EMPTY" });
    expect(await contentOf(to)).toEqual(before);
  });

  it("is not made into a store that was never migrated", async () => {
    const [from, to] = [await settled("sqlite"), await database(emptyDatabase("postgres"))];
    await expect(copyStore({ from: from.url, to: to.url, clock })).rejects.toMatchObject({ code: "STORE_OUTDATED" });
  });

  it("is not made of books that are broken, and leaves nothing behind", async () => {
    const [from, to] = [await settled("sqlite"), await database(migratedDatabase("postgres"))];
    await sayTo(from, "UPDATE accounts SET balance = balance + 1 WHERE bucket = 'AVAILABLE'");
    await expect(copyStore({ from: from.url, to: to.url, clock })).rejects.toMatchObject({ code: "BOOKS_BROKEN" });
    expect(Object.values(await contentOf(to)).flat()).toEqual([]);
  });

  it("is refused when the other store changes a value on its way in", async () => {
    const [from, to] = [await settled("sqlite"), await database(migratedDatabase("postgres"))];
    await sayTo(
      to,
      `CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.legal_name = upper(NEW.legal_name); RETURN NEW; END $$;
       CREATE TRIGGER shouting BEFORE INSERT ON sellers FOR EACH ROW EXECUTE FUNCTION shout()`,
    );
    await expect(copyStore({ from: from.url, to: to.url, clock })).rejects.toThrow(/sellers, found 8 rows/);
  });
});
