/** When a file can go to its bank, and whether the execution date that is frozen in it can still be met. */
import type { BankProfile } from "../bankfiles/profile/profile.ts";
import { earliestDate } from "../bankfiles/write/execution-date.ts";
import { dateInZone, timeInZone } from "../domain/calendar.ts";
import { type Cutoff, type CutoffWindow, lastCutoff, nextCutoff, windowUntil } from "../domain/cutoff.ts";

export interface FileCutoff {
  /** From when it can be sent; now while a window is open. */
  readonly sendsFrom: Date;
  /** The end of the window in which it would be sent. */
  readonly nextCutoff: Date;
  /** The first instant that is too late for its execution date. */
  readonly lastCutoff: Date;
  /** When the bank can execute it if it is sent in that window: its own date, or a later one. */
  readonly executes: string;
  /** Whether that is later than the date in the file. */
  readonly late: boolean;
}

/** Undefined for a bank that executes on every day at any hour. */
export function fileCutoff(profile: BankProfile, executionDate: string, now: Date): FileCutoff | undefined {
  const [service] = profile.services;
  if (service?.everyDay === true) return undefined;
  const { leadDays, cutoff: dayEnds } = profile.execution;
  const window = nextWindow(profile, now);
  const sendsFrom = maySendNow(profile, now) ? now : window.opensAt;
  const earliest = earliestDate(sendsFrom, profile, service);
  return {
    sendsFrom,
    nextCutoff: window.cutoffAt,
    lastCutoff: lastCutoff({ ...bankTime(profile), windows: windowsOf(profile), executionDate, dayEnds, leadDays }),
    executes: earliest > executionDate ? earliest : executionDate,
    late: earliest > executionDate,
  };
}

/** Files start inside the bank's windows only; one that has started is finished at any time. */
export function maySendNow(profile: BankProfile, now: Date): boolean {
  return profile.exchange.cutoffWindows.length === 0 || nextWindow(profile, now).open;
}

/** An instant as the people of that bank read it. */
export function bankInstant({ execution: { zone } }: BankProfile, instant: Date): string {
  return `${dateInZone(instant, zone)} ${timeInZone(instant, zone)} ${zone}`;
}

function nextWindow(profile: BankProfile, now: Date): Cutoff {
  return nextCutoff({ ...bankTime(profile), now, windows: windowsOf(profile) });
}

function bankTime({ execution }: BankProfile) {
  const { zone, calendar, closedDays } = execution;
  return { zone, calendar: { name: calendar, closedDays } };
}

/** A bank that takes files at any time still stops counting them for a day. */
function windowsOf({ exchange, execution }: BankProfile): readonly CutoffWindow[] {
  return exchange.cutoffWindows.length === 0 ? [windowUntil(execution.cutoff)] : exchange.cutoffWindows;
}
