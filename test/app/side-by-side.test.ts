/** What two workers do at the same moment for two marketplaces on PostgreSQL: none of it twice. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bookOperations } from "../../src/app/book-operations.ts";
import { importFiles } from "../../src/app/import-files.ts";
import { checkBooks } from "../../src/app/verify-books.ts";
import { allMarketplaces } from "../../src/store/marketplaces.ts";
import { openStore } from "../../src/store/open.ts";
import type { Store } from "../../src/store/store.ts";
import { tempDir } from "../support/temp-dir.ts";
import { migratedDatabase, type TestDatabase } from "../support/test-database.ts";
import { type Fields, MARKETPLACE, ndjson } from "./import/import-world.ts";

const clock = () => new Date("2026-11-20T01:00:00Z");
const ORDERS = 1_500;

describe("on PostgreSQL,", () => {
  let database: TestDatabase;
  const stores: Store[] = [];

  beforeEach(async () => {
    database = await migratedDatabase("postgres");
    for (let worker = 0; worker < 2; worker += 1) {
      stores.push(await openStore(database.url, { clock, access: "write" }));
    }
  });

  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
    await database.drop();
  });

  const storeOf = (worker: number): Store => stores[worker] as Store;

  async function bring(store: Store, marketplace: string): Promise<void> {
    const path = join(tempDir(), `${marketplace}.ndjson`);
    writeFileSync(path, ndjson(recordsOf(marketplace)));
    const { findings } = await importFiles({ store, clock, actor: "test" }, [path]);
    expect(findings).toEqual([]);
  }

  async function book(store: Store, ref: string): Promise<number> {
    const marketplace = (await allMarketplaces(store.db)).find((row) => row.ref === ref);
    if (marketplace === undefined) throw new Error(`no marketplace ${ref}`);
    return (await bookOperations(store, marketplace, "2026-11-20")).operations;
  }

  it("two large imports and two bookings of different marketplaces overlap, and none is run twice", async () => {
    const runs: number[] = [];
    const [first, second] = twoThatMeet(stores, runs);
    await Promise.all([bring(first, "a"), bring(second, "b")]);
    expect(await Promise.all([book(first, "a"), book(second, "b")])).toEqual([ORDERS, ORDERS]);
    expect(runs.length).toBeGreaterThan(4);
    expect(new Set(runs)).toEqual(new Set([1]));
    expect((await checkBooks(storeOf(0).db)).breaches).toEqual([]);
  });
});

/**
 * Stores whose transactions end only when the other one has one open too, as long as both work; `runs` gets how often each
 * was run.
 */
function twoThatMeet(stores: readonly Store[], runs: number[]): [Store, Store] {
  const begun = [0, 0];
  const wakers = new Set<() => void>();
  const wake = () => {
    for (const waker of wakers) waker();
    wakers.clear();
  };
  const meeting = (worker: 0 | 1): Store => ({
    ...(stores[worker] as Store),
    write: async (work, options) => {
      let run = 0;
      const mine = (begun[worker] ?? 0) + 1;
      begun[worker] = mine;
      wake();
      const result = await (stores[worker] as Store).write(async (tx) => {
        run += 1;
        const done = await work(tx);
        while ((begun[1 - worker] ?? 0) < mine) await new Promise<void>((resolve) => wakers.add(resolve));
        return done;
      }, options);
      runs.push(run);
      return result;
    },
  });
  return [meeting(0), meeting(1)];
}

function recordsOf(marketplace: string): Fields[] {
  const orders = Array.from({ length: ORDERS }, (_, index): Fields[] => {
    const head = { marketplace, currency: "EUR", amount: 1_000 };
    const item = { id: `I${index}`, name: "thing", quantity: 1, amount: 1_000, seller: `s${index % 7}` };
    return [
      { type: "order", id: `O${index}`, ...head, items: [item] },
      {
        ...{ type: "transaction", id: `T${index}`, order: `O${index}`, ...head },
        ...{ status: "CAPTURED", capturedAt: "2026-11-18T10:00:00Z" },
      },
    ];
  });
  const sellers = Array.from({ length: 7 }, (_, index) => ({
    ...{ type: "seller", marketplace, id: `s${index}`, legalName: `Shop ${index}`, onboarding: "VALIDATED" },
    iban: "DE89370400440532013000",
  }));
  return [{ ...MARKETPLACE, id: marketplace }, ...sellers, ...orders.flat()];
}
