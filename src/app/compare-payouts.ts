/** Lays planned payouts beside the last settlement and what was paid before, and says what a person should look at. */
import { maskIban, normalizeIban } from "../domain/account-number.ts";
import { addDays } from "../domain/calendar.ts";
import { formatMinor } from "../domain/money.ts";
import { DUPLICATE_DAYS, type PayoutAnomaly, payoutAnomalies } from "../domain/payout-anomaly.ts";
import { lastPayouts, type PaidBefore, type SettledBefore, settledSince } from "../store/payout-history.ts";
import type { Queries } from "../store/store.ts";
import type { PlannedLine } from "./plan-settlement.ts";

export interface Comparison {
  /** What the last settlement of the last 45 days decided about this seller, if there was one. */
  readonly last?: { readonly businessDate: string; readonly net: bigint; readonly outcome: string };
  /** Planned net less that of the last settlement: minor units. */
  readonly difference: bigint;
  /** Accounts are masked, amounts decimal text. */
  readonly anomalies: readonly PayoutAnomaly[];
}

/** A month and some days, so that whoever is paid monthly is compared. */
const LAST_DAYS = 45;
const SELLERS_AT_ONCE = 500;
/** A payout that went wrong is paid once more with reason. */
const NOT_PAID = new Set(["REJECTED", "RETURNED", "CANCELLED", "ABORTED"]);

/** One comparison for each planned line, in their order. Memory grows with the sellers, not with their history. */
export async function comparePayouts(
  db: Queries,
  marketplaceId: bigint,
  date: string,
  planned: readonly PlannedLine[],
): Promise<readonly Comparison[]> {
  const { last, duplicates } = await recentSettlements(db, marketplaceId, date, planned);
  const paid = await paidBefore(db, planned);
  return planned.map((line) => {
    const before = last.get(keyOf(line.position.sellerId, line.position.currency));
    const anomalies = line.outcome === "TRANSFER" ? anomaliesOf(line, paid, duplicates) : [];
    const difference = line.net - (before?.net ?? 0n);
    if (before === undefined) return { difference, anomalies };
    const { business_date: businessDate, net, outcome } = before;
    return { last: { businessDate, net, outcome }, difference, anomalies };
  });
}

const keyOf = (sellerId: bigint, currency: string): string => `${sellerId}/${currency}`;
const amountKey = (iban: string, amount: bigint, currency: string): string =>
  `${normalizeIban(iban)}/${amount}/${currency}`;

async function recentSettlements(db: Queries, marketplaceId: bigint, date: string, planned: readonly PlannedLine[]) {
  const wanted = new Set(planned.map(({ position, net }) => amountKey(position.iban ?? "", net, position.currency)));
  const last = new Map<string, SettledBefore>();
  const duplicates = new Map<string, SettledBefore>();
  for await (const row of settledSince(db, marketplaceId, addDays(date, -LAST_DAYS))) {
    last.set(keyOf(row.seller_id, row.currency), row);
    const isPaid = row.outcome === "TRANSFER" && row.state !== null && !NOT_PAID.has(row.state);
    if (!isPaid || row.business_date < addDays(date, -DUPLICATE_DAYS)) continue;
    const key = amountKey(row.account ?? "", row.amount ?? 0n, row.currency);
    if (wanted.has(key)) duplicates.set(key, row);
  }
  return { last, duplicates };
}

async function paidBefore(db: Queries, planned: readonly PlannedLine[]): Promise<ReadonlyMap<string, PaidBefore[]>> {
  const sellers = [...new Set(planned.map(({ position }) => position.sellerId))];
  const paid = new Map<string, PaidBefore[]>();
  for (let start = 0; start < sellers.length; start += SELLERS_AT_ONCE) {
    for (const row of await lastPayouts(db, sellers.slice(start, start + SELLERS_AT_ONCE))) {
      const key = keyOf(row.seller_id, row.currency);
      const rows = paid.get(key) ?? [];
      rows.push(row);
      paid.set(key, rows);
    }
  }
  return paid;
}

function anomaliesOf(
  { position, net }: PlannedLine,
  paid: ReadonlyMap<string, readonly PaidBefore[]>,
  duplicates: ReadonlyMap<string, SettledBefore>,
): readonly PayoutAnomaly[] {
  const { currency, accountHolder: holder } = position;
  const iban = normalizeIban(position.iban ?? "");
  const duplicate = duplicates.get(amountKey(iban, net, currency));
  const found = payoutAnomalies(
    { amount: net, holder, iban },
    {
      paid: (paid.get(keyOf(position.sellerId, currency)) ?? []).map((row) => ({
        amount: row.amount,
        holder: row.creditor_name,
        iban: normalizeIban(row.creditor_iban),
      })),
      ...(duplicate === undefined
        ? {}
        : { duplicate: { endToEndId: duplicate.end_to_end_id ?? "", businessDate: duplicate.business_date } }),
    },
  );
  return found.map((anomaly) => readable(anomaly, currency));
}

function readable(anomaly: PayoutAnomaly, currency: string): PayoutAnomaly {
  const { code, says, before, now } = anomaly;
  if (code === "NEW_ACCOUNT") return { code, says, before: maskIban(before), now: maskIban(now) };
  const amount = (minor: string) => `${formatMinor(BigInt(minor), currency)} ${currency}`;
  if (code === "TEN_TIMES_USUAL") return { code, says, before: amount(before), now: amount(now) };
  return code === "DUPLICATE_AMOUNT" ? { code, says, before, now: amount(now) } : anomaly;
}
