/**
 * The table of contents of the journal: which run of postings is of which day, and goes back to which causes. A row for up
 * to a thousand postings does what two indexes over every posting did, at a thousandth of their price.
 */
import { type SqlBool, sql } from "kysely";
import type { CauseKind, Posting } from "../domain/ledger.ts";
import type { Transaction, Value } from "./store.ts";

/** Most postings of a span, and how far its causes may lie apart: a cause is looked for in the few spans that begin near it. */
export const SPAN_WIDTH = 1_000;
const WIDTH = BigInt(SPAN_WIDTH);

/** Postings `firstId` to `lastId` are all of one kind of cause, from `firstCause` to `lastCause`. */
export interface JournalSpan {
  readonly firstId: bigint;
  readonly lastId: bigint;
  readonly causeKind: CauseKind;
  readonly firstCause: bigint;
  readonly lastCause: bigint;
}

/** The spans of postings that follow each other from `firstId` on. */
export function spansOf(firstId: bigint, postings: readonly Pick<Posting, "cause">[]): readonly JournalSpan[] {
  const spans: JournalSpan[] = [];
  for (const [index, { cause }] of postings.entries()) {
    const id = firstId + BigInt(index);
    const open = spans.at(-1);
    const joined = open === undefined ? undefined : extended(open, id, cause);
    if (joined === undefined) {
      spans.push({ firstId: id, lastId: id, causeKind: cause.kind, firstCause: cause.id, lastCause: cause.id });
    } else spans[spans.length - 1] = joined;
  }
  return spans;
}

/** The span with one posting more; undefined when it would be too wide. */
function extended(span: JournalSpan, lastId: bigint, cause: Posting["cause"]): JournalSpan | undefined {
  const firstCause = cause.id < span.firstCause ? cause.id : span.firstCause;
  const lastCause = cause.id > span.lastCause ? cause.id : span.lastCause;
  const fits = lastId - span.firstId < WIDTH && lastCause - firstCause < WIDTH && cause.kind === span.causeKind;
  return fits ? { ...span, lastId, firstCause, lastCause } : undefined;
}

/** The spans of postings that were made one for each cause, in their order. */
export function spansOfCauses(
  causeKind: CauseKind,
  firstId: bigint,
  causes: { readonly first: bigint; readonly last: bigint },
): readonly JournalSpan[] {
  const spans: JournalSpan[] = [];
  for (let firstCause = causes.first; firstCause <= causes.last; firstCause += WIDTH) {
    const end = firstCause + WIDTH - 1n;
    const lastCause = end < causes.last ? end : causes.last;
    const idOf = (cause: bigint): bigint => firstId + (cause - causes.first);
    spans.push({ firstId: idOf(firstCause), lastId: idOf(lastCause), causeKind, firstCause, lastCause });
  }
  return spans;
}

export async function insertSpans(
  tx: Transaction,
  { marketplaceId, businessDate }: { readonly marketplaceId: bigint; readonly businessDate: string },
  spans: readonly JournalSpan[],
): Promise<void> {
  await tx.insertMany(
    "journal_spans",
    ["first_id", "last_id", "marketplace_id", "business_date", "cause_kind", "first_cause", "last_cause"],
    spans.map(({ firstId, lastId, causeKind, firstCause, lastCause }): Value[] => [
      ...[firstId, lastId, marketplaceId, businessDate, causeKind, firstCause, lastCause],
    ]),
  );
}

/** That a span of `journal_spans` may hold postings of the cause whose id `cause` is. */
export function mayHoldCause(kind: CauseKind, cause: ReturnType<typeof sql>) {
  return sql<SqlBool>`journal_spans.cause_kind = ${kind} AND journal_spans.last_cause >= ${cause}
    AND journal_spans.first_cause BETWEEN ${cause} - ${sql.lit(SPAN_WIDTH - 1)} AND ${cause}`;
}
