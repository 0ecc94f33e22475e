/** Gives an import the marketplaces of its file to itself, although which those are turns out only as it is read. */
import { allMarketplaces, turnOfMarketplace } from "../../store/marketplaces.ts";
import type { Store, Transaction } from "../../store/store.ts";

/** Called with the marketplaces of each batch before anything of theirs is read. */
export type Meet = (refs: Iterable<string>) => void;

/** Ends a transaction that met marketplaces it does not have to itself: it begins again when it has. */
class Met extends Error {
  readonly refs: readonly string[];

  constructor(refs: readonly string[]) {
    super("the file has more marketplaces");
    this.refs = refs;
  }
}

/** After so many beginnings it takes every marketplace there is: a file whose marketplaces follow each other is read no oftener. */
const MOST_BEGINNINGS = 3;

/**
 * Runs `work` in a transaction that nobody else's work on the same marketplaces overlaps. What an import decides on, such
 * as what is captured of a transaction already, is written by such transactions only, or in rows that it changes itself.
 * Most files are of one marketplace, which their first batch names: one that begins again has read a batch twice.
 */
export async function aloneWithMarketplaces<Result>(
  store: Store,
  work: (tx: Transaction, meet: Meet) => Promise<Result>,
): Promise<Result> {
  // There only one transaction writes at a time.
  if (store.kind === "sqlite") return store.write((tx) => work(tx, () => undefined));
  const held = new Set<string>();
  for (let beginnings = 1; ; beginnings += 1) {
    const alone = [...held].map(turnOfMarketplace);
    try {
      return await store.write((tx) => work(tx, (refs) => expectHeld(held, refs)), { alone, isolation: "snapshot" });
    } catch (error) {
      if (!(error instanceof Met)) throw error;
      for (const ref of error.refs) held.add(ref);
      if (beginnings >= MOST_BEGINNINGS) for (const { ref } of await allMarketplaces(store.db)) held.add(ref);
    }
  }
}

function expectHeld(held: ReadonlySet<string>, refs: Iterable<string>): void {
  const met = [...new Set(refs)].filter((ref) => !held.has(ref));
  if (met.length > 0) throw new Met(met);
}
