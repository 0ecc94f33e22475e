/** A page of a marketplace's own records, newest first; the next page begins after the last record of this one. */
import { RemitError } from "../../domain/errors.ts";
import type { ListFilter } from "../../store/listings/listing.ts";

export interface PageRequest {
  readonly state?: string | undefined;
  /** `YYYY-MM-DD`. */
  readonly date?: string | undefined;
  readonly limit: number;
  /** The ref of the last record of the page before. */
  readonly after?: string | undefined;
}

/** Asks for one record more than the page holds: whether there is a next page is then known. */
export async function filterOf(
  marketplace: string,
  { state, date, limit, after }: PageRequest,
  idOf: (ref: string) => Promise<bigint | undefined>,
): Promise<ListFilter> {
  const beforeId = after === undefined ? undefined : await idOf(after);
  if (after !== undefined && beforeId === undefined) {
    throw new RemitError("INPUT_INVALID", { where: "query.after", found: after, expected: "the last ref of a page" });
  }
  return {
    marketplace,
    limit: limit + 1,
    ...(state === undefined ? {} : { state }),
    ...(date === undefined ? {} : { date }),
    ...(beforeId === undefined ? {} : { beforeId }),
  };
}

export interface Page<View> {
  readonly records: View[];
  /** What to ask for as `after` to get the next page; null at the end. */
  readonly next: string | null;
}

export function pageOf<Row, View>(
  rows: readonly Row[],
  { limit }: PageRequest,
  refOf: (row: Row) => string,
  view: (row: Row) => View,
): Page<View> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { records: shown.map(view), next: rows.length > limit && last !== undefined ? refOf(last) : null };
}

/** The one answer for what does not exist and for what belongs to another marketplace. */
export function notFound(what: string, ref: string): RemitError {
  return new RemitError("NOT_FOUND", { where: what, found: ref, expected: `the id of a ${what} of this marketplace` });
}
