/** Lists transfer files, newest first. */
import { formatMinor } from "../domain/money.ts";
import type { ListFilter } from "../store/listings/listing.ts";
import { transferFilesLike } from "../store/listings/transfer-files.ts";
import type { Context } from "./context.ts";

export type TransferFileSummary = Awaited<ReturnType<typeof listTransferFiles>>[number];

/** Sums are decimal text of the currency. */
export async function listTransferFiles({ store }: Pick<Context, "store">, filter: ListFilter) {
  return (await transferFilesLike(store.db, filter)).map(summaryOfFile);
}

type FileRow = Awaited<ReturnType<typeof transferFilesLike>>[number];

export function summaryOfFile(row: FileRow) {
  return {
    messageId: row.message_id,
    marketplace: row.marketplace,
    bank: row.bank,
    state: row.state,
    transfers: Number(row.transfer_count),
    sum: formatMinor(row.transfer_sum, row.currency),
    currency: row.currency,
    executionDate: row.execution_date,
    businessDate: row.business_date,
    madeBy: row.made_by,
    decidedBy: row.decided_by,
    sha256: row.sha256,
  };
}
