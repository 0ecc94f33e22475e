/** Which captures an acquirer has paid for, where sellers are paid only then: his money settles the oldest captures first. */

export interface CaptureDay {
  /** The business date of the captures. */
  readonly date: string;
  /** Captured on it, less what was refunded, charged back and charged for that on it: minor units, may be negative. */
  readonly net: bigint;
  /** A pay-in that named this very day has arrived whole, and none that names it is missing. */
  readonly isPaid: boolean;
}

export interface AcquirerCover {
  /** Captures of this date and later wait; undefined when the acquirer owes nothing. */
  readonly unpaidFrom?: string;
  /** But not those of these dates, which pay-ins have named. */
  readonly paidDays: ReadonlySet<string>;
}

/**
 * Whole days, no parts of them. `owed` is what the acquirer still owes of all; `days` are newest first. What he owes is
 * taken to be of the newest captures that no pay-in has named: going back day by day, the day on which they come to
 * `owed` is the first that waits. Refunds that he keeps from a pay-in lower what he owes, as they lower what he pays.
 */
export function acquirerCover(owed: bigint, days: readonly CaptureDay[]): AcquirerCover {
  const paidDays = new Set(days.filter(({ isPaid }) => isPaid).map(({ date }) => date));
  if (owed <= 0n) return { paidDays };
  let later = 0n;
  let unpaidFrom = "";
  for (const { date, net, isPaid } of days) {
    if (isPaid) continue;
    later += net;
    unpaidFrom = date;
    if (later >= owed) return { unpaidFrom, paidDays };
  }
  // More is owed than was captured: charges and corrections that are nobody's capture. Then nothing is sure.
  return { unpaidFrom: "", paidDays };
}

/** Whether captures of a date wait for the acquirer's money. */
export function waitsForAcquirer({ unpaidFrom, paidDays }: AcquirerCover, date: string): boolean {
  return unpaidFrom !== undefined && date >= unpaidFrom && !paidDays.has(date);
}
