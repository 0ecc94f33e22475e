import { describe, expect, it } from "vitest";
import { splitByWeights } from "../../src/domain/money.ts";

describe("a split by weights", () => {
  it.each<[text: string, total: bigint, weights: readonly bigint[], parts: readonly bigint[]]>([
    ["100 by 1 : 1 : 1", 100n, [1n, 1n, 1n], [34n, 33n, 33n]],
    ["-100 by 1 : 1 : 1", -100n, [1n, 1n, 1n], [-34n, -33n, -33n]],
    ["0 by 5 : 0", 0n, [5n, 0n], [0n, 0n]],
    ["7 by 0 : 1 : 0", 7n, [0n, 1n, 0n], [0n, 7n, 0n]],
    // Equal remainders: the larger weight goes first, wherever it stands.
    ["2 by 1 : 3", 2n, [1n, 3n], [0n, 2n]],
    ["2 by 3 : 1", 2n, [3n, 1n], [2n, 0n]],
    ["1000000000000000 by 1 : 2", 1_000_000_000_000_000n, [1n, 2n], [333_333_333_333_333n, 666_666_666_666_667n]],
  ])("of %s is exact", (_text, total, weights, parts) => {
    expect(splitByWeights(total, weights)).toEqual(parts);
  });

  it("sums to the whole in a million random cases, each part within one unit of its share, whatever the order of the weights", () => {
    const random = generator(20_261_120);
    for (let run = 0; run < 1_000_000; run += 1) {
      const weights = Array.from({ length: 1 + random(6) }, () => BigInt(random(run % 3 === 0 ? 4 : 100_000)));
      if (!weights.some((weight) => weight > 0n)) weights.push(1n);
      const total = BigInt(random(run % 2 === 0 ? 50 : 1_000_000_000)) * (random(4) === 0 ? -1n : 1n);
      const parts = splitByWeights(total, weights);
      const fault = faultOf(total, weights, parts) ?? orderFault(total, weights, parts, random);
      if (fault !== undefined) throw new Error(`case ${run}: ${fault}: ${total} by ${weights} is ${parts}`);
    }
  }, 180_000);
});

function faultOf(total: bigint, weights: readonly bigint[], parts: readonly bigint[]): string | undefined {
  let sum = 0n;
  let whole = 0n;
  for (const part of parts) sum += part;
  for (const weight of weights) whole += weight;
  if (sum !== total) return `parts sum to ${sum}`;
  const far = parts.some((part, index) => {
    const off = part * whole - total * (weights[index] ?? 0n);
    return off >= whole || off <= -whole;
  });
  return far ? "a part is a unit or more from its share" : undefined;
}

/** The same weights in another order: the same pairs of weight and part. */
function orderFault(
  total: bigint,
  weights: readonly bigint[],
  parts: readonly bigint[],
  random: (below: number) => number,
): string | undefined {
  const by = 1 + random(weights.length);
  const turned = [...weights.slice(by), ...weights.slice(0, by)].reverse();
  const again = splitByWeights(total, turned);
  return pairs(weights, parts) === pairs(turned, again) ? undefined : `in the order ${turned} it is ${again}`;
}

function pairs(weights: readonly bigint[], parts: readonly bigint[]): string {
  return weights
    .map((weight, index) => `${weight}:${parts[index]}`)
    .sort()
    .join();
}

/** Numbers from 0 to below, the same for a seed. */
function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
