import { describe, expect, it } from "vitest";
import { FAIL_POINTS, killAt } from "../../src/app/fail-points.ts";
import { loadConfig } from "../../src/config.ts";

describe("an order to end the process at a fail point", () => {
  it("is refused outside a rehearsal: where no clock file is set, time is real and so is the money", () => {
    expect(() => loadConfig({ REMIT_FAIL_AT: "rename.after" })).toThrow(/failAt.*rehearsal/);
    expect(loadConfig({ REMIT_FAIL_AT: "rename.after", REMIT_CLOCK_FILE: "clock" }).failAt).toBe("rename.after");
    expect(loadConfig({ REMIT_FAIL_AT: "" }).failAt).toBeUndefined();
  });

  it.each(["", "nowhere", "rename", "rename.after:0", "rename.after:x", "rename.after:1:1", "toString"])(
    "%j is refused with the points there are",
    (order) => {
      expect(() => killAt(order)).toThrow(/POINT or POINT:N.*rename\.after/);
    },
  );

  it.each(["rename.after", "rename.after:2", "sent.commit.before:9"])(
    "%j is taken, and other points pass",
    async (order) => {
      await killAt(order)("connect.before");
    },
  );

  it("knows where each point is", () => {
    for (const where of Object.values(FAIL_POINTS)) expect(where.length).toBeGreaterThan(10);
  });
});
