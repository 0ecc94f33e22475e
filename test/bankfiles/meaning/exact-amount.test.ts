import { expect, it } from "vitest";
import { exactAmount } from "../../../src/bankfiles/meaning/exact-amount.ts";

it.each([
  ["12.34", "EUR", 1234n],
  ["12.3", "EUR", 1230n],
  [" 12 ", "EUR", 1200n],
  ["+0.29", "EUR", 29n],
  [".5", "EUR", 50n],
  ["19.990", "EUR", 1999n],
  ["-3.00", "EUR", -300n],
  ["1500", "JPY", 1500n],
  ["1.234", "TND", 1234n],
  ["1.005", "EUR", "AMOUNT_UNREADABLE"],
  ["1,00", "EUR", "AMOUNT_UNREADABLE"],
  ["1E5", "EUR", "AMOUNT_UNREADABLE"],
  ["", "EUR", "AMOUNT_UNREADABLE"],
  [undefined, "EUR", "AMOUNT_UNREADABLE"],
  ["9".repeat(60), "EUR", "AMOUNT_UNREADABLE"],
  ["99999999999999.00", "EUR", "AMOUNT_TOO_LARGE"],
  ["1.00", "XYZ", "CURRENCY_UNKNOWN"],
  ["1.00", undefined, "CURRENCY_UNKNOWN"],
])("%s %s reads as %s", (text, currency, expected) => {
  const amount = exactAmount(text, currency, "Ntry[1]/Amt");
  expect(amount.ok ? amount.minor : amount.finding.code).toBe(expected);
});
