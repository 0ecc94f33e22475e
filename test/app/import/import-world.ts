/** A store and a folder to import into and from, and the smallest records that mean something. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ImportReport, importFiles } from "../../../src/app/import-files.ts";
import type { Store } from "../../../src/store/store.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { freshStore } from "../../support/test-store.ts";

export type Fields = Readonly<Record<string, unknown>>;

export const NOW = new Date("2026-11-20T01:00:00Z");

export interface ImportWorld {
  readonly store: Store;
  readonly folder: string;
  /** Writes the text as a file of that name and imports it. */
  importText(name: string, text: string | Buffer, now?: Date): Promise<ImportReport>;
  /** The same for records, one a line. */
  importRecords(records: readonly Fields[], now?: Date): Promise<ImportReport>;
}

export async function importWorld(): Promise<ImportWorld> {
  const store = await freshStore();
  const folder = tempDir();
  const importText = (name: string, text: string | Buffer, now = NOW): Promise<ImportReport> => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return importFiles({ store, clock: () => now, actor: "test" }, [path]);
  };
  return {
    store,
    folder,
    importText,
    importRecords: (records, now) => importText("records.ndjson", ndjson(records), now),
  };
}

export function ndjson(records: readonly Fields[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join("");
}

/** `CODE line field` of every finding: what a table of a test compares. */
export function briefly(report: ImportReport): string[] {
  return report.findings.map(({ code, where }) => `${code} ${where.replace(/^.*?:(\d+)/, "$1")}`);
}

export const MARKETPLACE: Fields = {
  type: "marketplace",
  id: "m",
  name: "Market",
  debtor: { name: "Market SAS", iban: "FR7630006000011234567890189" },
  bank: "sandbox",
  profile: "sandbox",
  gateway: "sandbox",
  integrationMode: "MULTI_CAPTURE",
};

export function seller(id: string, fields: Fields = {}): Fields {
  return { type: "seller", marketplace: "m", id, legalName: `Shop ${id}`, iban: "DE89370400440532013000", ...fields };
}

/** An order of one item for each `[seller, amount]`. */
export function order(id: string, parts: readonly (readonly [string, number])[], fields: Fields = {}): Fields {
  const items = parts.map(([ref, amount], index) => ({ id: `i${index}`, name: "thing", amount, seller: ref }));
  const amount = parts.reduce((sum, part) => sum + part[1], 0);
  return { type: "order", marketplace: "m", id, amount, items, ...fields };
}

export function transaction(id: string, orderId: string, amount: number, fields: Fields = {}): Fields {
  return {
    type: "transaction",
    marketplace: "m",
    id,
    order: orderId,
    amount,
    status: "AUTHORISED",
    authorisedAt: "2026-11-18T10:00:00Z",
    ...fields,
  };
}

export function operation(type: string, id: string, transactionId: string, fields: Fields = {}): Fields {
  return { type, marketplace: "m", id, transaction: transactionId, ...fields };
}
