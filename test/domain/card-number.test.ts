import { describe, expect, it } from "vitest";
import { containsCardNumber, maskCardNumbers } from "../../src/domain/card-number.ts";

describe("card numbers in text", () => {
  it.each([
    ["4111111111111111", "Visa"],
    ["4222222222222", "Visa of 13 digits"],
    ["4917610000000000003", "Visa of 19 digits"],
    ["5555555555554444", "Mastercard"],
    ["2223003122003222", "Mastercard, series 2"],
    ["378282246310005", "American Express"],
    ["30569309025904", "Diners"],
    ["6011111111111117", "Discover"],
    ["3530111333300000", "JCB"],
    ["6200000000000005", "UnionPay"],
    ["4111 1111 1111 1111", "with spaces"],
    ["4111-1111-1111-1111", "with dashes"],
    ["3782 822463 10005", "in the groups of American Express"],
    ["4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "digit by digit"],
    ["paid with 4111111111111111.", "in a sentence"],
    ['{"pan":"4111111111111111"}', "in JSON"],
    ["pan=4111111111111111&x=1", "in a query"],
    ["card_4111111111111111", "after an underscore"],
    ["order 12 4111 1111 1111 1111 34", "between other numbers"],
    ["DE89 3704 0044 0532 0130 00, 4111111111111111", "after an IBAN"],
    ["2026-11-20 4111 1111 1111 1111", "after a date"],
  ])("%j holds one (%s)", (text) => {
    expect(containsCardNumber(text)).toBe(true);
    expect(containsCardNumber(maskCardNumbers(text))).toBe(false);
  });

  it.each([
    ["", "nothing"],
    ["4111111111111112", "Luhn does not hold"],
    ["411111111111", "12 digits"],
    ["41111111111111111111", "20 digits"],
    ["0000000000000000", "zeros"],
    ["1763668800006", "a time in milliseconds that passes Luhn"],
    ["DE89370400440532013000", "an IBAN"],
    ["NO9386011117947", "an IBAN of digits"],
    ["BE68 5390 0754 7034", "an IBAN in groups"],
    ["be71 0961 2345 6769 paid", "an IBAN in lower case with a word behind"],
    ["T20261120-EUR-4111111111111111X", "digits inside an id"],
    ["x4111111111111111", "digits after a letter"],
    ["4111111111111111f", "digits before a letter"],
    ["4111  1111  1111  1111", "two spaces: separate numbers"],
    ["4111.1111.1111.1111", "dots: another kind of number"],
    ["0.4111111111111111", "a decimal number"],
    ["4111111111111111.5", "a decimal number"],
    ["550e8400-e29b-41d4-a716-446655440000", "a UUID"],
  ])("%j holds none (%s)", (text) => {
    expect(containsCardNumber(text)).toBe(false);
    expect(maskCardNumbers(text)).toBe(text);
  });

  it("finds no card number in any IBAN written in groups, though one in ten of their digit runs passes Luhn", () => {
    const remainder = (text: string) =>
      [...text.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55))].reduce(
        (r, d) => (r * 10 + Number(d)) % 97,
        0,
      );
    for (let account = 0; account < 300; account += 1) {
      const bban = `37040044${String(account * 7_654_321).padStart(10, "0")}`;
      const check = String(98 - remainder(`${bban}DE00`)).padStart(2, "0");
      const grouped = `DE${check}${bban}`.replace(/(.{4})/g, "$1 ").trim();
      expect(containsCardNumber(`to ${grouped} today`)).toBe(false);
    }
  });

  it.each([
    ["4111111111111111", "************1111"],
    ["a 4111 1111 1111 1111 b", "a **** **** **** 1111 b"],
    ["4111-1111-1111-1111 and 378282246310005", "****-****-****-1111 and ***********0005"],
  ])("%j is masked as %j", (text, masked) => {
    expect(maskCardNumbers(text)).toBe(masked);
  });
});
