/** A fresh, migrated store in a database of its own, for tests that need real tables. */
import { openStore } from "../../src/store/open.ts";
import type { Store } from "../../src/store/store.ts";
import { DEFAULT_KIND, migratedDatabase, type StoreKind } from "./test-database.ts";

/** Closing it removes its database. */
export async function freshStore(
  clock: () => Date = () => new Date("2026-11-20T01:00:00Z"),
  kind: StoreKind = DEFAULT_KIND,
): Promise<Store> {
  const database = await migratedDatabase(kind);
  const store = await openStore(database.url, { clock, access: "write" });
  return {
    ...store,
    close: async () => {
      await store.close();
      await database.drop();
    },
  };
}
