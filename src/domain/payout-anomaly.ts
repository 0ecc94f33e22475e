/** What about a payout a person should look at before it is paid; none of it stops anything by itself. */

export const PAYOUT_ANOMALIES = {
  NEW_ACCOUNT: "the account is not the one that was paid last",
  NAME_CHANGED: "the account holder's name is not the one that was paid last",
  TEN_TIMES_USUAL: "the amount is ten times the usual payout of this seller, or more",
  DUPLICATE_AMOUNT: "the same amount was paid to the same account in the last 30 days",
} as const;
export type PayoutAnomalyCode = keyof typeof PAYOUT_ANOMALIES;

export interface PayoutAnomaly {
  readonly code: PayoutAnomalyCode;
  readonly says: string;
  /** What is compared: earlier and now; amounts as minor units, accounts whole (the caller masks them). */
  readonly before: string;
  readonly now: string;
}

export interface PlannedPayout {
  readonly amount: bigint;
  readonly holder: string;
  readonly iban: string;
}

export interface PayoutHistory {
  /** Newest first, in the payout's currency. */
  readonly paid: readonly PlannedPayout[];
  /** Another payout of the same amount to the same account, of the last 30 days. */
  readonly duplicate?: { readonly endToEndId: string; readonly businessDate: string };
}

/** Days in which an equal amount to an equal account is told. */
export const DUPLICATE_DAYS = 30;
/** Payouts that make something usual. */
const USUAL_FROM = 3;
const UNUSUAL_FACTOR = 10n;

export function payoutAnomalies(planned: PlannedPayout, { paid, duplicate }: PayoutHistory): readonly PayoutAnomaly[] {
  const found: PayoutAnomaly[] = [];
  const add = (code: PayoutAnomalyCode, before: string, now: string): void => {
    found.push({ code, says: PAYOUT_ANOMALIES[code], before, now });
  };
  const [last] = paid;
  if (last !== undefined && last.iban !== planned.iban) add("NEW_ACCOUNT", last.iban, planned.iban);
  if (last !== undefined && comparable(last.holder) !== comparable(planned.holder)) {
    add("NAME_CHANGED", last.holder, planned.holder);
  }
  const usual = paid.length < USUAL_FROM ? undefined : median(paid.map(({ amount }) => amount));
  if (usual !== undefined && planned.amount >= usual * UNUSUAL_FACTOR) {
    add("TEN_TIMES_USUAL", `${usual}`, `${planned.amount}`);
  }
  if (duplicate !== undefined)
    add("DUPLICATE_AMOUNT", `${duplicate.endToEndId} of ${duplicate.businessDate}`, `${planned.amount}`);
  return found;
}

/** Spaces and capital letters make no other name. */
function comparable(name: string): string {
  return name.replaceAll(/\s+/g, " ").trim().toLowerCase();
}

/** The lower one of the two in the middle: what is usual is never invented. */
function median(amounts: readonly bigint[]): bigint {
  const sorted = [...amounts].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0n;
}
