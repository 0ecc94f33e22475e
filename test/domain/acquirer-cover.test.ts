import { describe, expect, it } from "vitest";
import { acquirerCover, type CaptureDay, waitsForAcquirer } from "../../src/domain/acquirer-cover.ts";

const DATES = ["2026-11-20", "2026-11-19", "2026-11-18"] as const;
/** Newest first, as 100.00 captured on each of three days but for what is said. */
const days = (...nets: readonly (bigint | "named")[]): CaptureDay[] =>
  DATES.map((date, index) => {
    const net = nets[index] ?? 100n;
    return net === "named" ? { date, net: 100n, isPaid: true } : { date, net, isPaid: false };
  });

describe("captures of the 18th, 19th and 20th, 100 each, that wait for the acquirer", () => {
  it.each<[string, bigint, CaptureDay[], string[]]>([
    ["when he owes nothing: none", 0n, days(), []],
    ["when he paid too much: none", -5n, days(), []],
    ["when he owes the last day: that day", 100n, days(), ["2026-11-20"]],
    ["when he owes a cent of it: the whole day", 1n, days(), ["2026-11-20"]],
    ["when he owes a cent more than a day: two days", 101n, days(), ["2026-11-19", "2026-11-20"]],
    ["when he owes all: all", 300n, days(), [...DATES].reverse()],
    ["when he owes more than was captured: all", 301n, days(), [...DATES].reverse()],
    ["when refunds took a day to nothing: the day before too", 50n, days(0n, 50n), ["2026-11-19", "2026-11-20"]],
    [
      "when refunds exceed a day's captures: back to where it comes to",
      70n,
      days(-30n),
      [...DATES.slice(0, 2)].reverse(),
    ],
    ["when a pay-in named the day before: not that day", 200n, days(100n, "named"), ["2026-11-18", "2026-11-20"]],
    ["when a pay-in named the last day: the one before", 100n, days("named"), ["2026-11-19"]],
  ])("%s", (_what, owed, of, expected) => {
    const cover = acquirerCover(owed, of);
    expect(DATES.filter((date) => waitsForAcquirer(cover, date)).toReversed()).toEqual(expected);
  });
});
