/** Dates as text, the days on which banks settle, and the way from a date and a clock time in a zone to an instant. */
import { tzOffset } from "@date-fns/tz";
import { RemitError } from "./errors.ts";

/** A calendar date, `2026-11-20`. Text, so that no time zone can shift it and it sorts as it stands. */
export type IsoDate = string;

/** `TARGET`: closed on weekends and the closing days of T2. `ALL_DAYS`: never closed (SCT Inst runs 24/7). */
export type CalendarName = "TARGET" | "ALL_DAYS";

/** A calendar, alone or with further days on which one bank does not execute (national and bank holidays). */
export type Calendar = CalendarName | { readonly name: CalendarName; readonly closedDays: readonly IsoDate[] };

const MS_PER_DAY = 86_400_000;
const MS_PER_MINUTE = 60_000;

/** Whether the text is a date that exists, written `YYYY-MM-DD`. */
export function isIsoDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const ms = Date.parse(`${text}T00:00:00Z`);
  // Date.parse turns 31 April into 1 May in some engines and NaN in others: only the way back proves the date.
  return !Number.isNaN(ms) && textOf(ms) === text;
}

function msOf(date: IsoDate): number {
  if (!isIsoDate(date)) {
    throw new RemitError("INPUT_INVALID", {
      where: "date",
      found: JSON.stringify(date),
      expected: "a date YYYY-MM-DD",
    });
  }
  return Date.parse(`${date}T00:00:00Z`);
}

function textOf(utcMs: number): IsoDate {
  return new Date(utcMs).toISOString().slice(0, 10);
}

/** The date `days` later (earlier when negative). */
export function addDays(date: IsoDate, days: number): IsoDate {
  return textOf(msOf(date) + days * MS_PER_DAY);
}

/** How many days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: IsoDate, to: IsoDate): number {
  return (msOf(to) - msOf(from)) / MS_PER_DAY;
}

export function isWeekend(date: IsoDate): boolean {
  const weekday = new Date(msOf(date)).getUTCDay();
  return weekday === 0 || weekday === 6;
}

/** Easter Sunday of a year in the Gregorian calendar, by the anonymous algorithm (Nature, 20 April 1876). */
export function easterSunday(year: number): IsoDate {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const yearOfCentury = year % 100;
  const correction = Math.floor((8 * century + 13) / 25);
  const epact = (19 * golden + century - Math.floor(century / 4) - correction + 15) % 30;
  const weekday = (32 + 2 * (century % 4) + 2 * Math.floor(yearOfCentury / 4) - epact - (yearOfCentury % 4)) % 7;
  const late = Math.floor((golden + 11 * epact + 22 * weekday) / 451);
  const dayOfMarch = 22 + epact + weekday - 7 * late;
  return addDays(`${String(year).padStart(4, "0")}-03-01`, dayOfMarch - 1);
}

/** Closing days of T2 besides weekends, in order: New Year, Good Friday, Easter Monday, 1 May, 25 and 26 December. */
export function targetClosingDays(year: number): readonly IsoDate[] {
  const easter = easterSunday(year);
  const fixed = (day: string) => `${String(year).padStart(4, "0")}-${day}`;
  return [fixed("01-01"), addDays(easter, -2), addDays(easter, 1), fixed("05-01"), fixed("12-25"), fixed("12-26")];
}

/** Whether the bank settles on this date. */
export function isBankingDay(date: IsoDate, calendar: Calendar): boolean {
  const { name, closedDays } = typeof calendar === "string" ? { name: calendar, closedDays: [] } : calendar;
  if (closedDays.includes(date)) return false;
  if (name === "ALL_DAYS") return true;
  return !isWeekend(date) && !targetClosingDays(Number(date.slice(0, 4))).includes(date);
}

/** The date itself when the bank settles on it, else the first later one on which it does. */
export function bankingDayOnOrAfter(date: IsoDate, calendar: Calendar): IsoDate {
  let day = date;
  while (!isBankingDay(day, calendar)) day = addDays(day, 1);
  return day;
}

/** The first banking day after the date, never the date itself. */
export function nextBankingDay(date: IsoDate, calendar: Calendar): IsoDate {
  return bankingDayOnOrAfter(addDays(date, 1), calendar);
}

/**
 * `count` banking days after the date (before it when negative); the date itself is not counted.
 * Zero is the date itself, moved forward when the bank does not settle on it.
 */
export function addBankingDays(date: IsoDate, count: number, calendar: Calendar): IsoDate {
  if (count === 0) return bankingDayOnOrAfter(date, calendar);
  const step = Math.sign(count);
  let day = date;
  for (let left = Math.abs(count); left > 0; left -= isBankingDay(day, calendar) ? 1 : 0) day = addDays(day, step);
  return day;
}

function offsetMs(zone: string, utcMs: number): number {
  const minutes = tzOffset(zone, new Date(utcMs));
  if (Number.isNaN(minutes)) {
    throw new RemitError("INPUT_INVALID", { where: "zone", found: zone, expected: "a zone such as Europe/Paris" });
  }
  return Math.round(minutes * MS_PER_MINUTE);
}

/** The date that a calendar on the wall shows at this instant in the zone. */
export function dateInZone(instant: Date, zone: string): IsoDate {
  return textOf(instant.getTime() + offsetMs(zone, instant.getTime()));
}

/** The time that a clock on the wall shows at this instant in the zone, `HH:MM`, seconds cut off. */
export function timeInZone(instant: Date, zone: string): string {
  return new Date(instant.getTime() + offsetMs(zone, instant.getTime())).toISOString().slice(11, 16);
}

/**
 * The instant at which the zone's clocks show this date and time (`HH:MM`, `24:00` is the end of the day).
 * A time that clocks skip (spring) is the first instant after the gap; a time they show twice (autumn) is the first.
 */
export function instantOf(date: IsoDate, time: string, zone: string): Date {
  if (!/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/.test(time)) {
    throw new RemitError("INPUT_INVALID", { where: "time", found: JSON.stringify(time), expected: "a time HH:MM" });
  }
  const [hours = "", minutes = ""] = time.split(":");
  const wall = msOf(date) + (Number(hours) * 60 + Number(minutes)) * MS_PER_MINUTE;
  const before = offsetMs(zone, wall - MS_PER_DAY);
  const after = offsetMs(zone, wall + MS_PER_DAY);
  for (const offset of [before, after]) {
    if (offsetMs(zone, wall - offset) === offset) return new Date(wall - offset);
  }
  return endOfGap(zone, wall - MS_PER_DAY, wall + MS_PER_DAY, before);
}

/** The first instant between two whose offset is no longer `offset`, to the millisecond. */
function endOfGap(zone: string, from: number, to: number, offset: number): Date {
  let low = from;
  let high = to;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetMs(zone, middle) === offset) low = middle;
    else high = middle;
  }
  return new Date(high);
}
