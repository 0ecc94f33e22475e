/** Lists exceptions, newest first. */
import { dateInZone, daysBetween, isIsoDate } from "../domain/calendar.ts";
import { formatMinor } from "../domain/money.ts";
import { exceptionsLike } from "../store/listings/exceptions.ts";
import type { ListFilter } from "../store/listings/listing.ts";
import type { Context } from "./context.ts";
import { maskedText } from "./reports/masked-text.ts";

export type ExceptionSummary = Awaited<ReturnType<typeof listExceptions>>[number];

type Telling = Pick<Context, "store" | "clock" | "config">;

/** Amounts are decimal text of the currency; account numbers are masked. */
export async function listExceptions(context: Telling, filter: ListFilter) {
  return (await exceptionsLike(context.store.db, filter)).map((row) => summaryOfException(row, today(context)));
}

export function today({ clock, config }: Pick<Context, "clock" | "config">): string {
  return dateInZone(clock(), config.zone);
}

type ExceptionRow = Awaited<ReturnType<typeof exceptionsLike>>[number];

export function summaryOfException(row: ExceptionRow, date: string) {
  const ended = row.state === "RESOLVED" ? row.changed_at.slice(0, 10) : date;
  return {
    id: row.id.toString(),
    marketplace: row.marketplace,
    reason: row.reason,
    subject: `${row.subject_kind} ${maskedText(row.subject_ref)}`,
    amount: row.amount === null || row.currency === null ? null : formatMinor(row.amount, row.currency),
    currency: row.currency,
    state: row.state,
    owner: row.owner,
    openedOn: row.opened_on,
    /** Until today, or until it was resolved. */
    ageDays: isIsoDate(row.opened_on) ? Math.max(0, daysBetween(row.opened_on, ended)) : 0,
    says: maskedText(row.says),
  };
}
