/** Seller statements of a day: opening balances by bucket, every movement, closing balances; one seller after the other. */
import { type Movement, SELLER_BUCKETS, type SellerBucket } from "../../domain/ledger.ts";
import { type Money, money } from "../../domain/money.ts";
import {
  type DayOf,
  type MovedBalance,
  type MovementSide,
  movedBalances,
  movementSides,
  type SellerPage,
} from "../../store/reports/seller-movements.ts";
import type { Queries } from "../../store/store.ts";

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
  readonly fee?: Money;
  /** What the movement adds to each bucket. */
  readonly change: Buckets;
}

/** A head, then its lines, then the next head. */
export type StatementPart = StatementHead | StatementLine;

export interface StatementLimits {
  /** Sellers whose balances are read at once. */
  readonly sellers: number;
  /** Sides of postings that are read at once: what memory is needed for. */
  readonly sides: number;
}

const LIMITS: StatementLimits = { sellers: 10_000, sides: 50_000 };

/** All sellers with a movement on the day, in the order they joined; memory does not grow with them or their movements. */
export async function* sellerStatements(
  db: Queries,
  day: DayOf,
  limits: StatementLimits = LIMITS,
): AsyncGenerator<StatementPart> {
  let afterId = 0n;
  for (;;) {
    const heads = headsOf(await movedBalances(db, day, { afterId, limit: limits.sellers }));
    const last = heads.at(-1);
    if (last === undefined) return;
    for (const group of groupsOf(heads, limits.sides)) yield* groupParts(db, day, group, limits.sides);
    afterId = last.head.sellerId;
  }
}

/** The statement of one seller, also when nothing moved; nothing for a seller who never had money. */
export async function* statementsOfSeller(db: Queries, day: DayOf, sellerId: bigint): AsyncGenerator<StatementPart> {
  const page: SellerPage = { sellerId };
  const heads = headsOf(await movedBalances(db, day, page));
  if (heads.length > 0) yield* groupParts(db, day, heads, LIMITS.sides);
}

interface CountedHead {
  readonly head: StatementHead;
  readonly lines: number;
}

function headsOf(rows: readonly MovedBalance[]): readonly CountedHead[] {
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
    const lines = group.reduce((sum, row) => sum + Number(row.lines), 0);
    const head = { kind: "head", sellerId: seller_id, seller, name, currency } as const;
    return [{ head: { ...head, opening: of("opening"), closing: of("closing") }, lines }];
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

/** Neighbours whose movements are read together; the heads of one seller are never parted. */
function groupsOf(heads: readonly CountedHead[], most: number): readonly (readonly CountedHead[])[] {
  const groups: CountedHead[][] = [];
  let lines = 0;
  for (const head of heads) {
    const group = groups.at(-1);
    const same = group?.at(-1)?.head.sellerId === head.head.sellerId;
    if (group === undefined || (!same && lines + head.lines > most)) {
      groups.push([head]);
      lines = head.lines;
    } else {
      group.push(head);
      lines += head.lines;
    }
  }
  return groups;
}

async function* groupParts(
  db: Queries,
  day: DayOf,
  heads: readonly CountedHead[],
  most: number,
): AsyncGenerator<StatementPart> {
  const from = heads[0]?.head.sellerId ?? 0n;
  const to = heads.at(-1)?.head.sellerId ?? 0n;
  const sides = pagedSides(db, day, from, to, most);
  const postings = withSidesTogether(sides);
  let next = await postings.next();
  for (const { head } of heads) {
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

async function* pagedSides(db: Queries, day: DayOf, fromSeller: bigint, toSeller: bigint, most: number) {
  // A posting has at most two sides with one seller: both lie in one page, because a page ends between postings.
  const limit = most + 1;
  let after: MovementSide | undefined;
  for (;;) {
    const page = await movementSides(db, day, {
      fromSeller,
      toSeller,
      limit,
      ...(after === undefined ? {} : { after }),
    });
    const whole = page.length < limit ? page : withoutLastPosting(page);
    yield* whole;
    if (page.length < limit) return;
    after = whole.at(-1);
  }
}

function withoutLastPosting(page: readonly MovementSide[]): readonly MovementSide[] {
  const last = page.at(-1);
  const end = page.findIndex((row) => row.posting === last?.posting && row.seller_id === last.seller_id);
  return page.slice(0, end);
}

/** The sides of one posting on one seller's buckets, together. */
async function* withSidesTogether(sides: AsyncIterable<MovementSide>): AsyncGenerator<readonly MovementSide[]> {
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
  const { event, order_ref, item_ref, end_to_end_id, gross, fee } = first;
  return {
    kind: "line",
    movement: event,
    ...(order_ref === null ? {} : { order: order_ref }),
    ...(item_ref === null ? {} : { item: item_ref }),
    ...(end_to_end_id === null ? {} : { endToEndId: end_to_end_id }),
    // The operator's side of a fee stands in its bucket; gross and fee belong to the seller's own line.
    ...(gross === null || first.bucket === "FEES" ? {} : { gross: money(currency, gross) }),
    ...(fee === null || first.bucket === "FEES" ? {} : { fee: money(currency, fee) }),
    change: buckets(currency, change),
  };
}
