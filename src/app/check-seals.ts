/**
 * Recomputes every seal over the journal from zero. A posting that was changed, removed, put in between or put elsewhere
 * after it was sealed breaks the seal of its span; a seal that was changed or removed breaks the chain or its numbering.
 *
 * What it cannot show: whoever may write to the whole database can also compute the chain anew. So each verify-books records
 * and logs the newest hash: keep it, or the report that prints it, where that person cannot write. Postings that no seal
 * covers yet (those since the last verify-books) are held only by their balances and the other invariants; and a seal
 * proves that a posting is as it was, not that it was right.
 */
import { FIRST_PREVIOUS_HASH, type SealedPosting, sealOf } from "../domain/journal-seal.ts";
import type { Breach } from "../store/invariants.ts";
import { postingsBetween, type StoredSeal, sealsAfter, sealsWritten } from "../store/journal-seals.ts";
import type { Queries } from "../store/store.ts";

export interface SealsReport {
  readonly seals: number;
  readonly postings: bigint;
  /** The newest hash; it stands for all postings up to it. */
  readonly head: string;
  /** The first ones. */
  readonly breaches: readonly Breach[];
}

const SEALS_AT_ONCE = 200;
const POSTINGS_AT_ONCE = 10_000;
const FIRST = 20;

/** Memory does not grow with the journal. */
export async function checkSeals(db: Queries): Promise<SealsReport> {
  const journal = new JournalReader(db);
  const breaches: Breach[] = [];
  let previous: Pick<StoredSeal, "id" | "lastId" | "hash"> = { id: 0n, lastId: 0n, hash: FIRST_PREVIOUS_HASH };
  let [seals, postings] = [0, 0n];
  for await (const seal of sealsOf(db)) {
    const span = await journal.upTo(seal.lastId, Number(seal.count) + 1);
    if (breaches.length < FIRST) breaches.push(...chainBreaches(previous, seal), ...spanBreaches(seal, span));
    previous = seal;
    seals += 1;
    postings += seal.count;
  }
  const written = await sealsWritten(db);
  if (written !== previous.id) {
    breaches.push({
      code: "SEALS_MISSING",
      where: `journal, after seal ${previous.id}`,
      found: `${previous.id} as the last seal`,
      expected: `${written} seals that were written`,
    });
  }
  return { seals, postings, head: previous.hash, breaches: breaches.slice(0, FIRST) };
}

async function* sealsOf(db: Queries): AsyncGenerator<StoredSeal> {
  let last = 0n;
  for (;;) {
    const page = await sealsAfter(db, last, SEALS_AT_ONCE);
    yield* page;
    const end = page.at(-1);
    if (end === undefined || page.length < SEALS_AT_ONCE) return;
    last = end.id;
  }
}

/** Hands out the journal span by span, read in pages. */
class JournalReader {
  private readonly db: Queries;
  private held: readonly SealedPosting[] = [];
  private last = 0n;
  private ended = false;

  constructor(db: Queries) {
    this.db = db;
  }

  /** All postings not handed out yet up to an id; of a span that holds too many, only the first `most` are kept. */
  async upTo(lastId: bigint, most: number): Promise<readonly SealedPosting[]> {
    const span: SealedPosting[] = [];
    for (;;) {
      const cut = this.held.findIndex(({ id }) => id > lastId);
      const own = cut === -1 ? this.held : this.held.slice(0, cut);
      span.push(...own.slice(0, Math.max(0, most - span.length)));
      this.held = this.held.slice(own.length);
      if (this.held.length > 0 || this.ended) return span;
      this.held = await postingsBetween(this.db, { above: this.last }, POSTINGS_AT_ONCE);
      this.last = this.held.at(-1)?.id ?? this.last;
      this.ended = this.held.length === 0;
    }
  }
}

function chainBreaches(previous: Pick<StoredSeal, "id" | "hash">, seal: StoredSeal): readonly Breach[] {
  if (seal.id === previous.id + 1n && seal.previousHash === previous.hash) return [];
  return [
    {
      code: "SEAL_CHAIN_BROKEN",
      where: `journal, seal ${seal.id}`,
      found: `seal ${seal.id} after hash ${short(seal.previousHash)}`,
      expected: `seal ${previous.id + 1n} after hash ${short(previous.hash)}`,
    },
  ];
}

function spanBreaches(seal: StoredSeal, span: readonly SealedPosting[]): readonly Breach[] {
  const found = span.length === 0 ? undefined : sealOf(seal.previousHash, span);
  if (found?.hash === seal.hash && found.firstId === seal.firstId) return [];
  const rows = BigInt(span.length) > seal.count ? `more than ${seal.count}` : `${span.length}`;
  return [
    {
      code: "JOURNAL_CHANGED",
      where: `journal, postings ${seal.firstId} to ${seal.lastId} (seal ${seal.id})`,
      found: `${rows} postings of ${found?.sum ?? 0n}, hash ${short(found?.hash ?? "none")}`,
      expected: `${seal.count} postings of ${seal.sum}, hash ${short(seal.hash)}, as they were sealed`,
    },
  ];
}

const short = (hash: string): string => hash.slice(0, 16);
