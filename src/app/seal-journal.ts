/** Seals what was posted since the last seal; the bulk path never waits for it. */
import { FIRST_PREVIOUS_HASH, type JournalSeal, POSTINGS_A_SEAL, sealOf } from "../domain/journal-seal.ts";
import { journalHorizon } from "../store/journal-horizon.ts";
import { insertSeals, lastSeal, postingsBetween } from "../store/journal-seals.ts";
import type { Store } from "../store/store.ts";

/** Postings read and seals written in one go. */
const SEALS_AT_ONCE = 20;

export interface Sealing {
  readonly postings: number;
  readonly seals: number;
}

/**
 * Reads outside a transaction, which an append-only journal allows, and writes the seals only if nobody else has sealed
 * since: running it twice, or in two processes at once, seals everything once. Postings that others may still add to are
 * left for the next time.
 */
export async function sealJournal(store: Store, now: Date): Promise<Sealing> {
  let [postings, seals] = [0, 0];
  const below = await journalHorizon(store);
  if (below === undefined) return { postings, seals };
  for (;;) {
    const before = await lastSeal(store.db);
    const span = { above: before?.lastId ?? 0n, below };
    const rows = await postingsBetween(store.db, span, POSTINGS_A_SEAL * SEALS_AT_ONCE);
    if (rows.length === 0) return { postings, seals };
    const made: JournalSeal[] = [];
    for (let start = 0; start < rows.length; start += POSTINGS_A_SEAL) {
      const previous = made.at(-1)?.hash ?? before?.hash ?? FIRST_PREVIOUS_HASH;
      made.push(sealOf(previous, rows.slice(start, start + POSTINGS_A_SEAL)));
    }
    if (!(await store.write((tx) => insertSeals(tx, before?.id ?? 0n, made, now)))) continue;
    postings += rows.length;
    seals += made.length;
  }
}
