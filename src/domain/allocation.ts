/** Which items an amount captured or refunded belongs to. */
import { RemitError } from "./errors.ts";

export interface OpenItem {
  readonly id: bigint;
  /** Minor units that can still be taken from the item. */
  readonly open: bigint;
}

export interface Allocation {
  readonly id: bigint;
  readonly amount: bigint;
}

/** Fills items in their order until `amount` is used up. INPUT_INVALID when the items cannot take all of it. */
export function allocate(items: readonly OpenItem[], amount: bigint, where: string): readonly Allocation[] {
  let left = amount;
  const allocations: Allocation[] = [];
  for (const { id, open } of items) {
    const part = open < left ? open : left;
    if (part <= 0n) continue;
    allocations.push({ id, amount: part });
    left -= part;
  }
  if (left !== 0n) {
    throw new RemitError("INPUT_INVALID", {
      where,
      found: `${amount} minor units`,
      expected: `at most ${amount - left}, what is still open on its items`,
    });
  }
  return allocations;
}
