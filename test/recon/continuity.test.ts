import { describe, expect, it } from "vitest";
import { type StatementTotals, statementContinuity } from "../../src/recon/continuity.ts";

/** `12 100 +50 -20 130`: statement 12 opens with 100, credits 50, debits 20, closes with 130 (minor units). */
function statement(text: string, more: Partial<StatementTotals> = {}): StatementTotals {
  const [sequence = "", opening = "", credit = "", debit = "", closing = ""] = text.split(" ");
  return {
    account: "DE89370400440532013000",
    currency: "EUR",
    statementId: `S${sequence}`,
    sequence,
    date: `2026-11-${sequence.slice(-2).padStart(2, "0")}`,
    ...(opening === "?" ? {} : { openingMinor: BigInt(opening) }),
    ...(closing === "?" ? {} : { closingMinor: BigInt(closing) }),
    bookedCreditMinor: BigInt(credit),
    bookedDebitMinor: -BigInt(debit),
    ...more,
  };
}
const codes = (rows: readonly StatementTotals[]) => statementContinuity(rows).map(({ code }) => code);

describe("statements follow each other and add up", () => {
  it.each([
    ["two in a row", ["11 100 +50 -20 130", "12 130 +0 -30 100"], []],
    ["given in the wrong order", ["12 130 +0 -30 100", "11 100 +50 -20 130"], []],
    ["an overdraft", ["11 -100 +50 -20 -70"], []],
    ["a sum that is a cent off", ["11 100 +50 -20 131"], ["BALANCE_DIFFERS"]],
    ["a missing number", ["11 100 +0 -0 100", "13 100 +0 -0 100"], ["SEQUENCE_GAP"]],
    ["a missing statement with bookings", ["11 100 +0 -0 100", "13 90 +0 -0 90"], ["SEQUENCE_GAP", "BALANCE_BREAK"]],
    ["balances that do not meet", ["11 100 +0 -0 100", "12 101 +0 -0 101"], ["BALANCE_BREAK"]],
    ["a number used twice", ["11 100 +0 -0 100", "11 100 +5 -0 105"], ["SEQUENCE_REPEATED"]],
    ["a statement that is delivered twice", ["11 100 +5 -0 105", "11 100 +5 -0 105"], []],
    ["no balances", ["11 ? +5 -0 ?", "12 ? +5 -0 ?"], []],
    ["numbers that are none", ["A11 100 +0 -0 100", "B13 100 +0 -0 100"], []],
  ])("%s", (_, texts, expected) => {
    expect(codes(texts.map((text) => statement(text)))).toEqual(expected);
  });

  it("starts its numbers again with the year", () => {
    const last = statement("365 100 +0 -0 100", { date: "2026-12-31" });
    expect(codes([last, statement("1 100 +0 -0 100", { date: "2027-01-02" })])).toEqual([]);
  });

  it("keeps accounts and currencies apart", () => {
    const other = statement("44 7 +0 -0 7", { account: "FR76" });
    const francs = statement("17 9 +0 -0 9", { currency: "CHF" });
    expect(codes([statement("11 100 +0 -0 100"), other, francs])).toEqual([]);
  });

  it("joins the pages of one statement, whatever order they come in and however often", () => {
    const first = statement("11 100 +50 -0 ?", { page: "1" });
    const second = statement("11 ? +0 -20 130", { page: "2" });
    expect(codes([second, first, second])).toEqual([]);
    expect(codes([first, statement("11 ? +0 -20 131", { page: "2" })])).toEqual(["BALANCE_DIFFERS"]);
  });

  it("names the account by its last digits only", () => {
    const [finding] = statementContinuity([statement("11 100 +0 -0 99")]);
    expect(finding).toEqual({
      code: "BALANCE_DIFFERS",
      where: "account ...3000 2026-11-11 S11",
      found: "99 EUR minor units",
      expected: "100 EUR minor units",
    });
  });
});
