/** Books the money of captures, refunds and chargebacks that succeeded: what each seller is owed of it, and the postings. */

import { afterLine, bookOperation, type PayableLine, type Pricing } from "../domain/booking.ts";
import { RemitError } from "../domain/errors.ts";
import { splitByWeights } from "../domain/money.ts";
import {
  insertPayables,
  itemsOfSpan,
  markBooked,
  type NewPayable,
  type SpanItem,
  type UnbookedOperation,
  unbookedOperations,
} from "../store/bookings.ts";
import { type Marketplace, turnOfMarketplace } from "../store/marketplaces.ts";
import { postPayables } from "../store/post-payables.ts";
import { addToVolumes, volumeKey, volumesOf } from "../store/seller-volumes.ts";
import type { Store, Transaction, WriteOptions } from "../store/store.ts";
import { nextUnbooked } from "../store/whole-captures.ts";
import { bookDeclared } from "./book-declared.ts";
import { bookWholeCaptures } from "./book-whole-captures.ts";
import { PayoutDelay } from "./payout-delay.ts";

/** Operations booked one by one in one database transaction: large enough for sets, small enough for memory and locks. */
const OPERATIONS_AT_ONCE = 4_000;
/** Whole captures booked by sets in one: the sellers' balances and volumes are written once for all of them. */
const CAPTURES_AT_ONCE = 25_000;

export interface BookingReport {
  readonly operations: number;
  /** Cashins and declared fees. */
  readonly declared: number;
}

/** Booking twice does nothing more: an operation is booked once, in the transaction that marks it. */
export async function bookOperations(
  store: Store,
  marketplace: Marketplace,
  businessDate: string,
): Promise<BookingReport> {
  const apart: WriteOptions = { alone: [turnOfMarketplace(marketplace.ref)], isolation: "snapshot" };
  let operations = await eachSpan((after) =>
    store.write((tx) => bookWhole(tx, marketplace, businessDate, after), apart),
  );
  for (;;) {
    const booked = await store.write((tx) => bookSome(tx, marketplace, businessDate), apart);
    operations += booked;
    if (booked < OPERATIONS_AT_ONCE) break;
  }
  const declared = await store.write((tx) => bookDeclared(tx, marketplace, businessDate), apart);
  return { operations, declared };
}

/** All of it in the caller's transaction: what a cashout needs, for it must know of every refund before it pays. */
export async function bookAll(tx: Transaction, marketplace: Marketplace, businessDate: string): Promise<void> {
  await eachSpan((after) => bookWhole(tx, marketplace, businessDate, after));
  while ((await bookSome(tx, marketplace, businessDate)) === OPERATIONS_AT_ONCE);
  await bookDeclared(tx, marketplace, businessDate);
}

interface BookedSpan {
  readonly booked: number;
  /** Undefined when there was nothing to look at. */
  readonly last?: bigint;
}

/** Works from span to span, each after the last id of the one before; answers how many were booked. */
async function eachSpan(bookAfter: (after: bigint) => Promise<BookedSpan>): Promise<number> {
  let sum = 0;
  for (let after = 0n; ; ) {
    const { booked, last } = await bookAfter(after);
    if (last === undefined) return sum;
    sum += booked;
    after = last;
  }
}

/** Captures of whole items by sets; what is left, in the order of the operations, is for `bookSome`. */
async function bookWhole(
  tx: Transaction,
  marketplace: Marketplace,
  businessDate: string,
  after: bigint,
): Promise<BookedSpan> {
  const span = await nextUnbooked(tx.db, marketplace.id, after, CAPTURES_AT_ONCE);
  if (span === undefined) return { booked: 0 };
  return { booked: await bookWholeCaptures(tx, marketplace, businessDate, span), last: span.last };
}

async function bookSome(tx: Transaction, marketplace: Marketplace, businessDate: string): Promise<number> {
  const operations = await unbookedOperations(tx.db, marketplace.id, OPERATIONS_AT_ONCE);
  const [first, last] = [operations[0], operations.at(-1)];
  if (first === undefined || last === undefined) return 0;
  const span = { marketplaceId: marketplace.id, first: first.id, last: last.id };
  const booking = await openBooking(tx, marketplace, businessDate, operations, span);
  const payables = operations.flatMap((operation) => booking.payablesOf(operation));
  const firstId = await insertPayables(tx, marketplace.id, payables);
  const lines = { first: firstId, last: firstId + BigInt(payables.length) - 1n };
  await postPayables(
    tx,
    { marketplaceId: marketplace.id, operatorId: marketplace.operatorId, businessDate },
    lines,
    new Set(payables.map(({ kind }) => kind)),
  );
  await addToVolumes(tx, lines);
  const marked = await markBooked(tx, span);
  if (marked !== BigInt(operations.length)) {
    throw new RemitError("STORE_CONFLICT", {
      where: `marketplace ${marketplace.ref}, booking`,
      found: `${marked} operations still unbooked`,
      expected: `${operations.length}`,
    });
  }
  return operations.length;
}

type ItemsByOrder = Map<bigint, SpanItem[]>;

async function openBooking(
  tx: Transaction,
  marketplace: Marketplace,
  businessDate: string,
  operations: readonly UnbookedOperation[],
  span: Parameters<typeof itemsOfSpan>[1],
): Promise<Booking> {
  const items = await itemsOfSpan(tx.db, span);
  const months = [...new Set(operations.map((operation) => monthOf(operation)))];
  const volumes = marketplace.hasTiers ? await volumesOf(tx.db, marketplace.id, months) : new Map<string, bigint>();
  return new Booking(marketplace, businessDate, items, volumes);
}

function monthOf({ businessDate }: UnbookedOperation): string {
  return businessDate.slice(0, 7);
}

/** Books operations on the items in memory, in their order, so that each starts from where the one before left off. */
class Booking {
  readonly #marketplace: Marketplace;
  readonly #businessDate: string;
  readonly #items: ItemsByOrder;
  readonly #volumes: Map<string, bigint>;
  readonly #delay: PayoutDelay;

  constructor(marketplace: Marketplace, businessDate: string, items: ItemsByOrder, volumes: Map<string, bigint>) {
    this.#marketplace = marketplace;
    this.#businessDate = businessDate;
    this.#items = items;
    this.#volumes = volumes;
    this.#delay = new PayoutDelay(marketplace.settlementPolicy);
  }

  payablesOf(operation: UnbookedOperation): readonly NewPayable[] {
    const items = this.#items.get(operation.orderId) ?? [];
    const lines = bookOperation(operation, items, this.#pricing(operation));
    const payables: NewPayable[] = [];
    for (const line of lines) {
      const index = items.findIndex((item) => item.id === line.item.id);
      const item = items[index];
      if (item === undefined) throw new Error(`item ${line.item.id} is not of order ${operation.orderId}`);
      items[index] = { ...item, ...afterLine(line) };
      this.#countVolume(operation, line);
      payables.push(this.#payableOf(operation, item, line));
    }
    return operation.charge === undefined ? payables : [...payables, ...this.#charges(operation, lines)];
  }

  #pricing(operation: UnbookedOperation): Pricing {
    const { ruleOf, settlementPolicy } = this.#marketplace;
    const fee = settlementPolicy.chargeback?.fee;
    return {
      ruleOf,
      volumeBefore: (sellerId) => this.#volumes.get(volumeKeyOf(operation, sellerId)) ?? 0n,
      ...(fee === undefined ? {} : { chargebackFee: fee }),
    };
  }

  #countVolume(operation: UnbookedOperation, { item, gross }: PayableLine): void {
    if (!this.#marketplace.hasTiers || gross < 0n) return;
    const key = volumeKeyOf(operation, item.sellerId);
    this.#volumes.set(key, (this.#volumes.get(key) ?? 0n) + gross);
  }

  #payableOf(operation: UnbookedOperation, item: SpanItem, { gross, fee, vat }: PayableLine): NewPayable {
    const head = {
      sellerId: item.sellerId,
      orderId: item.orderId,
      itemId: item.id,
      operationId: operation.id,
      currency: operation.currency,
      gross,
      fee,
      vat,
    };
    if (operation.kind !== "CAPTURE") return { ...head, kind: operation.kind, ...this.#atOnce() };
    return {
      ...head,
      kind: "SALE",
      availableOn: this.#delay.availableOn(operation.businessDate, item.sellerPolicy),
      ...(item.heldReason === undefined ? {} : { heldReason: item.heldReason }),
    };
  }

  #atOnce() {
    return { availableOn: this.#businessDate, maturedOn: this.#businessDate };
  }

  /** What the bank charges, borne by the operator, or by the sellers in proportion to what was charged back of each. */
  #charges(operation: UnbookedOperation, lines: readonly PayableLine[]): readonly NewPayable[] {
    const { operatorId, settlementPolicy } = this.#marketplace;
    const charge = operation.charge ?? 0n;
    const bearers =
      settlementPolicy.chargeback?.chargedTo === "OPERATOR" ? new Map([[operatorId, 1n]]) : grossBySeller(lines);
    const parts = splitByWeights(charge, [...bearers.values()]);
    return [...bearers.keys()].flatMap((sellerId, index): NewPayable[] => {
      const part = parts[index] ?? 0n;
      if (part === 0n) return [];
      const { currency, id, orderId } = operation;
      const head = { sellerId, orderId, operationId: id, currency };
      return [{ ...head, kind: "CHARGE", gross: -part, fee: 0n, ...this.#atOnce() }];
    });
  }
}

function volumeKeyOf(operation: UnbookedOperation, sellerId: bigint): string {
  return volumeKey({ sellerId, currency: operation.currency, month: monthOf(operation) });
}

function grossBySeller(lines: readonly PayableLine[]): Map<bigint, bigint> {
  const sums = new Map<bigint, bigint>();
  for (const { item, gross } of lines) sums.set(item.sellerId, (sums.get(item.sellerId) ?? 0n) - gross);
  return sums;
}
