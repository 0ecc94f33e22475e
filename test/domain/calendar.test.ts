import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addBankingDays,
  addDays,
  bankingDayOnOrAfter,
  dateInZone,
  daysBetween,
  instantOf,
  isBankingDay,
  isIsoDate,
  isWeekend,
  nextBankingDay,
  targetClosingDays,
  timeInZone,
} from "../../src/domain/calendar.ts";

const PUBLISHED = join(import.meta.dirname, "../../../shared/data/target-closing-days.json");

describe("a date", () => {
  it.each([
    ["2026-11-20", true],
    ["2028-02-29", true],
    ["2026-02-29", false],
    ["2026-04-31", false],
    ["2026-13-01", false],
    ["2026-00-10", false],
    ["2026-1-1", false],
    ["2026-11-20T00:00", false],
    ["20261120", false],
    ["", false],
  ])("%j exists: %s", (text, exists) => {
    expect(isIsoDate(text)).toBe(exists);
  });

  it.each([
    ["2026-11-20", 1, "2026-11-21"],
    ["2026-12-31", 1, "2027-01-01"],
    ["2028-02-28", 1, "2028-02-29"],
    ["2026-03-29", 1, "2026-03-30"],
    ["2026-10-25", -1, "2026-10-24"],
    ["2026-11-20", 0, "2026-11-20"],
  ])("%s and %i days is %s", (date, days, sum) => {
    expect(addDays(date, days)).toBe(sum);
    expect(daysBetween(date, sum)).toBe(days);
  });

  it("that does not exist is refused, not moved", () => {
    expect(() => addDays("2026-02-30", 1)).toThrow("expected a date YYYY-MM-DD");
  });

  it.each([
    ["2026-11-20", false],
    ["2026-11-21", true],
    ["2026-11-22", true],
    ["2026-11-23", false],
  ])("%s is a weekend: %s", (date, weekend) => {
    expect(isWeekend(date)).toBe(weekend);
  });
});

describe("T2 closing days", () => {
  it.each([
    [2000, "2000-04-21", "2000-04-24"],
    [2019, "2019-04-19", "2019-04-22"],
    [2024, "2024-03-29", "2024-04-01"],
    [2026, "2026-04-03", "2026-04-06"],
    [2038, "2038-04-23", "2038-04-26"],
    [2285, "2285-03-20", "2285-03-23"],
  ])("of %i have Good Friday on %s and Easter Monday on %s", (year, friday, monday) => {
    expect(targetClosingDays(year)).toEqual([
      `${year}-01-01`,
      friday,
      monday,
      `${year}-05-01`,
      `${year}-12-25`,
      `${year}-12-26`,
    ]);
  });

  it.runIf(existsSync(PUBLISHED))("equal the table of closing days, year by year", () => {
    const { closing_days } = JSON.parse(readFileSync(PUBLISHED, "utf8")) as { closing_days: Record<string, string[]> };
    expect(Object.keys(closing_days).length).toBeGreaterThan(5);
    for (const [year, days] of Object.entries(closing_days)) {
      expect(targetClosingDays(Number(year))).toEqual(days);
    }
  });
});

describe("banking days", () => {
  const bank = { name: "TARGET", closedDays: ["2026-11-23"] } as const;
  const instant = { name: "ALL_DAYS", closedDays: ["2026-11-23"] } as const;

  it.each([
    ["2026-11-20", "TARGET", true],
    ["2026-11-21", "TARGET", false],
    ["2026-04-03", "TARGET", false],
    ["2026-05-01", "TARGET", false],
    ["2026-12-24", "TARGET", true],
    ["2026-12-25", "ALL_DAYS", true],
    ["2026-11-22", "ALL_DAYS", true],
    ["2026-11-23", bank, false],
    ["2026-11-24", bank, true],
    ["2026-11-23", instant, false],
  ] as const)("%s on %j: %s", (date, calendar, open) => {
    expect(isBankingDay(date, calendar)).toBe(open);
  });

  it.each([
    ["2026-04-02", 1, "2026-04-07"],
    ["2026-04-02", 3, "2026-04-09"],
    ["2026-04-07", -1, "2026-04-02"],
    ["2026-04-04", 0, "2026-04-07"],
    ["2026-04-04", 1, "2026-04-07"],
    ["2026-12-31", 1, "2027-01-04"],
  ])("%s and %i TARGET days is %s", (date, count, sum) => {
    expect(addBankingDays(date, count, "TARGET")).toBe(sum);
  });

  it("the next is never the date itself, the one on or after may be", () => {
    expect(nextBankingDay("2026-11-20", "TARGET")).toBe("2026-11-23");
    expect(nextBankingDay("2026-11-20", bank)).toBe("2026-11-24");
    expect(bankingDayOnOrAfter("2026-11-20", "TARGET")).toBe("2026-11-20");
    expect(bankingDayOnOrAfter("2026-11-21", bank)).toBe("2026-11-24");
  });
});

describe("time zones", () => {
  it.each([
    ["2026-01-05T23:30:00Z", "Europe/Paris", "2026-01-06", "00:30"],
    ["2026-01-05T23:30:00Z", "UTC", "2026-01-05", "23:30"],
    ["2026-01-05T23:30:00Z", "Asia/Tokyo", "2026-01-06", "08:30"],
    ["2026-01-06T04:30:00Z", "America/New_York", "2026-01-05", "23:30"],
    ["2026-07-01T21:59:59.999Z", "Europe/Paris", "2026-07-01", "23:59"],
    ["2026-07-01T22:00:00Z", "Europe/Paris", "2026-07-02", "00:00"],
    ["2026-07-01T18:30:00Z", "Asia/Kolkata", "2026-07-02", "00:00"],
  ])("%s in %s is %s %s", (instant, zone, date, time) => {
    expect(dateInZone(new Date(instant), zone)).toBe(date);
    expect(timeInZone(new Date(instant), zone)).toBe(time);
  });

  it.each([
    ["2026-11-20", "14:00", "Europe/Paris", "2026-11-20T13:00:00.000Z", "an ordinary time"],
    ["2026-11-20", "24:00", "Europe/Paris", "2026-11-20T23:00:00.000Z", "the end of the day"],
    ["2026-03-29", "01:59", "Europe/Paris", "2026-03-29T00:59:00.000Z", "the minute before the gap"],
    ["2026-03-29", "02:00", "Europe/Paris", "2026-03-29T01:00:00.000Z", "in the gap: its end"],
    ["2026-03-29", "02:30", "Europe/Paris", "2026-03-29T01:00:00.000Z", "in the gap: its end"],
    ["2026-03-29", "03:00", "Europe/Paris", "2026-03-29T01:00:00.000Z", "the end of the gap"],
    ["2026-10-25", "02:30", "Europe/Paris", "2026-10-25T00:30:00.000Z", "twice: the first"],
    ["2026-10-25", "03:00", "Europe/Paris", "2026-10-25T02:00:00.000Z", "after the overlap"],
    ["2026-10-04", "02:15", "Australia/Lord_Howe", "2026-10-03T15:30:00.000Z", "in a gap of half an hour"],
    ["2026-04-05", "01:45", "Australia/Lord_Howe", "2026-04-04T14:45:00.000Z", "twice within half an hour: the first"],
    ["2026-04-24", "00:30", "Africa/Cairo", "2026-04-23T22:00:00.000Z", "in a gap at midnight"],
  ])("%s %s in %s is %s, %s", (date, time, zone, instant) => {
    expect(instantOf(date, time, zone).toISOString()).toBe(instant);
  });

  it("a clock's date and time lead back to an instant that shows them", () => {
    const zones = ["Europe/Paris", "Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.date({ min: new Date("2020-01-01"), max: new Date("2035-01-01"), noInvalidDate: true }),
        (zone, instant) => {
          const found = instantOf(dateInZone(instant, zone), timeInZone(instant, zone), zone);
          expect(timeInZone(found, zone)).toBe(timeInZone(instant, zone));
          expect(found.getTime()).toBeLessThanOrEqual(instant.getTime());
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([
    ["2026-11-20", "25:00", "Europe/Paris", "time"],
    ["2026-11-20", "9:00", "Europe/Paris", "time"],
    ["2026-11-20", "09:00", "Europe/Nowhere", "zone"],
  ])("%s %s in %s is refused because of its %s", (date, time, zone, where) => {
    expect(() => instantOf(date, time, zone)).toThrow(where);
  });
});
