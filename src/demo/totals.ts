/** Where the money of all marketplaces together is, at one moment. */

import type { Proof } from "../app/conservation-proof.ts";
import { checkBooks } from "../app/verify-books.ts";
import type { Queries } from "../store/store.ts";

export type Totals = Readonly<Record<Exclude<keyof Proof, "currency">, bigint>>;

const NAMES = [
  ...["captured", "cashedIn", "refunded", "pending", "available", "held", "reserved"],
  ...["operatorFees", "operatorOwn", "inTransit", "paid", "difference"],
] as readonly (keyof Totals)[];

/** Minor units; the marketplaces of the demo all keep their books in EUR. */
export async function totalsOf(db: Queries): Promise<Totals> {
  const { proofs } = await checkBooks(db);
  const sum = (name: keyof Totals) => proofs.reduce((total, { proof }) => total + proof[name], 0n);
  return Object.fromEntries(NAMES.map((name) => [name, sum(name)])) as Totals;
}
