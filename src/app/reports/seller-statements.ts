/** Seller statements of a day: opening balances by bucket, every movement, closing balances; one seller after the other. */
import { type Movement, SELLER_BUCKETS, type SellerBucket } from "../../domain/ledger.ts";
import { type Money, money } from "../../domain/money.ts";
import {
  type DayOf,
  type MovedBalance,
  type MovementSide,
  movedBalances,
  movementSides,
  type SidePage,
  sideCounts,
} from "../../store/reports/seller-movements.ts";
import type { Queries } from "../../store/store.ts";
import { inOrder, planBins, sidesInBins, sideText } from "./movement-bins.ts";
import { SpillBins } from "./spill-bins.ts";

export type Buckets = Readonly<Record<SellerBucket, Money>>;

/** Sums in the buckets of one seller and currency; opening + all lines = closing, bucket by bucket. */
export interface StatementHead {
  readonly kind: "head";
  readonly sellerId: bigint;
  readonly seller: string;
  readonly name: string;
  readonly currency: string;
  readonly opening: Buckets;
  readonly closing: Buckets;
}

export interface StatementLine {
  readonly kind: "line";
  readonly movement: Movement;
  readonly order?: string;
  readonly item?: string;
  readonly endToEndId?: string;
  readonly gross?: Money;
  /** gross - fee - vat is what the seller's own line changes. */
  readonly fee?: Money;
  readonly vat?: Money;
  /** What the movement adds to each bucket. */
  readonly change: Buckets;
}

/** A head, then its lines, then the next head. */
export type StatementPart = StatementHead | StatementLine;

export interface StatementLimits {
  /** Sellers whose balances are read at once. */
  readonly sellers: number;
  /** Sides of postings that are in memory at once, about. */
  readonly sides: number;
  /** Characters of sides that wait in memory before they go to the disk. */
  readonly waiting: number;
}

const LIMITS: StatementLimits = { sellers: 10_000, sides: 10_000, waiting: 8 * 1024 * 1024 };

/**
 * All sellers with a movement on the day, in the order they joined. The journal is read once, in its own order; what
 * does not fit in memory is laid into bins under `scratch`, a few sellers to each, and read back bin after bin.
 */
export async function* sellerStatements(
  db: Queries,
  day: DayOf,
  scratch: string,
  limits: StatementLimits = LIMITS,
): AsyncGenerator<StatementPart> {
  const plan = planBins(await sideCounts(db, day), limits.sides);
  const bins = new SpillBins(scratch, plan.bins.length, limits.waiting);
  try {
    let after = 0n;
    for (;;) {
      const { sides, last } = await movementSides(db, day, { after, limit: limits.sides });
      for (const side of sides) bins.put(plan.binOf(side), sideText(side));
      await bins.spill();
      if (last === undefined) break;
      after = last;
    }
    yield* mergedParts(movedHeads(db, day, limits.sellers), sidesInBins(bins, plan.bins));
  } finally {
    await bins.remove();
  }
}

/** The statement of one seller, also when nothing moved; nothing for a seller who never had money. */
export async function* statementsOfSeller(db: Queries, day: DayOf, sellerId: bigint): AsyncGenerator<StatementPart> {
  const sides: MovementSide[] = [];
  let after: bigint | undefined = 0n;
  while (after !== undefined) {
    const page: SidePage = await movementSides(db, day, { after, limit: LIMITS.sides, sellerId });
    sides.push(...page.sides);
    after = page.last;
  }
  const heads = headsOf(await movedBalances(db, day, { sellerId }));
  yield* mergedParts(heads, sides.sort(inOrder));
}

async function* movedHeads(db: Queries, day: DayOf, limit: number): AsyncGenerator<StatementHead> {
  let afterId = 0n;
  for (;;) {
    const heads = headsOf(await movedBalances(db, day, { afterId, limit }));
    yield* heads;
    const last = heads.at(-1);
    if (last === undefined) return;
    afterId = last.sellerId;
  }
}

function headsOf(rows: readonly MovedBalance[]): readonly StatementHead[] {
  const groups = new Map<string, MovedBalance[]>();
  for (const row of rows) {
    const key = `${row.seller_id} ${row.currency}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { seller_id, seller, name, currency } = first;
    const of = (when: "opening" | "closing") => buckets(currency, (bucket) => sumIn(group, bucket, when));
    const head = { kind: "head", sellerId: seller_id, seller, name, currency } as const;
    return [{ ...head, opening: of("opening"), closing: of("closing") }];
  });
}

function sumIn(rows: readonly MovedBalance[], bucket: SellerBucket, when: "opening" | "closing"): bigint {
  return rows.reduce((sum, row) => (row.bucket === bucket ? sum + row[when] : sum), 0n);
}

function buckets(currency: string, minorOf: (bucket: SellerBucket) => bigint): Buckets {
  return Object.fromEntries(SELLER_BUCKETS.map((bucket) => [bucket, money(currency, minorOf(bucket))])) as Record<
    SellerBucket,
    Money
  >;
}

/** Heads and sides in the same order, so that each head is followed by its lines. */
async function* mergedParts(
  heads: Iterable<StatementHead> | AsyncIterable<StatementHead>,
  sides: Iterable<MovementSide> | AsyncIterable<MovementSide>,
): AsyncGenerator<StatementPart> {
  const postings = withSidesTogether(sides);
  let next = await postings.next();
  for await (const head of heads) {
    yield head;
    while (next.done !== true && belongs(next.value, head)) {
      yield lineOf(next.value, head.currency);
      next = await postings.next();
    }
  }
}

function belongs([first]: readonly MovementSide[], { sellerId, currency }: StatementHead): boolean {
  return first?.seller_id === sellerId && first.currency === currency;
}

/** The sides of one posting on one seller's buckets, together. */
async function* withSidesTogether(
  sides: Iterable<MovementSide> | AsyncIterable<MovementSide>,
): AsyncGenerator<readonly MovementSide[]> {
  let together: MovementSide[] = [];
  for await (const row of sides) {
    const [first] = together;
    if (first !== undefined && (first.posting !== row.posting || first.seller_id !== row.seller_id)) {
      yield together;
      together = [];
    }
    together.push(row);
  }
  if (together.length > 0) yield together;
}

function lineOf(sides: readonly MovementSide[], currency: string): StatementLine {
  const [first] = sides;
  if (first === undefined) throw new Error("a movement has at least one side");
  const change = (bucket: SellerBucket) =>
    sides.reduce((sum, row) => (row.bucket === bucket ? sum + row.delta : sum), 0n);
  const { event, order_ref, item_ref, end_to_end_id, gross, fee, vat } = first;
  return {
    kind: "line",
    movement: event,
    ...(order_ref === null ? {} : { order: order_ref }),
    ...(item_ref === null ? {} : { item: item_ref }),
    ...(end_to_end_id === null ? {} : { endToEndId: end_to_end_id }),
    // The operator's side of a fee stands in its bucket; gross and fee belong to the seller's own line.
    ...(gross === null || first.bucket === "FEES" ? {} : { gross: money(currency, gross) }),
    ...(fee === null || vat === null || first.bucket === "FEES"
      ? {}
      : { fee: money(currency, fee - vat), vat: money(currency, vat) }),
    change: buckets(currency, change),
  };
}
