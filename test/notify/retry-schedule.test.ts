import { describe, expect, it } from "vitest";
import type { DeliveryOutcome } from "../../src/notify/delivery-outcome.ts";
import { afterAttempt, FAILING_LIMIT_MS, PAUSES_MS, retryAfterMs } from "../../src/notify/retry-schedule.ts";

const NOW = new Date("2026-11-20T12:00:00Z");
const FAILED: DeliveryOutcome = { kind: "failed", error: "TIMEOUT", durationMs: 1 };
const THROTTLED: DeliveryOutcome = { kind: "throttled", error: "STATUS", status: 429, durationMs: 1 };

function decide(outcome: DeliveryOutcome, attempts = 1, notificationId = "n-1", failingSince?: Date) {
  return afterAttempt({ notificationId, attempts, outcome, now: NOW, failingSince });
}

describe("the retry schedule", () => {
  it("makes ten attempts over 75 hours and 35 minutes, 5 seconds", () => {
    expect(PAUSES_MS).toHaveLength(10);
    expect(PAUSES_MS.reduce((a, b) => a + b)).toBe((75 * 3600 + 35 * 60 + 5) * 1000);
  });

  it.each([
    [1, 5],
    [2, 300],
    [3, 1800],
    [4, 7200],
    [5, 18_000],
    [6, 36_000],
    [7, 50_400],
    [8, 72_000],
    [9, 86_400],
  ])("waits after attempt %i for %i seconds and up to a tenth more", (attempts, seconds) => {
    for (const id of ["a", "b", "c", "d"]) {
      const decision = decide(FAILED, attempts, id);
      if (decision.kind !== "retry") throw new Error(`retry expected, found ${decision.kind}`);
      expect(decision.afterMs).toBeGreaterThanOrEqual(seconds * 1000);
      expect(decision.afterMs).toBeLessThanOrEqual(seconds * 1100);
    }
  });

  it("spreads notifications that failed together, always in the same way", () => {
    const pauses = Array.from({ length: 100 }, (_, n) => JSON.stringify(decide(FAILED, 4, `n-${n}`)));
    expect(new Set(pauses).size).toBeGreaterThan(95);
    expect(decide(FAILED, 4, "n-7")).toEqual(decide(FAILED, 4, "n-7"));
  });

  it.each([
    ["a delivery ends it", { kind: "delivered", status: 204, durationMs: 1 }, 1, undefined, { kind: "done" }],
    ["the tenth failure ends it", FAILED, 10, undefined, { kind: "give-up" }],
    [
      "410 disables the endpoint",
      { kind: "gone", status: 410, durationMs: 1 },
      1,
      undefined,
      { kind: "disable-endpoint", reason: "GONE" },
    ],
    [
      "five days of failure disable it",
      FAILED,
      1,
      new Date(NOW.getTime() - FAILING_LIMIT_MS),
      { kind: "disable-endpoint", reason: "FAILING_TOO_LONG" },
    ],
    [
      "a success after five days does not",
      { kind: "delivered", status: 200, durationMs: 1 },
      1,
      new Date(0),
      { kind: "done" },
    ],
  ] as const)("%s", (_name, outcome, attempts, failingSince, decision) => {
    expect(decide(outcome, attempts, "n-1", failingSince)).toEqual(decision);
  });

  it("goes on a millisecond before five days of failure are over", () => {
    expect(decide(FAILED, 1, "n-1", new Date(NOW.getTime() - FAILING_LIMIT_MS + 1)).kind).toBe("retry");
  });

  it.each([
    ["longer than planned: obeyed", { ...FAILED, retryAfterMs: 3_600_000 } as DeliveryOutcome, 1, 3_600_000],
    ["longer than a day: a day", { ...FAILED, retryAfterMs: 900_000_000 } as DeliveryOutcome, 1, 86_400_000],
    ["of a throttled endpoint: obeyed", { ...THROTTLED, retryAfterMs: 7_000 } as DeliveryOutcome, 1, 7_000],
    ["missing from a throttled endpoint: a minute", THROTTLED, 1, 60_000],
  ])("a wait asked for, %s", (_name, outcome, attempts, afterMs) => {
    expect(decide(outcome, attempts)).toEqual({ kind: "retry", afterMs });
  });

  it("a wait asked for that is shorter than planned does not shorten the pause", () => {
    const decision = decide({ ...FAILED, retryAfterMs: 1 }, 4);
    expect(decision.kind === "retry" && decision.afterMs >= 7_200_000).toBe(true);
  });
});

describe("Retry-After", () => {
  it.each([
    [undefined, undefined],
    ["0", 0],
    ["120", 120_000],
    ["Fri, 20 Nov 2026 12:01:00 GMT", 60_000],
    ["Fri, 20 Nov 2026 11:00:00 GMT", 0],
    ["-5", undefined],
    ["1.5", undefined],
    ["soon", undefined],
    ["", undefined],
    ["99999999999999", undefined],
    ["2026-11-20T12:01:00Z", undefined],
  ])("%j asks for %s ms", (header, ms) => {
    expect(retryAfterMs(header, NOW)).toBe(ms);
  });
});
