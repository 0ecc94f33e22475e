import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { amountText } from "../../../src/bankfiles/write/transfer-template.ts";

describe("an amount as text", () => {
  it.each([
    [1n, "0.01"],
    [10n, "0.10"],
    [99n, "0.99"],
    [100n, "1.00"],
    [99_999n, "999.99"],
    [100_000n, "1000.00"],
    [100_105n, "1001.05"],
    [99_999_999n, "999999.99"],
    [100_000_000n, "1000000.00"],
    [99_999_999_999n, "999999999.99"],
    [2n ** 64n + 5n, "184467440737095516.21"],
  ])("writes %s minor units as %s", (minor, text) => {
    expect(amountText(minor)).toBe(text);
  });

  it("writes every amount as its digits with a point before the last two", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 12n }), (minor) => {
        expect(amountText(minor)).toBe(`${minor / 100n}.${String(minor % 100n).padStart(2, "0")}`);
      }),
    );
  });
});
