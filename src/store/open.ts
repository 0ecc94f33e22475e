/** Opens the store that DATABASE_URL names. */
import { existsSync } from "node:fs";
import { RemitError } from "../domain/errors.ts";
import { maskUrl } from "../domain/mask-url.ts";
import { openSqlite } from "./sqlite/open.ts";
import type { OpenOptions, Store } from "./store.ts";

type Open = (url: string, options: OpenOptions) => Promise<Store>;

// Loaded by those who use it: a machine with SQLite alone need not load the other's driver.
const postgres: Open = async (url, options) => (await import("./postgres/open.ts")).openPostgres(url, options);

/** One line for each kind of store. */
const STORES: Readonly<Record<string, Open>> = {
  sqlite: async (url, options) => openSqlite(existingPath(url, options), options),
  postgres,
  postgresql: postgres,
};

/**
 * `sqlite:PATH` or `postgres://USER:PASSWORD@HOST:PORT/DATABASE`. CONFIG_INVALID for any other form, STORE_UNREACHABLE when there is nothing to open, STORE_BUSY when
 * another process writes to the SQLite file, STORE_NEWER and STORE_OUTDATED when the schema is not this program's.
 */
export async function openStore(url: string, options: OpenOptions): Promise<Store> {
  const scheme = /^([a-z]+):/.exec(url)?.[1] ?? "";
  const open = STORES[scheme];
  if (open === undefined) {
    throw new RemitError("CONFIG_INVALID", {
      where: "DATABASE_URL",
      found: maskUrl(url),
      expected: "sqlite:PATH, such as sqlite:./var/remit.db, or postgres://USER:PASSWORD@HOST:5432/DATABASE",
    });
  }
  return open(url, options);
}

/** A reader or worker must not make an empty file out of a mistyped path. */
function existingPath(url: string, { access }: OpenOptions): string {
  const path = url.replace(/^sqlite:(?:\/\/(?=\/))?/, "");
  if (path === "") {
    throw new RemitError("CONFIG_INVALID", { where: "DATABASE_URL", found: url, expected: "sqlite: and a path" });
  }
  if (access !== "migrate" && !existsSync(path)) {
    throw new RemitError("STORE_UNREACHABLE", {
      where: `DATABASE_URL=${url}`,
      found: "no such file",
      expected: "a store: `remit init` makes one",
    });
  }
  return path;
}
