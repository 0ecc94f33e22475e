import { describe, expect, it } from "vitest";
import { isPayoutDay, type PayoutSchedule } from "../../src/domain/payout-schedule.ts";

describe("a payout schedule", () => {
  it.each<[PayoutSchedule, string, boolean]>([
    [{ kind: "DAILY" }, "2026-11-22", true],
    [{ kind: "MANUAL" }, "2026-11-20", false],
    [{ kind: "WEEKLY", days: ["FRI"] }, "2026-11-20", true],
    [{ kind: "WEEKLY", days: ["FRI"] }, "2026-11-21", false],
    [{ kind: "WEEKLY", days: ["MON", "SUN"] }, "2026-11-22", true],
    [{ kind: "WEEKLY", days: ["MON", "SUN"] }, "2026-11-23", true],
    [{ kind: "MONTHLY", days: [1, 15] }, "2026-11-15", true],
    [{ kind: "MONTHLY", days: [1, 15] }, "2026-11-16", false],
    [{ kind: "MONTHLY", days: ["LAST"] }, "2026-11-30", true],
    [{ kind: "MONTHLY", days: ["LAST"] }, "2026-11-29", false],
    [{ kind: "MONTHLY", days: ["LAST"] }, "2028-02-29", true],
    [{ kind: "MONTHLY", days: [31] }, "2026-02-28", true],
    [{ kind: "MONTHLY", days: [30] }, "2026-01-31", false],
  ])("%o on %s: %s", (schedule, date, expected) => {
    expect(isPayoutDay(schedule, date)).toBe(expected);
  });
});
