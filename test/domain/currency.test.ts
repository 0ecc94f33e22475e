import { describe, expect, it } from "vitest";
import { decimalsOf, isCurrency } from "../../src/domain/currency.ts";
import { formatMinor, parseMinor } from "../../src/domain/money.ts";

describe("a currency", () => {
  it.each<[string, number]>([
    ["EUR", 2],
    ["CHF", 2],
    ["JPY", 0],
    ["ISK", 0],
    ["KWD", 3],
    ["TND", 3],
  ])("%s has %d decimals", (code, decimals) => expect(decimalsOf(code)).toBe(decimals));

  it.each(["XXX", "eur", "", "EURO", "constructor", "toString", "__proto__"])("%j is none", (code) => {
    expect(isCurrency(code)).toBe(false);
    expect(() => decimalsOf(code)).toThrow(/not in ISO 4217/);
  });
});

describe("an amount", () => {
  it.each<[string, string, bigint]>([
    ["0.29", "EUR", 29n],
    ["19.99", "EUR", 1_999n],
    ["12.340", "EUR", 1_234n],
    ["-0.01", "EUR", -1n],
    ["500", "JPY", 500n],
    ["1.234", "KWD", 1_234n],
    ["9007199254740993.01", "EUR", 900_719_925_474_099_301n],
  ])("%s %s is %d minor units, and back", (text, currency, minor) => {
    expect(parseMinor(text, currency)).toBe(minor);
    expect(parseMinor(formatMinor(minor, currency), currency)).toBe(minor);
  });

  it.each([
    ["1.234", "EUR"],
    ["0.5", "JPY"],
    ["1,00", "EUR"],
    ["1e3", "EUR"],
    ["", "EUR"],
    [".5", "EUR"],
  ])("%j %s is refused, never rounded", (text, currency) =>
    expect(() => parseMinor(text, currency)).toThrow(/decimals|decimal number/),
  );
});
