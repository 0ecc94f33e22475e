/** Lists exceptions, newest first. */
import { formatMinor } from "../domain/money.ts";
import { exceptionsLike } from "../store/listings/exceptions.ts";
import type { ListFilter } from "../store/listings/listing.ts";
import type { Context } from "./context.ts";

export type ExceptionSummary = Awaited<ReturnType<typeof listExceptions>>[number];

/** Amounts are decimal text of the currency. */
export async function listExceptions({ store }: Pick<Context, "store">, filter: ListFilter) {
  return (await exceptionsLike(store.db, filter)).map(summaryOfException);
}

type ExceptionRow = Awaited<ReturnType<typeof exceptionsLike>>[number];

export function summaryOfException(row: ExceptionRow) {
  return {
    id: row.id.toString(),
    marketplace: row.marketplace,
    reason: row.reason,
    subject: `${row.subject_kind} ${row.subject_ref}`,
    amount: row.amount === null || row.currency === null ? null : formatMinor(row.amount, row.currency),
    currency: row.currency,
    state: row.state,
    owner: row.owner,
    openedOn: row.opened_on,
    says: row.says,
  };
}
