import { describe, expect, it } from "vitest";
import { lastCutoff, nextCutoff, windowUntil } from "../../src/domain/cutoff.ts";

const PARIS = { zone: "Europe/Paris", calendar: "TARGET" } as const;
const UNTIL_14 = [windowUntil("14:00")];
const TWO = [
  { from: "13:00", to: "16:30" },
  { from: "07:00", to: "11:00" },
];

describe("the next cutoff", () => {
  it.each([
    ["a minute before", "2026-11-20T12:59:00Z", UNTIL_14, "2026-11-20", "2026-11-20T13:00:00.000Z", true],
    ["a millisecond before", "2026-11-20T12:59:59.999Z", UNTIL_14, "2026-11-20", "2026-11-20T13:00:00.000Z", true],
    ["at the minute: too late", "2026-11-20T13:00:00Z", UNTIL_14, "2026-11-23", "2026-11-23T13:00:00.000Z", false],
    ["on a weekend", "2026-11-21T09:00:00Z", UNTIL_14, "2026-11-23", "2026-11-23T13:00:00.000Z", false],
    ["over Easter", "2026-04-02T12:00:00Z", UNTIL_14, "2026-04-07", "2026-04-07T12:00:00.000Z", false],
    ["over New Year", "2026-12-31T15:00:00Z", UNTIL_14, "2027-01-04", "2027-01-04T13:00:00.000Z", false],
    ["late on Sunday in UTC", "2026-11-22T23:30:00Z", UNTIL_14, "2026-11-23", "2026-11-23T13:00:00.000Z", true],
    ["in summer time", "2026-07-01T11:59:00Z", UNTIL_14, "2026-07-01", "2026-07-01T12:00:00.000Z", true],
    ["before the first window", "2026-11-20T05:00:00Z", TWO, "2026-11-20", "2026-11-20T10:00:00.000Z", false],
    ["at the first window's first minute", "2026-11-20T06:00:00Z", TWO, "2026-11-20", "2026-11-20T10:00:00.000Z", true],
    ["between two windows", "2026-11-20T11:00:00Z", TWO, "2026-11-20", "2026-11-20T15:30:00.000Z", false],
    ["in the second window", "2026-11-20T12:30:00Z", TWO, "2026-11-20", "2026-11-20T15:30:00.000Z", true],
  ])("%s (%s)", (_name, now, windows, executionDate, cutoffAt, open) => {
    const cutoff = nextCutoff({ ...PARIS, now: new Date(now), windows });
    expect(cutoff).toMatchObject({ executionDate, open });
    expect(cutoff.cutoffAt.toISOString()).toBe(cutoffAt);
  });

  it("is the end of today for a bank that never closes", () => {
    const question = { zone: "Europe/Paris", calendar: "ALL_DAYS", windows: [windowUntil("24:00")] } as const;
    const cutoff = nextCutoff({ ...question, now: new Date("2026-12-25T22:59:00Z") });
    expect(cutoff).toMatchObject({ executionDate: "2026-12-25", open: true });
    expect(nextCutoff({ ...question, now: cutoff.cutoffAt }).executionDate).toBe("2026-12-26");
  });

  it("skips the bank's own closed days", () => {
    const calendar = { name: "TARGET", closedDays: ["2026-11-23"] } as const;
    const cutoff = nextCutoff({ ...PARIS, calendar, now: new Date("2026-11-20T14:00:00Z"), windows: UNTIL_14 });
    expect(cutoff.executionDate).toBe("2026-11-24");
  });

  it("falls on the first instant after the gap when clocks skip it", () => {
    const question = { zone: "Europe/Paris", calendar: "ALL_DAYS", windows: [windowUntil("02:30")] } as const;
    const cutoff = nextCutoff({ ...question, now: new Date("2026-03-29T00:00:00Z") });
    expect(cutoff.cutoffAt.toISOString()).toBe("2026-03-29T01:00:00.000Z");
  });

  it.each([[[]], [[{ from: "14:00", to: "09:00" }]], [[{ from: "14:00", to: "14:00" }]]])(
    "refuses windows %j",
    (windows) => {
      expect(() => nextCutoff({ ...PARIS, now: new Date(0), windows })).toThrow("begin before they end");
    },
  );
});

describe("the last cutoff for an execution date", () => {
  const LATE = [{ from: "15:00", to: "18:00" }];
  it.each([
    ["is the end of its day", "2026-11-20", UNTIL_14, "14:00", 0, "2026-11-20T13:00:00.000Z"],
    ["is the end of its last window", "2026-11-20", TWO, "18:00", 0, "2026-11-20T15:30:00.000Z"],
    ["is the end of the day inside a window", "2026-11-20", TWO, "15:00", 0, "2026-11-20T14:00:00.000Z"],
    ["is the day before where windows open too late", "2026-11-23", LATE, "14:00", 0, "2026-11-20T17:00:00.000Z"],
    [
      "is as many banking days before as the bank needs",
      "2026-04-07",
      UNTIL_14,
      "14:00",
      1,
      "2026-04-02T12:00:00.000Z",
    ],
    ["leaves out Christmas", "2026-12-28", UNTIL_14, "14:00", 1, "2026-12-24T13:00:00.000Z"],
    ["is an hour earlier in summer", "2026-03-30", UNTIL_14, "14:00", 0, "2026-03-30T12:00:00.000Z"],
    ["is an hour later in winter", "2026-10-26", UNTIL_14, "14:00", 0, "2026-10-26T13:00:00.000Z"],
    ["counts back over the change of clocks", "2026-03-30", UNTIL_14, "14:00", 1, "2026-03-27T13:00:00.000Z"],
  ])("%s (%s)", (_name, executionDate, windows, dayEnds, leadDays, instant) => {
    expect(lastCutoff({ ...PARIS, executionDate, windows, dayEnds, leadDays }).toISOString()).toBe(instant);
  });
});
