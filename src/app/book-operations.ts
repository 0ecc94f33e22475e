/** Books the money of captures, refunds and cashins that succeeded: what each seller is owed of it, and the postings. */

import { afterLine, type BookedItem, bookOperation, type PayableLine } from "../domain/booking.ts";
import { addBankingDays, addDays } from "../domain/calendar.ts";
import { RemitError } from "../domain/errors.ts";
import type { SettlementPolicy } from "../domain/policies.ts";
import {
  insertPayables,
  itemsOfSpan,
  markBooked,
  markCashinsBooked,
  type NewPayable,
  type UnbookedOperation,
  unbookedCashins,
  unbookedOperations,
} from "../store/bookings.ts";
import { postPayables, postToJournal } from "../store/journal.ts";
import type { Marketplace } from "../store/marketplaces.ts";
import type { Store, Transaction } from "../store/store.ts";

/** Operations booked in one database transaction: large enough for sets, small enough for memory and locks. */
const OPERATIONS_AT_ONCE = 4_000;

export interface BookingReport {
  readonly operations: number;
  readonly cashins: number;
}

/** Booking twice does nothing more: an operation is booked once, in the transaction that marks it. */
export async function bookOperations(
  store: Store,
  marketplace: Marketplace,
  businessDate: string,
): Promise<BookingReport> {
  let operations = 0;
  for (;;) {
    const booked = await store.write((tx) => bookSome(tx, marketplace, businessDate));
    operations += booked;
    if (booked < OPERATIONS_AT_ONCE) break;
  }
  const cashins = await store.write((tx) => bookCashins(tx, marketplace, businessDate));
  return { operations, cashins };
}

async function bookSome(tx: Transaction, marketplace: Marketplace, businessDate: string): Promise<number> {
  const operations = await unbookedOperations(tx.db, marketplace.id, OPERATIONS_AT_ONCE);
  const [first, last] = [operations[0], operations.at(-1)];
  if (first === undefined || last === undefined) return 0;
  const span = { marketplaceId: marketplace.id, first: first.id, last: last.id };
  const items = await itemsOfSpan(tx.db, span);
  const booked = operations.flatMap((operation) => linesOf(operation, items, marketplace));
  const firstId = await insertPayables(
    tx,
    marketplace.id,
    booked.map(({ operation, line }) => payableOf(operation, line, marketplace.settlementPolicy, businessDate)),
  );
  await postPayables(
    tx,
    { marketplaceId: marketplace.id, operatorId: marketplace.operatorId, businessDate },
    { first: firstId, last: firstId + BigInt(booked.length) - 1n },
  );
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

interface BookedLine {
  readonly operation: UnbookedOperation;
  readonly line: PayableLine;
}

/** Books one operation on the items in memory, so that the next operation on the same order starts from there. */
function linesOf(
  operation: UnbookedOperation,
  itemsByOrder: Map<bigint, BookedItem[]>,
  marketplace: Marketplace,
): readonly BookedLine[] {
  const items = itemsByOrder.get(operation.orderId) ?? [];
  const lines = bookOperation(operation, items, marketplace.feeRules);
  for (const line of lines) {
    const index = items.findIndex((item) => item.id === line.item.id);
    items[index] = afterLine(line);
  }
  return lines.map((line) => ({ operation, line }));
}

function payableOf(
  operation: UnbookedOperation,
  { item, gross, fee }: PayableLine,
  policy: SettlementPolicy,
  businessDate: string,
): NewPayable {
  const head = {
    sellerId: item.sellerId,
    orderId: item.orderId,
    itemId: item.id,
    operationId: operation.id,
    currency: operation.currency,
    gross,
    fee,
  };
  return operation.kind === "REFUND"
    ? { ...head, kind: "REFUND", availableOn: businessDate, maturedOn: businessDate }
    : {
        ...head,
        kind: "SALE",
        availableOn: availableOn(operation.businessDate, policy),
        ...(item.heldReason === undefined ? {} : { heldReason: item.heldReason }),
      };
}

/** The business date on which a sale captured on `capturedOn` may be paid out. */
export function availableOn(capturedOn: string, policy: SettlementPolicy): string {
  return policy.delayCounts === "BANKING_DAYS"
    ? addBankingDays(capturedOn, policy.delayDays, "TARGET")
    : addDays(capturedOn, policy.delayDays);
}

async function bookCashins(tx: Transaction, marketplace: Marketplace, businessDate: string): Promise<number> {
  const cashins = await unbookedCashins(tx.db, marketplace.id);
  if (cashins.length === 0) return 0;
  await insertPayables(
    tx,
    marketplace.id,
    cashins.map(({ sellerId, amount, currency }) => ({
      sellerId,
      kind: "CASHIN",
      currency,
      gross: amount,
      fee: 0n,
      availableOn: businessDate,
      maturedOn: businessDate,
    })),
  );
  const head = { marketplaceId: marketplace.id, operatorId: marketplace.operatorId, businessDate };
  await postToJournal(
    tx,
    head,
    cashins.map(({ id, sellerId, amount, currency }) => ({
      movement: "CASHED_IN",
      sellerId,
      amount,
      currency,
      cause: { kind: "CASHIN", id },
    })),
  );
  await markCashinsBooked(
    tx,
    cashins.map(({ id }) => id),
  );
  return cashins.length;
}
