import fc from "fast-check";
import { expect, it } from "vitest";
import { ExactSum } from "../../../src/bankfiles/write/exact-sum.ts";

it("sums amounts of any size exactly as bigints would", () => {
  const minor = fc.oneof(
    fc.bigInt({ min: -(2n ** 60n), max: 2n ** 60n }),
    fc.bigInt({ min: 2n ** 52n - 3n, max: 2n ** 52n + 3n }),
    fc.bigInt({ min: 0n, max: 100n }),
  );
  fc.assert(
    fc.property(fc.array(minor), (amounts) => {
      const sum = new ExactSum();
      for (const amount of amounts) sum.add(amount);
      expect(sum.total).toBe(amounts.reduce((total, amount) => total + amount, 0n));
    }),
  );
});
