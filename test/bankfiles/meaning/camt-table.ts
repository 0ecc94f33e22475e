/** Builders of statements as values, for tables that a banker can read. */
import type { CamtDocument, Entry, EntryDetail, Statement } from "../../../src/bankfiles/read/document.ts";

export const ACCOUNT = "DE89370400440532013000";

/** `line("-12.34")` is a debit of 12.34 EUR booked on 20 November, `line("+5.00")` a credit. */
export function line(amount: string, more: Partial<Entry> = {}): Entry {
  return {
    amount: amount.replace(/^[+-]/, ""),
    currency: "EUR",
    direction: amount.startsWith("-") ? "DBIT" : "CRDT",
    status: "BOOK",
    reversal: false,
    bookingDate: "2026-11-20",
    code: {},
    charges: [],
    details: [],
    ...more,
  };
}

export function detail(endToEndId: string, more: Partial<EntryDetail> = {}): EntryDetail {
  return { endToEndId, remittance: [], ...more };
}

export function camt(
  kind: CamtDocument["kind"],
  entries: readonly Entry[],
  more: Partial<Statement> = {},
): CamtDocument {
  const statement = { id: `${kind}-1`, account: { iban: ACCOUNT, currency: "EUR" }, balances: [], entries, ...more };
  return { kind, version: `${kind}.001.08`, findings: [], statements: [statement] };
}
