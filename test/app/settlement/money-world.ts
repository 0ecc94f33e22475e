/** A small marketplace whose days pass by import and settlement, and what a finance person asks of it after each. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { loadProfile } from "../../../src/app/bank-profiles.ts";
import type { Context } from "../../../src/app/context.ts";
import { importFiles } from "../../../src/app/import-files.ts";
import { settle } from "../../../src/app/settle.ts";
import { checkBooks } from "../../../src/app/verify-books.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { type TestContext, testContext } from "../../support/test-context.ts";
import type { StoreKind } from "../../support/test-database.ts";

export type Fields = Readonly<Record<string, unknown>>;

const IBANS: Readonly<Record<string, string>> = {
  a: "DE89370400440532013000",
  b: "NL91ABNA0417164300",
  c: "ES9121000418450200051332",
};
const OPERATOR_IBAN = "FR7630006000011234567890189";

/** Ten percent of every sale, paid the day after. */
export function marketplace(settlement: Fields = {}, more: Fields = {}): Fields {
  return {
    type: "marketplace",
    id: "m",
    name: "Market",
    currency: "EUR",
    debtor: { name: "Market SAS", iban: OPERATOR_IBAN },
    bank: "sandbox",
    profile: "sandbox",
    gateway: "sandbox",
    integrationMode: "MULTI_CAPTURE",
    fees: [{ basisPoints: 1000, fixed: 0 }],
    settlement: { delayDays: 1, minimumPayout: 1, ...settlement },
    operator: { name: "Market SAS", iban: OPERATOR_IBAN },
    ...more,
  };
}

export function seller(id: string, more: Fields = {}): Fields {
  const iban = IBANS[id] ?? IBANS.c;
  return { type: "seller", marketplace: "m", id, legalName: `Seller ${id}`, iban, onboarding: "VALIDATED", ...more };
}

/** An order paid and captured on a day: amounts by seller. */
export function sale(id: string, parts: Readonly<Record<string, number>>, day: string, more: Fields = {}): Fields[] {
  const items = Object.entries(parts).map(([who, amount], index) => ({
    id: `i${index}`,
    name: "thing",
    amount,
    seller: who,
  }));
  const amount = items.reduce((sum, item) => sum + item.amount, 0);
  const { currency = "EUR", ...transaction } = more;
  return [
    { type: "order", marketplace: "m", id, amount, currency, items },
    {
      type: "transaction",
      marketplace: "m",
      id: `T-${id}`,
      order: id,
      amount,
      currency,
      status: "CAPTURED",
      capturedAt: `${day}T10:00:00Z`,
      ...transaction,
    },
  ];
}

const after =
  (type: string, at: string) =>
  (id: string, order: string, who: string, amount: number, day: string, more: Fields = {}) => ({
    type,
    marketplace: "m",
    id,
    transaction: `T-${order}`,
    seller: who,
    amount,
    [at]: `${day}T12:00:00Z`,
    ...more,
  });
export const refund = after("refund", "refundedAt");
export const chargeback = after("chargeback", "chargedBackAt");

export function cashout(id: string, who: string, amount?: number, more: Fields = {}): Fields {
  const scope = who === "OPERATOR" ? { scope: "operator" } : { scope: "seller", seller: who };
  return { type: "cashout", marketplace: "m", id, ...scope, ...(amount === undefined ? {} : { amount }), ...more };
}

export class MoneyWorld {
  readonly context: TestContext & Context;
  #files = 0;

  constructor(context: TestContext & Context) {
    this.context = context;
  }

  get db() {
    return this.context.store.db;
  }

  /** Imports records as one file and answers its findings, `CODE field: found -> expected`. */
  async import(records: readonly Fields[]): Promise<readonly string[]> {
    this.#files += 1;
    const path = join(tempDir(), `${this.#files}.ndjson`);
    writeFileSync(path, records.map((record) => JSON.stringify(record)).join("\n"));
    const { findings } = await importFiles(this.context, [path]);
    return findings.map(
      ({ code, where, found, expected }) => `${code} ${where.split(" ")[1] ?? ""}: ${found} -> ${expected}`,
    );
  }

  /** Imports what must be right. */
  async bring(records: readonly Fields[]): Promise<void> {
    expect(await this.import(records)).toEqual([]);
  }

  /** Settles a day, at two in the morning of it, and holds the books to account. */
  async settle(date: string): Promise<void> {
    this.context.setClock(`${date}T01:00:00Z`);
    const { findings } = await settle(this.context, date);
    expect(findings).toEqual([]);
    await this.booksHold();
  }

  async booksHold(): Promise<void> {
    const { breaches, proofs } = await checkBooks(this.db);
    expect(breaches).toEqual([]);
    expect(proofs.map(({ proof }) => proof.difference)).toEqual(proofs.map(() => 0n));
  }

  async transfers(): Promise<string[]> {
    const rows = await this.db
      .selectFrom("transfers")
      .innerJoin("sellers", "sellers.id", "transfers.seller_id")
      .select(["sellers.ref", "transfers.amount", "transfers.currency", "transfers.state", "transfers.hold_reason"])
      .orderBy("transfers.id")
      .execute();
    return rows.map(({ ref, amount, currency, state, hold_reason }) =>
      [ref, amount, currency === "EUR" ? null : currency, state, hold_reason].filter((part) => part !== null).join(" "),
    );
  }

  /** What is not zero of a seller, by bucket. */
  async balance(ref: string, currency = "EUR"): Promise<Record<string, bigint>> {
    const rows = await this.db
      .selectFrom("accounts")
      .innerJoin("sellers", "sellers.id", "accounts.seller_id")
      .select(["accounts.bucket", "accounts.balance"])
      .where("sellers.ref", "=", ref)
      .where("accounts.currency", "=", currency)
      .where("accounts.balance", "<>", 0n)
      .orderBy("accounts.bucket")
      .execute();
    return Object.fromEntries(rows.map((row) => [row.bucket, row.balance]));
  }

  /** What the marketplace was told of a kind of object, in order. */
  async told(kind: string): Promise<string[]> {
    const rows = await this.db
      .selectFrom("status_changes")
      .select(["object_ref", "status", "detail"])
      .where("object_kind", "=", kind)
      .orderBy("id")
      .execute();
    return rows.map(({ object_ref, status, detail }) =>
      [object_ref, status, detail].filter((part) => part !== null).join(" "),
    );
  }
}

export async function moneyWorld(
  records: readonly Fields[],
  kind?: StoreKind,
  start = "2026-11-18T12:00:00Z",
): Promise<MoneyWorld> {
  const context = await testContext({}, start, kind);
  const world = new MoneyWorld({ ...context, profile: (name: string) => loadProfile(name) });
  await world.bring(records);
  return world;
}
