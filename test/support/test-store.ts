/** A fresh, migrated store in a folder of its own, for tests that need real tables. */
import { join } from "node:path";
import { openSqlite } from "../../src/store/sqlite/open.ts";
import type { Store } from "../../src/store/store.ts";
import { tempDir } from "./temp-dir.ts";

export async function freshStore(clock: () => Date = () => new Date("2026-11-20T01:00:00Z")): Promise<Store> {
  const path = join(await tempDir(), "remit.db");
  const fresh = openSqlite(path, { clock, access: "migrate" });
  await fresh.migrate();
  await fresh.close();
  return openSqlite(path, { clock, access: "write" });
}
