import { expect, it } from "vitest";
import { reconciliationReport } from "../../src/recon/report.ts";
import { entry, run, transfer } from "./recon-table.ts";

const entries = [
  entry("e1", "-10.00", ["E-A"]),
  entry("e2", "-20.00", ["E-B"], { confirmed: false }),
  entry("e3", "-7.00", [], { bookingDate: "2026-11-16" }),
  entry("e4", "-0.00"),
  entry("e5", "+47.00", ["E-D"], { kind: "return" }),
];
const transfers = [
  transfer("A", "10.00"),
  transfer("B", "20.00", { state: "REJECTED" }),
  transfer("C", "1.00", { executionDate: "2026-11-10" }),
  transfer("D", "50.00", { state: "EXECUTED" }),
];

it("counts and sums the lines by state, the matches by effect, and ages the exceptions", () => {
  const result = run({ entries, transfers, settings: { returnChargeLimitMinor: 300n } });
  const report = reconciliationReport({ asOf: "2026-11-20", entries, result, statements: [] });
  expect(report.totals).toEqual([
    {
      currency: "EUR",
      direction: "CRDT",
      state: "MATCHED",
      count: 1,
      amountMinor: 4700n,
      matchedMinor: 4700n,
      openMinor: 0n,
    },
    {
      currency: "EUR",
      direction: "DBIT",
      state: "IGNORED",
      count: 1,
      amountMinor: 0n,
      matchedMinor: 0n,
      openMinor: 0n,
    },
    {
      currency: "EUR",
      direction: "DBIT",
      state: "MATCHED",
      count: 1,
      amountMinor: 1000n,
      matchedMinor: 1000n,
      openMinor: 0n,
    },
    {
      currency: "EUR",
      direction: "DBIT",
      state: "PARTLY_MATCHED",
      count: 1,
      amountMinor: 2000n,
      matchedMinor: 0n,
      openMinor: 2000n,
    },
    {
      currency: "EUR",
      direction: "DBIT",
      state: "UNMATCHED",
      count: 1,
      amountMinor: 700n,
      matchedMinor: 0n,
      openMinor: 700n,
    },
  ]);
  expect(report.effects).toEqual([
    { currency: "EUR", effect: "EXECUTED", matches: 1, transfers: 1, payIns: 0, amountMinor: 1000n, chargesMinor: 0n },
    {
      currency: "EUR",
      effect: "RETURNED",
      matches: 1,
      transfers: 1,
      payIns: 0,
      amountMinor: 5000n,
      chargesMinor: 300n,
    },
  ]);
  expect(report.matchRateBasisPoints).toBe(5000);
  expect(report.unconfirmed).toBe(1);
  expect(report.exceptions.map(({ code, severity, ageDays }) => [code, severity, ageDays])).toEqual([
    ["BOOKED_AFTER_REJECTION", "alarm", 0],
    ["NOT_BOOKED", "exception", 10],
    ["ENTRY_UNMATCHED", "exception", 4],
    ["RETURN_CHARGE_NOT_STATED", "notice", 0],
  ]);
});

it("has no match rate without lines, and no age without a date", () => {
  const empty = reconciliationReport({ asOf: "2026-11-20", entries: [], result: run({ entries: [] }), statements: [] });
  expect(empty).toMatchObject({ totals: [], effects: [], exceptions: [], statements: { count: 0, findings: [] } });
  expect(empty).not.toHaveProperty("matchRateBasisPoints");
  const undated = [entry("e", "-1.00", [], { bookingDate: "soon" })];
  const report = reconciliationReport({
    asOf: "2026-11-20",
    entries: undated,
    result: run({ entries: undated }),
    statements: [],
  });
  expect(report.exceptions[0]).not.toHaveProperty("ageDays");
});
