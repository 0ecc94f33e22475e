import { expect, it } from "vitest";
import { NIGHT, SCHEDULE } from "../../jobs/schedule.ts";
import { patternOf } from "../../jobs/scheduler.ts";
import type { ScheduleRow } from "../../src/app/schedule-row.ts";

it("the night runs every job of the schedule once", () => {
  expect([...NIGHT].sort()).toEqual([...new Set(SCHEDULE.map(({ job }) => job))].sort());
});

it("the daily rows of the schedule stand in the order of the night and of their times", () => {
  const daily = SCHEDULE.filter((row) => "at" in row.when);
  const times = daily.map((row) => ("at" in row.when ? row.when.at : ""));
  expect(times).toEqual([...times].sort());
  const order = daily.map(({ job }) => NIGHT.indexOf(job));
  expect(order).toEqual([...order].sort((a, b) => a - b));
});

it("a job comes after every job that it needs", () => {
  const rows: readonly ScheduleRow[] = SCHEDULE;
  const order: readonly string[] = NIGHT;
  for (const { job, needs = [] } of rows) {
    for (const need of needs) expect(order.indexOf(need)).toBeLessThan(order.indexOf(job));
    for (const need of needs) expect(order).toContain(need);
  }
});

it.each([
  [{ at: "00:15" }, { pattern: "15 0 * * *", tz: "Europe/Paris" }],
  [{ at: "02:00" }, { pattern: "0 2 * * *", tz: "Europe/Paris" }],
  [{ everyMinutes: 5 }, { pattern: "*/5 * * * *", tz: "UTC" }],
  [{ always: true } as const, undefined],
])("%o is ticked by %o", (when, pattern) => {
  expect(patternOf(when, "Europe/Paris")).toEqual(pattern);
});

it("intervals divide the hour, because only then do the ticks fall on the slots", () => {
  const rows: readonly ScheduleRow[] = SCHEDULE;
  for (const { when } of rows) if ("everyMinutes" in when) expect(60 % when.everyMinutes).toBe(0);
});
