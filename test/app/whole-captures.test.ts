/** Sales booked by sets are, to the cent and the day, those that booking one operation after the other comes to. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bookOperations } from "../../src/app/book-operations.ts";
import { importFiles } from "../../src/app/import-files.ts";
import { PayoutDelay } from "../../src/app/payout-delay.ts";
import { afterLine, type BookedItem, bookOperation, type Operation } from "../../src/domain/booking.ts";
import { allMarketplaces, type Marketplace } from "../../src/store/marketplaces.ts";
import type { Store } from "../../src/store/store.ts";
import { STORE_KINDS } from "../support/test-database.ts";
import { freshStore } from "../support/test-store.ts";

const SELLERS = ["a", "b", "c"] as const;
const CATEGORIES = ["books", "shoes"] as const;
const METHODS = ["card", "wallet"] as const;
const DAYS = ["2026-11-18", "2026-11-30", "2026-12-01"] as const;

const perhaps = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const cents = fc.integer({ min: 0, max: 20_000 });

const feeRule = fc.record({
  seller: perhaps(fc.constantFrom(...SELLERS)),
  category: perhaps(fc.constantFrom(...CATEGORIES)),
  paymentMethod: perhaps(fc.constantFrom(...METHODS)),
  basisPoints: fc.integer({ min: 0, max: 3_000 }),
  fixed: fc.integer({ min: 0, max: 60 }),
  minimum: perhaps(fc.integer({ min: 0, max: 80 })),
  vatBasisPoints: perhaps(fc.constantFrom(550, 2_000)),
});

/** No two for the same sales. */
const feeRules = fc.uniqueArray(feeRule, {
  maxLength: 4,
  selector: ({ seller, category, paymentMethod }) => `${seller}/${category}/${paymentMethod}`,
});

const item = fc.record({
  seller: fc.constantFrom(...SELLERS),
  amount: fc.oneof(fc.constantFrom(0, 1, 1_000), cents),
  category: perhaps(fc.constantFrom(...CATEGORIES)),
  commission: perhaps(fc.integer({ min: 0, max: 100 })),
  held: perhaps(fc.boolean()),
});

/** How an order is captured: all of it at once, or seller by seller, each whole or for a part, with a fee given or not. */
const order = fc.record({
  items: fc.array(item, { minLength: 1, maxLength: 5 }),
  day: fc.constantFrom(...DAYS),
  paymentMethod: perhaps(fc.constantFrom(...METHODS)),
  bySeller: fc.boolean(),
  percent: fc.array(fc.constantFrom(100, 100, 40), { minLength: 3, maxLength: 3 }),
  fee: perhaps(fc.integer({ min: 0, max: 50 })),
  refund: fc.boolean(),
});

type Order = typeof order extends fc.Arbitrary<infer Made> ? Made : never;
type Fields = Readonly<Record<string, unknown>>;

function recordsOf(marketplace: string, made: Order, index: number): Fields[] {
  const items = made.items.map((one, position) => ({
    ...one,
    id: `I${position}`,
    name: "thing",
    ...(one.commission === undefined ? {} : { commission: Math.min(one.commission, one.amount) }),
  }));
  const amount = items.reduce((sum, one) => sum + one.amount, 0);
  if (amount === 0) return [];
  const [id, at] = [`O${index}`, `${made.day}T10:00:00Z`];
  const head = { marketplace, currency: "EUR", amount };
  const transaction = {
    ...{ type: "transaction", id: `T${index}`, order: id, ...head },
    ...(made.paymentMethod === undefined ? {} : { paymentMethod: made.paymentMethod }),
  };
  const bought = { type: "order", id, ...head, items };
  if (!made.bySeller) return [bought, { ...transaction, status: "CAPTURED", capturedAt: at }];
  const operations = SELLERS.flatMap((seller, position): Fields[] => {
    const own = items.filter((one) => one.seller === seller).reduce((sum, one) => sum + one.amount, 0);
    const part = Math.floor((own * (made.percent[position] ?? 100)) / 100);
    if (part === 0) return [];
    const operation = { marketplace, transaction: `T${index}`, seller, amount: part };
    const fee = made.fee === undefined ? {} : { fee: Math.min(made.fee, part) };
    const capture = { ...operation, type: "capture", id: `C${index}${seller}`, capturedAt: at, ...fee };
    const refund = { ...operation, type: "refund", id: `R${index}${seller}`, refundedAt: at };
    return made.refund ? [capture, refund] : [capture];
  });
  return [bought, { ...transaction, status: "AUTHORISED", authorisedAt: "2026-11-17T10:00:00Z" }, ...operations];
}

const IBAN = "FR7630006000011234567890189";

async function bring(store: Store, ref: string, fees: readonly Fields[], orders: readonly Order[]): Promise<void> {
  const records = [
    {
      ...{ type: "marketplace", id: ref, name: "M", currency: "EUR", debtor: { name: "M", iban: IBAN }, bank: "b" },
      ...{ profile: "sandbox", gateway: "g", integrationMode: "MULTI_CAPTURE", fees },
      capture: { honourDays: 30, validityDays: 30 },
    },
    ...SELLERS.map((id, index) => ({
      ...{ type: "seller", marketplace: ref, id, legalName: id },
      ...(index === 0 ? { settlement: { delayDays: 9 } } : {}),
    })),
    ...orders.flatMap((made, index) => recordsOf(ref, made, index)),
  ];
  const path = join(mkdtempSync(join(tmpdir(), "remit-whole-")), "records.ndjson");
  writeFileSync(path, records.map((record) => JSON.stringify(record)).join("\n"));
  const { findings } = await importFiles({ store, clock: () => new Date("2026-12-02T01:00:00Z"), actor: "test" }, [
    path,
  ]);
  expect(findings).toEqual([]);
}

const byIds = (a: readonly unknown[], b: readonly unknown[]) => (String(a) < String(b) ? -1 : 1);

async function bookedLines({ db }: Store, marketplaceId: bigint) {
  const rows = await db.selectFrom("payables").selectAll().where("marketplace_id", "=", marketplaceId).execute();
  return rows
    .map((row) => [
      ...[row.operation_id, row.item_id, row.kind, row.seller_id, row.order_id, row.currency, row.gross, row.fee],
      ...[row.fee_vat, row.net, row.available_on, row.matured_on, row.held_reason],
    ])
    .sort(byIds);
}

/** What the domain says of each operation in turn. */
async function expectedLines({ db }: Store, marketplace: Marketplace, bookedOn: string) {
  const items = await db
    .selectFrom("items")
    .innerJoin("sellers", "sellers.id", "items.seller_id")
    .selectAll("items")
    .select(["sellers.ref as seller", "sellers.settlement_policy"])
    .where("sellers.marketplace_id", "=", marketplace.id)
    .orderBy("items.id")
    .execute();
  const operations = await db
    .selectFrom("operations")
    .innerJoin("transactions", "transactions.id", "operations.transaction_id")
    .selectAll("operations")
    .select(["transactions.order_id", "transactions.payment_method"])
    .where("operations.marketplace_id", "=", marketplace.id)
    .orderBy("operations.id")
    .execute();
  const state = new Map(items.map((row) => [row.id, fresh(row)]));
  const delay = new PayoutDelay(marketplace.settlementPolicy);
  return operations
    .flatMap((row) => {
      const own = [...state.values()].filter(({ orderId }) => orderId === row.order_id);
      const operation = {
        ...{ id: row.id, ref: row.ref, kind: row.kind, amount: row.amount, currency: row.currency },
        businessDate: row.business_date,
        ...(row.payment_method === null ? {} : { paymentMethod: row.payment_method }),
        ...(row.seller_id === null ? {} : { sellerId: row.seller_id }),
        ...(row.fee === null ? {} : { fee: row.fee }),
      } as Operation;
      return bookOperation(operation, own, { ruleOf: marketplace.ruleOf, volumeBefore: () => 0n }).map((line) => {
        state.set(line.item.id, afterLine(line));
        const item = items.find(({ id }) => id === line.item.id);
        const isSale = row.kind === "CAPTURE";
        const due = isSale ? delay.availableOn(row.business_date, item?.settlement_policy ?? null) : bookedOn;
        return [
          ...[row.id, line.item.id, isSale ? "SALE" : row.kind, line.item.sellerId, row.order_id, "EUR", line.gross],
          ...[line.fee, line.vat, line.gross - line.fee, due, isSale ? null : bookedOn],
          isSale ? (item?.held_reason ?? null) : null,
        ];
      });
    })
    .sort(byIds);
}

function fresh(row: {
  readonly id: bigint;
  readonly order_id: bigint;
  readonly seller_id: bigint;
  readonly seller: string;
  readonly amount: bigint;
  readonly category: string | null;
  readonly commission: bigint | null;
}): BookedItem {
  return {
    ...{ id: row.id, orderId: row.order_id, sellerId: row.seller_id, seller: row.seller, amount: row.amount },
    ...{ captured: 0n, feeTaken: 0n, vatTaken: 0n, refunded: 0n, feeReturned: 0n },
    ...(row.category === null ? {} : { category: row.category }),
    ...(row.commission === null ? {} : { commission: row.commission }),
  };
}

describe.each(STORE_KINDS)("captures booked in %s", (kind) => {
  it("make the lines that booking one operation after the other makes, whatever was captured how", async () => {
    const store = await freshStore(undefined, kind);
    let made = 0;
    await fc.assert(
      fc.asyncProperty(feeRules, fc.array(order, { maxLength: 12 }), async (fees, orders) => {
        made += 1;
        await bring(store, `m${made}`, fees, orders);
        const marketplace = (await allMarketplaces(store.db)).find(({ ref }) => ref === `m${made}`);
        if (marketplace === undefined) throw new Error("the marketplace is gone");
        await bookOperations(store, marketplace, "2026-12-02");
        expect(await bookedLines(store, marketplace.id)).toEqual(await expectedLines(store, marketplace, "2026-12-02"));
      }),
      { numRuns: kind === "sqlite" ? 60 : 20 },
    );
    await store.close();
  }, 120_000);
});
