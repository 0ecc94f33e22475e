/** Books what a marketplace declares beside its orders: cashins, and the operator's fees declared afterwards (seed 001). */
import { RemitError } from "../domain/errors.ts";
import type { Posting } from "../domain/ledger.ts";
import {
  type DeclaredTable,
  insertPayables,
  markRowsBooked,
  type NewPayable,
  type UnbookedRow,
  unbookedRows,
} from "../store/bookings.ts";
import { postToJournal } from "../store/journal.ts";
import type { Marketplace } from "../store/marketplaces.ts";
import type { Transaction } from "../store/store.ts";

const ROWS_AT_ONCE = 4_000;

interface Declared {
  readonly payable: (row: UnbookedRow) => Pick<NewPayable, "kind" | "gross" | "fee" | "vat">;
  readonly posting: Pick<Posting, "movement"> & { readonly cause: Posting["cause"]["kind"] };
}

const DECLARED = {
  cashins: {
    payable: ({ amount }) => ({ kind: "CASHIN", gross: amount, fee: 0n }),
    posting: { movement: "CASHED_IN", cause: "CASHIN" },
  },
  operator_fees: {
    payable: ({ amount, vat }) => ({ kind: "OPERATOR_FEE", gross: 0n, fee: amount, vat }),
    posting: { movement: "FEE_DECLARED", cause: "OPERATOR_FEE" },
  },
} as const satisfies Record<DeclaredTable, Declared>;

/** Answers how many were booked. A fee that is more than the balance makes a debt, as a refund does. */
export async function bookDeclared(tx: Transaction, marketplace: Marketplace, businessDate: string): Promise<number> {
  let booked = 0;
  for (const table of Object.keys(DECLARED) as DeclaredTable[]) {
    for (;;) {
      const rows = await unbookedRows(tx.db, table, marketplace.id, ROWS_AT_ONCE);
      await bookRows(tx, marketplace, businessDate, table, rows);
      booked += rows.length;
      if (rows.length < ROWS_AT_ONCE) break;
    }
  }
  return booked;
}

async function bookRows(
  tx: Transaction,
  { id: marketplaceId, operatorId, ref }: Marketplace,
  businessDate: string,
  table: DeclaredTable,
  rows: readonly UnbookedRow[],
): Promise<void> {
  const last = rows.at(-1);
  if (last === undefined) return;
  const { payable, posting } = DECLARED[table];
  const due = { availableOn: businessDate, maturedOn: businessDate };
  await insertPayables(
    tx,
    marketplaceId,
    rows.map((row) => ({ sellerId: row.sellerId, currency: row.currency, ...payable(row), ...due })),
  );
  await postToJournal(
    tx,
    { marketplaceId, operatorId, businessDate },
    rows.map(({ id, sellerId, amount, currency }) => ({
      movement: posting.movement,
      sellerId,
      amount,
      currency,
      cause: { kind: posting.cause, id },
    })),
  );
  const marked = await markRowsBooked(tx, table, marketplaceId, last.id);
  if (marked !== BigInt(rows.length)) {
    throw new RemitError("STORE_CONFLICT", {
      where: `marketplace ${ref}, ${table}`,
      found: `${marked} still unbooked`,
      expected: `${rows.length}`,
    });
  }
}
