import { describe, expect, it } from "vitest";
import { type ScheduleRow, slotsDue, type When } from "../../src/app/schedule-row.ts";

const row = (job: string, when: When): ScheduleRow => ({
  job,
  when,
  does: "",
  run: async () => ({ counts: {}, findings: [] }),
});
const EVER = new Date("2020-01-01T00:00:00Z");
const PARIS = "Europe/Paris";

function due(rows: readonly ScheduleRow[], now: string, since: Date = EVER, zone = PARIS): string[] {
  return slotsDue(rows, since, new Date(now), zone).map(
    ({ job, businessDate, slot }) => `${job} ${businessDate} ${slot}`,
  );
}

describe("a daily job", () => {
  const settle = [row("settle", { at: "02:00" })];

  it("is due from its minute on, in the operator's zone", () => {
    const since = new Date("2026-11-20T00:00:00Z");
    expect(due(settle, "2026-11-20T00:59:59Z", since)).toEqual([]);
    expect(due(settle, "2026-11-20T01:00:00Z", since)).toEqual(["settle 2026-11-20 02:00"]);
  });

  it("catches up on every missed day in order, at most seven days back", () => {
    expect(due(settle, "2026-11-20T12:00:00Z")).toEqual(
      ["13", "14", "15", "16", "17", "18", "19", "20"].map((day) => `settle 2026-11-${day} 02:00`),
    );
  });

  it("does not catch up on days before the store existed", () => {
    expect(due(settle, "2026-11-20T12:00:00Z", new Date("2026-11-18T12:00:00Z"))).toEqual([
      "settle 2026-11-19 02:00",
      "settle 2026-11-20 02:00",
    ]);
  });

  it("is due once on a day whose clock skips its minute, and once on a day that has it twice", () => {
    const early = [row("settle", { at: "02:30" })];
    const spring = slotsDue(early, new Date("2027-03-28T00:00:00Z"), new Date("2027-03-28T23:00:00Z"), "Europe/Berlin");
    expect(spring.map(({ dueAt }) => dueAt.toISOString())).toEqual(["2027-03-28T01:00:00.000Z"]);
    const autumn = slotsDue(early, new Date("2027-10-30T23:00:00Z"), new Date("2027-10-31T20:00:00Z"), "Europe/Berlin");
    expect(autumn.map(({ dueAt }) => dueAt.toISOString())).toEqual(["2027-10-31T00:30:00.000Z"]);
  });
});

describe("a job that is due every few minutes", () => {
  const send = [row("send-files", { everyMinutes: 5 })];

  it.each([
    ["2026-11-20T09:59:59Z", "send-files 2026-11-20 2026-11-20T09:55Z"],
    ["2026-11-20T10:00:00Z", "send-files 2026-11-20 2026-11-20T10:00Z"],
    ["2026-11-20T23:04:00Z", "send-files 2026-11-21 2026-11-20T23:00Z"],
  ])("at %s has only its latest slot", (now, slot) => {
    expect(due(send, now)).toEqual([slot]);
  });

  it("has two slots for the hour that a zone has twice", () => {
    expect(due(send, "2026-10-25T00:30:00Z")).not.toEqual(due(send, "2026-10-25T01:30:00Z"));
  });
});

it("orders slots by the time at which they are due, then by the schedule", () => {
  const rows = [
    row("b", { at: "02:00" }),
    row("a", { at: "02:00" }),
    row("c", { at: "01:00" }),
    row("d", { everyMinutes: 60 }),
    row("always", { always: true }),
  ];
  expect(due(rows, "2026-11-20T01:00:00Z", new Date("2026-11-19T12:00:00Z"))).toEqual([
    "c 2026-11-20 01:00",
    "b 2026-11-20 02:00",
    "a 2026-11-20 02:00",
    "d 2026-11-20 2026-11-20T01:00Z",
  ]);
});
