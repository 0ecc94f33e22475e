/** Which movements go into which bin, so that each bin fits in memory and the bins in their order are the statements'. */
import type { MovementSide, SideCount } from "../../store/reports/seller-movements.ts";
import type { SpillBins } from "./spill-bins.ts";

export interface BinPlan {
  /** How many sellers and currencies each bin holds: one that holds a single one needs no sorting. */
  readonly bins: readonly number[];
  binOf(side: Pick<MovementSide, "seller_id" | "currency">): number;
}

/** Neighbours share a bin until it has about `most` sides; `counts` are by seller and currency. */
export function planBins(counts: readonly SideCount[], most: number): BinPlan {
  const bins: number[] = [];
  const numbers = new Map<string, number>();
  let sides = 0;
  for (const count of counts) {
    const own = Number(count.sides);
    if (bins.length === 0 || sides + own > most) {
      bins.push(0);
      sides = 0;
    }
    const bin = bins.length - 1;
    bins[bin] = (bins[bin] ?? 0) + 1;
    sides += own;
    numbers.set(keyOf(count), bin);
  }
  return {
    bins,
    binOf: (side) => {
      const bin = numbers.get(keyOf(side));
      if (bin === undefined) throw new Error(`a movement of seller ${side.seller_id} that was not counted`);
      return bin;
    },
  };
}

function keyOf({ seller_id, currency }: Pick<MovementSide, "seller_id" | "currency">): string {
  return `${seller_id} ${currency}`;
}

/** All sides by seller, currency and posting; only a bin of several sellers is held in memory as a whole. */
export async function* sidesInBins(bins: SpillBins, sizes: readonly number[]): AsyncGenerator<MovementSide> {
  for (const [bin, size] of sizes.entries()) {
    if (size === 1) {
      for await (const line of bins.lines(bin)) yield sideOf(line);
      continue;
    }
    const sides: MovementSide[] = [];
    for await (const line of bins.lines(bin)) sides.push(sideOf(line));
    yield* sides.sort(inOrder);
  }
}

/** By seller and currency; sides of the same ones keep the order of their postings. */
export function inOrder(a: MovementSide, b: MovementSide): number {
  if (a.seller_id !== b.seller_id) return a.seller_id < b.seller_id ? -1 : 1;
  return a.currency === b.currency ? 0 : a.currency < b.currency ? -1 : 1;
}

const INTEGERS: ReadonlySet<string> = new Set<keyof MovementSide>([
  "posting",
  "seller_id",
  "delta",
  "gross",
  "fee",
  "vat",
]);

/** One line of JSON, read back by `sideOf`. */
export function sideText(side: MovementSide): string {
  return JSON.stringify(side, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
}

function sideOf(line: string): MovementSide {
  return JSON.parse(line, (key, value: unknown) =>
    INTEGERS.has(key) && typeof value === "string" ? BigInt(value) : value,
  ) as MovementSide;
}
