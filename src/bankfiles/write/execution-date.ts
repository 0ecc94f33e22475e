/** The date on which a bank shall execute: real, not past, a banking day, before the cutoff, not too far ahead. */
import {
  addBankingDays,
  addDays,
  bankingDayOnOrAfter,
  type Calendar,
  dateInZone,
  isBankingDay,
  isIsoDate,
  timeInZone,
} from "../../domain/calendar.ts";
import type { BankProfile, BankService } from "../profile/profile.ts";

export type PlannedDate =
  | { readonly ok: true; readonly date: string; readonly moved: boolean }
  | { readonly ok: false; readonly expected: string };

function calendarOf(profile: BankProfile, service: BankService | undefined): Calendar {
  const { calendar, closedDays } = profile.execution;
  return service?.everyDay === true ? "ALL_DAYS" : { name: calendar, closedDays };
}

/** The earliest execution date that the bank can still meet now: at the minute of the cutoff it is already too late. */
export function earliestDate(now: Date, profile: BankProfile, service: BankService | undefined): string {
  const { zone, cutoff, leadDays } = profile.execution;
  const today = dateInZone(now, zone);
  if (service?.everyDay === true) return today;
  const calendar = calendarOf(profile, service);
  const late = isBankingDay(today, calendar) && timeInZone(now, zone) >= cutoff;
  const first = bankingDayOnOrAfter(late ? addDays(today, 1) : today, calendar);
  return leadDays === 0 ? first : addBankingDays(first, leadDays, calendar);
}

/**
 * The date to write for a date that was asked for: the same when the bank can meet it; else, by the profile's policy,
 * the next possible one (`moved`) or a refusal. A date too far ahead or that does not exist is always refused.
 */
export function planExecutionDate(
  requested: string,
  now: Date,
  profile: BankProfile,
  service?: BankService,
): PlannedDate {
  if (!isIsoDate(requested)) return { ok: false, expected: "a date that exists, YYYY-MM-DD" };
  const latest = addDays(dateInZone(now, profile.execution.zone), profile.limits.daysAhead);
  if (requested > latest)
    return { ok: false, expected: `a date up to ${latest}, ${profile.limits.daysAhead} days ahead` };
  const earliest = earliestDate(now, profile, service);
  const date = bankingDayOnOrAfter(requested < earliest ? earliest : requested, calendarOf(profile, service));
  if (date === requested) return { ok: true, date, moved: false };
  return profile.execution.pastDate === "move"
    ? { ok: true, date, moved: true }
    : { ok: false, expected: `a banking day that the bank can still meet: ${date} is the next` };
}

/** What keeps a date from being written as it stands, as a sentence; undefined when nothing does. */
export function dateProblem(date: string, now: Date, profile: BankProfile, service?: BankService): string | undefined {
  const planned = planExecutionDate(date, now, profile, service);
  if (!planned.ok) return planned.expected;
  return planned.moved ? `a banking day that the bank can still meet: ${planned.date} is the next` : undefined;
}
