/** Creates cashins, announced pay-ins, fees declared afterwards, and notification endpoints. */
import { insertImported } from "../../store/import-inserts.ts";
import { hashesByRef } from "../../store/import-lookups.ts";
import type { Value } from "../../store/store.ts";
import type { Checked } from "./check-record.ts";
import type { DayOf } from "./day-of.ts";
import type { ImportRun } from "./import-run.ts";
import { type KnownMarketplace, learnSellers, sellerIdOf } from "./known-marketplaces.ts";
import type {
  CashinRecord,
  CashoutRecord,
  DocumentRecord,
  EndpointRecord,
  OperatorFeeRecord,
  PayInRecord,
} from "./records.ts";
import { sortOut } from "./sort-out.ts";

/** Money collected elsewhere; it is booked by the next settlement. */
export async function applyCashins(
  run: ImportRun,
  marketplace: KnownMarketplace,
  all: readonly Checked<CashinRecord>[],
  dayOf: DayOf,
): Promise<void> {
  const created = await createForSellers(run, marketplace, "cashins", all, dayOf, () => ({ amounts: [], texts: [] }));
  if (created > 0) run.count("cashins", created);
}

/** Fees declared afterwards; they are booked by the next settlement or cashout, and may make a debt. */
export async function applyOperatorFees(
  run: ImportRun,
  marketplace: KnownMarketplace,
  all: readonly Checked<OperatorFeeRecord>[],
  dayOf: DayOf,
): Promise<void> {
  const created = await createForSellers(run, marketplace, "operator_fees", all, dayOf, ({ vat, says }) => ({
    amounts: [vat ?? 0n],
    texts: [says ?? null],
  }));
  if (created > 0) run.count("operatorFees", created);
}

/**
 * Creates what is fresh of records that give a seller an amount on a day; `own` adds the columns that only one table has,
 * after the amount and after the currency. Answers how many were created.
 */
async function createForSellers<Kind extends CashinRecord | OperatorFeeRecord>(
  run: ImportRun,
  marketplace: KnownMarketplace,
  table: "cashins" | "operator_fees",
  all: readonly Checked<Kind>[],
  dayOf: DayOf,
  own: (record: Kind) => { readonly amounts: readonly Value[]; readonly texts: readonly Value[] },
): Promise<number> {
  const fresh = await freshOf(run, marketplace, table, all);
  if (fresh.length === 0) return 0;
  await learnSellers(run, marketplace, new Set(fresh.map(({ record }) => record.seller)));
  let id = await run.tx.reserveIds(table, fresh.length);
  const now = run.now.toISOString();
  const rows: Value[][] = [];
  for (const checked of fresh) {
    const { record, hash } = checked;
    const sellerId = sellerIdOf(run, marketplace, checked, record.seller, "seller");
    if (sellerId === undefined) continue;
    const { amounts, texts } = own(record);
    const currency = record.currency ?? marketplace.row.currency;
    const head = [id, marketplace.row.id, sellerId, record.id, record.amount];
    rows.push([...head, ...amounts, currency, ...texts, record.date ?? dayOf(now), hash, now]);
    id += 1n;
  }
  await insertImported(run.tx, table, rows);
  return rows.length;
}

/** Pay-ins that an acquirer announced: nothing is booked before the bank's statement has them. */
export async function applyPayIns(
  run: ImportRun,
  marketplace: KnownMarketplace,
  all: readonly Checked<PayInRecord>[],
  dayOf: DayOf,
): Promise<void> {
  const fresh = await freshOf(run, marketplace, "payins", all);
  if (fresh.length === 0) return;
  const firstId = await run.tx.reserveIds("payins", fresh.length);
  const now = run.now.toISOString();
  const rows = fresh.map(({ record, hash }, index): Value[] => [
    ...[firstId + BigInt(index), marketplace.row.id, record.id, record.amount, record.charges ?? 0n],
    ...[record.currency ?? marketplace.row.currency, JSON.stringify(record.references ?? [record.id])],
    ...[record.date ?? dayOf(now), record.capturedOn ?? null, hash, now],
  ]);
  await insertImported(run.tx, "payins", rows);
  run.count("payins", rows.length);
}

export async function applyEndpoints(
  run: ImportRun,
  marketplace: KnownMarketplace,
  all: readonly Checked<EndpointRecord>[],
): Promise<void> {
  const fresh = await freshOf(run, marketplace, "endpoints", all);
  if (fresh.length === 0) return;
  const firstId = await run.tx.reserveIds("endpoints", fresh.length);
  const now = run.now.toISOString();
  const rows = fresh.map(({ record, hash }, index): Value[] => [
    ...[firstId + BigInt(index), marketplace.row.id, record.id, record.url, JSON.stringify([record.secret])],
    ...[JSON.stringify(record.events), "ACTIVE", hash, now],
  ]);
  await insertImported(run.tx, "endpoints", rows);
  run.count("endpoints", rows.length);
}

export async function freshOf<
  Kind extends CashinRecord | PayInRecord | OperatorFeeRecord | CashoutRecord | DocumentRecord | EndpointRecord,
>(
  run: ImportRun,
  marketplace: KnownMarketplace,
  table: "cashins" | "payins" | "operator_fees" | "cashouts" | "documents" | "endpoints",
  all: readonly Checked<Kind>[],
): Promise<Checked<Kind>[]> {
  if (all.length === 0) return [];
  const refs = [...new Set(all.map(({ record }) => record.id))];
  const known = await hashesByRef(run.tx.db, table, marketplace.row.id, refs);
  return sortOut(run, all, new Map(known.map(({ ref, content_hash }) => [ref, content_hash])));
}
