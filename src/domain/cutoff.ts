/** Until when a bank must hold a file for it to be executed on a banking day. */
import {
  addBankingDays,
  addDays,
  bankingDayOnOrAfter,
  type Calendar,
  dateInZone,
  type IsoDate,
  instantOf,
} from "./calendar.ts";
import { RemitError } from "./errors.ts";

/** Times of the bank's zone within one day, `HH:MM`; `from` is inside, `to` is already too late. */
export interface CutoffWindow {
  readonly from: string;
  /** Later than `from`; `24:00` is the end of the day. */
  readonly to: string;
}

export interface CutoffQuestion {
  readonly now: Date;
  /** The bank's zone, e.g. `Europe/Paris`. */
  readonly zone: string;
  readonly calendar: Calendar;
  /** In any order; must not be empty. A bank with a single cutoff has one window from `00:00` to it. */
  readonly windows: readonly CutoffWindow[];
}

export interface Cutoff {
  /** The banking day of the cutoff: what is delivered before it can be executed on this date. */
  readonly executionDate: IsoDate;
  /** When the window begins; in the past while it is open. */
  readonly opensAt: Date;
  /** The first instant that is too late. */
  readonly cutoffAt: Date;
  /** Whether `now` is inside the window. */
  readonly open: boolean;
}

/** The one window of a bank that only states a cutoff time. */
export function windowUntil(cutoff: string): CutoffWindow {
  return { from: "00:00", to: cutoff };
}

/**
 * The next cutoff that can still be met: the open window, else the first one to come. At the cutoff minute itself it is
 * already too late. Throws INPUT_INVALID when a window is malformed or there is none.
 */
export function nextCutoff(question: CutoffQuestion): Cutoff {
  const windows = inOrder(question.windows);
  const { now, zone, calendar } = question;
  let day = bankingDayOnOrAfter(dateInZone(now, zone), calendar);
  for (;;) {
    for (const window of windows) {
      const cutoff = cutoffOn(day, window, question);
      if (now < cutoff.cutoffAt) return cutoff;
    }
    // After the last window of a banking day the next one's windows are all to come: this turns at most twice.
    day = bankingDayOnOrAfter(addDays(day, 1), calendar);
  }
}

export interface LastCutoffQuestion extends Omit<CutoffQuestion, "now"> {
  /** A banking day. */
  readonly executionDate: IsoDate;
  /** From this minute on a day does not count as the day of receipt, `HH:MM`. */
  readonly dayEnds: string;
  /** Banking days the bank needs between receipt and execution. */
  readonly leadDays: number;
}

/** The first instant that is too late for a file to be executed on its date. Errors as of `nextCutoff`. */
export function lastCutoff({ executionDate, dayEnds, leadDays, ...question }: LastCutoffQuestion): Date {
  const { zone, calendar } = question;
  const windows = inOrder(question.windows);
  const day = leadDays === 0 ? executionDate : addBankingDays(executionDate, -leadDays, calendar);
  const inTime = windows.filter(({ from }) => from < dayEnds).at(-1);
  if (inTime !== undefined) return instantOf(day, inTime.to < dayEnds ? inTime.to : dayEnds, zone);
  // Every window opens after the end of that day: what goes through it on the banking day before is in time.
  return instantOf(addBankingDays(day, -1, calendar), windows.at(-1)?.to ?? dayEnds, zone);
}

function cutoffOn(executionDate: IsoDate, window: CutoffWindow, { now, zone }: CutoffQuestion): Cutoff {
  const opensAt = instantOf(executionDate, window.from, zone);
  const cutoffAt = instantOf(executionDate, window.to, zone);
  return { executionDate, opensAt, cutoffAt, open: now >= opensAt && now < cutoffAt };
}

function inOrder(windows: readonly CutoffWindow[]): readonly CutoffWindow[] {
  const backwards = windows.find(({ from, to }) => from >= to);
  if (windows.length === 0 || backwards !== undefined) {
    throw new RemitError("INPUT_INVALID", {
      where: "windows",
      found: backwards === undefined ? "none" : `${backwards.from} to ${backwards.to}`,
      expected: "windows of one day that begin before they end",
    });
  }
  return [...windows].sort((a, b) => (a.from < b.from ? -1 : 1));
}
