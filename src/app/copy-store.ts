/** Copies a whole store into an empty one of either kind, and proves that all of it arrived. */
import { createHash, type Hash } from "node:crypto";
import { RemitError } from "../domain/errors.ts";
import { maskUrl } from "../domain/mask-url.ts";
import { openStore } from "../store/open.ts";
import type { Schema } from "../store/schema.ts";
import type { Queries, Transaction, Value } from "../store/store.ts";
import { firstUsedTable, type Page, pagesOf, TABLES, type TableName } from "../store/table-pages.ts";
import { checkBooks } from "./verify-books.ts";

export interface CopyRequest {
  /** As of DATABASE_URL. What is written to it while it is copied is not in the copy. */
  readonly from: string;
  /** A store of this program's schema without a row. */
  readonly to: string;
  readonly clock: () => Date;
  readonly onTable?: (table: string, index: number, total: number) => void;
}

export interface CopyReport {
  readonly tables: Readonly<Record<string, number>>;
  readonly rows: number;
  /** Of every value in every row, read back from the copy. */
  readonly sha256: string;
  readonly proofs: number;
}

/**
 * All of it or nothing. STORE_NOT_EMPTY for a target that holds a row, COPY_DIFFERS when what is read back is not what was
 * read, BOOKS_BROKEN with every breach when the books of the copy do not hold; errors of `openStore`.
 */
export async function copyStore(request: CopyRequest): Promise<CopyReport> {
  const source = await openStore(request.from, { clock: request.clock, access: "read" });
  try {
    const target = await openStore(request.to, { clock: request.clock, access: "write" });
    try {
      return await source.snapshot((from) => target.write((to) => copyInto(from, to, request)));
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function copyInto(from: Queries, to: Transaction, request: CopyRequest): Promise<CopyReport> {
  await assertEmpty(to.db, request.to);
  const tables: Record<string, number> = {};
  const whole = createHash("sha256");
  for (const [index, table] of TABLES.entries()) {
    request.onTable?.(table, index, TABLES.length);
    const sent = await copyTable(from, to, table);
    const arrived = await digestOf(to.db, table);
    if (sent.sha256 !== arrived.sha256) {
      throw new RemitError("COPY_DIFFERS", {
        where: table,
        found: `${arrived.rows} rows, sha256 ${arrived.sha256.slice(0, 12)}`,
        expected: `${sent.rows} rows, sha256 ${sent.sha256.slice(0, 12)}`,
      });
    }
    tables[table] = arrived.rows;
    whole.update(arrived.sha256);
  }
  const proofs = await assertBooks(to.db);
  const rows = Object.values(tables).reduce((sum, count) => sum + count, 0);
  return { tables, rows, sha256: whole.digest("hex"), proofs };
}

async function assertEmpty(db: Queries, url: string): Promise<void> {
  const used = await firstUsedTable(db);
  if (used === undefined) return;
  throw new RemitError("STORE_NOT_EMPTY", {
    where: maskUrl(url),
    found: `rows in ${used}`,
    expected: "a store just made by `remit init`",
  });
}

/** The books of a copy hold exactly as those of its source, so a breach is one that was there before. */
async function assertBooks(db: Queries): Promise<number> {
  const { breaches, proofs } = await checkBooks(db);
  if (breaches.length > 0) {
    const findings = breaches.map(({ code, where, found, expected }) => ({ code, where, found, expected }));
    throw new RemitError("BOOKS_BROKEN", { findings });
  }
  return proofs.length;
}

interface Digest {
  readonly rows: number;
  readonly sha256: string;
}

async function copyTable(from: Queries, to: Transaction, table: TableName): Promise<Digest> {
  return digestPages(pagesOf(from, table), ({ columns, rows }) =>
    to.insertMany(table, columns as readonly (keyof Schema[TableName] & string)[], rows),
  );
}

function digestOf(db: Queries, table: TableName): Promise<Digest> {
  return digestPages(pagesOf(db, table), async () => undefined);
}

async function digestPages(pages: AsyncIterable<Page>, take: (page: Page) => Promise<void>): Promise<Digest> {
  const hash = createHash("sha256");
  let rows = 0;
  for await (const page of pages) {
    rows += page.rows.length;
    for (const row of page.rows) addRow(hash, row);
    await take(page);
  }
  return { rows, sha256: hash.digest("hex") };
}

/** Every value with its kind and length, so that no two different rows have one text. */
function addRow(hash: Hash, row: readonly Value[]): void {
  let text = "";
  for (const value of row) {
    if (value === null) text += "-";
    else if (typeof value === "bigint") text += `i${value};`;
    else if (typeof value === "string") text += `t${value.length}:${value}`;
    else {
      hash.update(`${text}b${value.length}:`).update(value);
      text = "";
    }
  }
  hash.update(text);
}
