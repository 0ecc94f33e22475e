import { expect, it } from "vitest";
import { bookedFacts } from "../../../src/bankfiles/meaning/booked-facts.ts";
import { statementNumbers } from "../../../src/bankfiles/meaning/statement-totals.ts";
import type { Balance, Entry, Statement } from "../../../src/bankfiles/read/document.ts";
import { statementContinuity } from "../../../src/recon/continuity.ts";
import { camt, line } from "./camt-table.ts";

const bal = (type: string, amount: string, direction: "CRDT" | "DBIT" = "CRDT", date = "2026-11-20"): Balance => ({
  type,
  amount,
  currency: "EUR",
  direction,
  date,
});

function read(entries: readonly Entry[], more: Partial<Statement>) {
  const document = camt("camt.053", entries, more);
  const [statement] = document.statements;
  if (statement === undefined) throw new Error("the builder makes one statement");
  return statementNumbers(statement, bookedFacts(document).facts);
}

it("adds up what was booked between opening and closing, pending lines left out", () => {
  const entries = [line("+50.00"), line("-20.00"), line("-1.00", { status: "PDNG" })];
  const { numbers, findings } = read(entries, {
    sequence: "7",
    balances: [bal("OPBD", "10.00", "DBIT"), bal("CLBD", "20.00")],
  });
  expect(findings).toEqual([]);
  expect(numbers).toMatchObject({
    openingMinor: -1000n,
    closingMinor: 2000n,
    bookedCreditMinor: 5000n,
    bookedDebitMinor: 2000n,
    sequence: "7",
    date: "2026-11-20",
  });
  expect(statementContinuity(numbers === undefined ? [] : [numbers])).toEqual([]);
});

it.each([
  [
    "the previous closing stands in for an opening",
    [bal("PRCD", "5.00"), bal("CLBD", "5.00")],
    { openingMinor: 500n },
    [],
  ],
  ["interim balances are no closing", [bal("ITBD", "5.00")], {}, []],
  [
    "a balance that cannot be read",
    [bal("OPBD", "5,00"), bal("CLBD", "5.00")],
    { closingMinor: 500n },
    ["AMOUNT_UNREADABLE"],
  ],
])("%s", (_, balances, expected, codes) => {
  const { numbers, findings } = read([], { balances });
  expect(numbers).toMatchObject(expected);
  expect(findings.map(({ code }) => code)).toEqual(codes);
});
