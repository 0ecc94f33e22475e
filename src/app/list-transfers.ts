/** Lists transfers, newest first. */
import { formatMinor } from "../domain/money.ts";
import type { ListFilter } from "../store/listings/listing.ts";
import { transfersLike } from "../store/listings/transfers.ts";
import type { Context } from "./context.ts";

export type TransferSummary = Awaited<ReturnType<typeof listTransfers>>[number];

/** Amounts are decimal text of the currency. */
export async function listTransfers({ store }: Pick<Context, "store">, filter: ListFilter) {
  return (await transfersLike(store.db, filter)).map(summaryOfTransfer);
}

type TransferRow = Awaited<ReturnType<typeof transfersLike>>[number];

export function summaryOfTransfer(row: TransferRow) {
  return {
    endToEndId: row.end_to_end_id,
    marketplace: row.marketplace,
    seller: row.seller,
    amount: formatMinor(row.amount, row.currency),
    currency: row.currency,
    state: row.state,
    reason: row.hold_reason ?? row.reason_code,
    businessDate: row.business_date,
    file: row.message_id,
    executedOn: row.executed_on,
  };
}
