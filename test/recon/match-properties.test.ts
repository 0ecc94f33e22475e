import fc from "fast-check";
import { expect, it } from "vitest";
import { matchEntries } from "../../src/recon/match.ts";
import type { ReconInput, ReconTransfer } from "../../src/recon/recon-input.ts";
import type { ReconResult } from "../../src/recon/recon-result.ts";
import { entry, inputOf, payIn, transfer } from "./recon-table.ts";

const STATES = ["IN_FILE", "SENT", "ACCEPTED", "EXECUTED", "REJECTED", "RETURNED"] as const;
const NAMES = ["A", "B", "C", "D"] as const;
const money = fc.constantFrom("5.00", "10.00", "15.00", "20.00");

const transfers = fc.tuple(
  ...NAMES.map((name) =>
    fc
      .record({ amount: money, state: fc.constantFrom(...STATES), payment: fc.constantFrom("P1", "P2") })
      .map(({ amount, state, payment }) => transfer(name, amount, { state, paymentInformationId: payment })),
  ),
);

const line = fc
  .record({
    sign: fc.constantFrom("-", "+"),
    amount: money,
    names: fc.array(fc.constantFrom(...NAMES, "Z"), { maxLength: 3 }),
    more: fc.record(
      {
        reversal: fc.boolean(),
        kind: fc.constantFrom("transfer", "return", "charge", "payin", "other"),
        batch: fc.constantFrom({ paymentInformationId: "P1" }, { paymentInformationId: "P2" }, { messageId: "M1" }),
        servicerReference: fc.constantFrom("S1", "S2"),
        bookingDate: fc.constantFrom("2026-11-18", "2026-11-19", "2026-11-20"),
        additionalInfo: fc.constantFrom("SETTLE-1", "SETTLE-2", "rent"),
      },
      { requiredKeys: [] },
    ),
  })
  .map(
    ({ sign, amount, names, more }) =>
      (identity: string) =>
        entry(
          identity,
          sign + amount,
          names.map((name) => `E-${name}`),
          more,
        ),
  );

const setting = fc.record({ transfers, lines: fc.array(line, { maxLength: 6 }) }).map(({ transfers, lines }) => {
  const entries = lines.map((build, row) => build(`e${row}`));
  const payIns = [payIn("1", "10.00"), payIn("2", "15.00")];
  return inputOf({
    entries,
    transfers,
    payIns,
    settings: { returnChargeLimitMinor: 500n, payInChargeLimitMinor: 500n },
  });
});

it("the result does not depend on the order of lines, transfers or pay-ins", () => {
  fc.assert(
    fc.property(setting, fc.nat(), (input, seed) => {
      const turned = <T>(rows: readonly T[]) =>
        rows.map((_, row) => rows[(row + seed) % rows.length]).filter((row) => row !== undefined);
      const other = {
        ...input,
        entries: turned(input.entries),
        transfers: turned(input.transfers),
        payIns: turned(input.payIns),
      };
      expect(matchEntries(other)).toEqual(matchEntries(input));
      expect(matchEntries({ ...input, entries: [...input.entries, ...input.entries] })).toEqual(matchEntries(input));
    }),
  );
});

it("no cent is explained twice: matched + open = the line, and a match's parts add up", () => {
  fc.assert(
    fc.property(setting, (input) => {
      const result = matchEntries(input);
      const amounts = new Map(input.entries.map((one) => [one.identity, one.amountMinor]));
      let matched = 0n;
      for (const { entry: identity, state, matchedMinor, openMinor } of result.entries) {
        expect(matchedMinor + openMinor).toBe(amounts.get(identity));
        expect(matchedMinor >= 0n && openMinor >= 0n).toBe(true);
        expect(state === "MATCHED").toBe(openMinor === 0n);
        matched += matchedMinor;
      }
      expect(result.matches.reduce((sum, { bookedMinor }) => sum + bookedMinor, 0n)).toBe(matched);
      for (const { effect, amountMinor, bookedMinor, chargesMinor } of result.matches) {
        const isDebit = effect === "EXECUTED" || effect === "CHARGED";
        expect(isDebit ? amountMinor + chargesMinor : amountMinor - chargesMinor).toBe(bookedMinor);
      }
    }),
  );
});

it("a transfer is executed by one match only, unless the bank reversed it between", () => {
  fc.assert(
    fc.property(setting, (input) => {
      const live = new Map<string, number>();
      for (const { effect, transfers: ids } of matchEntries(input).matches) {
        for (const id of ids) {
          if (effect === "EXECUTED") live.set(id, (live.get(id) ?? 0) + 1);
          if (effect === "REVERSED") live.set(id, 0);
          expect(live.get(id) ?? 0).toBeLessThanOrEqual(1);
        }
      }
    }),
  );
});

it("a run repeated after its matches were applied decides the same", () => {
  fc.assert(
    fc.property(setting, (input) => {
      const first = matchEntries(input);
      fc.pre(first.matches.every(({ effect }) => effect !== "REVERSED"));
      const again = matchEntries({ ...input, transfers: applied(input, first) });
      expect(new Set(again.matches.map(keyOf))).toEqual(new Set([...first.matches, ...again.matches].map(keyOf)));
    }),
  );
});

const keyOf = (match: ReconResult["matches"][number]) =>
  [match.effect, match.entries.join(), match.transfers.join(), match.payIns.join(), match.bookedMinor].join(" ");

/** What the engine does with matches: the transfers move and remember the lines that moved them. */
function applied(input: ReconInput, { matches }: ReconResult): readonly ReconTransfer[] {
  const rows = new Map(input.transfers.map((one) => [one.id, one]));
  for (const { effect, transfers: ids, entries } of matches) {
    for (const id of ids) {
      const row = rows.get(id);
      const [first] = entries;
      if (row === undefined || first === undefined) continue;
      if (effect === "EXECUTED")
        rows.set(id, { ...row, state: row.state === "RETURNED" ? row.state : "EXECUTED", bookedBy: entries });
      if (effect === "RETURNED") rows.set(id, { ...row, state: "RETURNED", returnedBy: first });
    }
  }
  return [...rows.values()];
}
