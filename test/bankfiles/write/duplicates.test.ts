import { expect, it } from "vitest";
import { SeenIds } from "../../../src/bankfiles/write/duplicates.ts";

it("doubts none of 600,000 different ids, and each of them the second time, whichever table it is in", () => {
  const seen = new SeenIds();
  const id = (index: number) => `PAYOUT-${String(index).padStart(8, "0")}`;
  const doubts: number[] = [];
  for (let index = 0; index < 600_000; index += 1) if (seen.addSeen(id(index))) doubts.push(index);
  expect(doubts).toEqual([]);
  const again = Array.from({ length: 6_000 }, (_none, index) => index * 100);
  expect(again.filter((index) => !seen.addSeen(id(index).toLowerCase()))).toEqual([]);
});
