import { afterEach, describe, expect, it } from "vitest";
import { earliestDate, planExecutionDate } from "../../../src/bankfiles/write/execution-date.ts";
import { zonedDateTime } from "../../../src/bankfiles/write/zoned-date-time.ts";
import { profileOf } from "./sample.ts";

const sepa = profileOf("sepa");
const instant = profileOf("sepa-instant");
const refusing = { ...sepa, execution: { ...sepa.execution, pastDate: "refuse" as const } };
const slow = { ...sepa, execution: { ...sepa.execution, leadDays: 2 } };
const zone = process.env.TZ;

afterEach(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

describe("execution dates", () => {
  it.each([
    ["before the cutoff, today", sepa, "2026-11-20T12:59:00Z", "2026-11-20"],
    ["at the minute of the cutoff it is too late", sepa, "2026-11-20T13:00:00Z", "2026-11-23"],
    ["on a Saturday, Monday", sepa, "2026-11-21T08:00:00Z", "2026-11-23"],
    ["on Christmas Eve after the cutoff, over Christmas and the weekend", sepa, "2026-12-24T14:00:00Z", "2026-12-28"],
    ["Good Friday 2027 is no banking day", sepa, "2027-03-26T08:00:00Z", "2027-03-30"],
    ["the bank's midnight, not UTC's", sepa, "2026-11-19T23:30:00Z", "2026-11-20"],
    ["lead days are banking days", slow, "2026-11-20T08:00:00Z", "2026-11-24"],
    ["instant transfers on every day, at any hour", instant, "2026-12-25T22:00:00Z", "2026-12-25"],
  ])("%s", (_what, profile, now, date) => {
    expect(earliestDate(new Date(now), profile, profile.services[0])).toBe(date);
  });

  it.each([
    ["a day ahead", sepa, "2026-11-24", { ok: true, date: "2026-11-24", moved: false }],
    ["a past day moves", sepa, "2026-11-02", { ok: true, date: "2026-11-20", moved: true }],
    ["a Sunday moves", sepa, "2026-11-22", { ok: true, date: "2026-11-23", moved: true }],
    ["a past day is refused by a bank that refuses", refusing, "2026-11-19", { ok: false }],
    ["a Sunday is refused by a bank that refuses", refusing, "2026-11-22", { ok: false }],
    ["more than a year ahead", sepa, "2027-11-22", { ok: false }],
    ["a day that does not exist", sepa, "2026-02-30", { ok: false }],
    ["a date in another form", sepa, "20.11.2026", { ok: false }],
  ])("%s", (_what, profile, requested, planned) => {
    expect(planExecutionDate(requested, new Date("2026-11-20T08:00:00Z"), profile)).toMatchObject(planned);
  });

  it.each(["UTC", "America/New_York", "Asia/Tokyo"])("are the bank's whatever the process's zone: %s", (tz) => {
    process.env.TZ = tz;
    expect(earliestDate(new Date("2026-01-05T23:30:00Z"), sepa, sepa.services[0])).toBe("2026-01-06");
    expect(zonedDateTime(new Date("2026-01-05T23:30:00Z"), "Europe/Paris")).toBe("2026-01-06T00:30:00+01:00");
  });

  it.each([
    ["2026-07-01T10:00:05Z", "Europe/Berlin", "2026-07-01T12:00:05+02:00"],
    ["2026-10-25T00:30:00Z", "Europe/Berlin", "2026-10-25T02:30:00+02:00"],
    ["2026-10-25T01:30:00Z", "Europe/Berlin", "2026-10-25T02:30:00+01:00"],
    ["2026-11-20T02:00:00Z", "America/St_Johns", "2026-11-19T22:30:00-03:30"],
    ["2026-11-20T02:00:00Z", "UTC", "2026-11-20T02:00:00+00:00"],
  ])("%s in %s is %s", (instantText, place, text) => {
    expect(zonedDateTime(new Date(instantText), place)).toBe(text);
  });
});
