/** Lists transfer files, newest first. */
import { formatMinor } from "../domain/money.ts";
import type { ListFilter } from "../store/listings/listing.ts";
import { transferFilesLike } from "../store/listings/transfer-files.ts";
import type { Context } from "./context.ts";
import { fileCutoff } from "./file-cutoff.ts";

export type TransferFileSummary = Awaited<ReturnType<typeof listTransferFiles>>[number];

/** Sums are decimal text of the currency. */
export async function listTransferFiles(context: FileViewer, filter: ListFilter) {
  return (await transferFilesLike(context.store.db, filter)).map((row) => summaryOfFile(context, row));
}

/** What is needed to say when a file can go. */
export type FileViewer = Pick<Context, "store" | "clock" | "profile">;

type FileRow = Awaited<ReturnType<typeof transferFilesLike>>[number];

export function summaryOfFile({ clock, profile }: FileViewer, row: FileRow) {
  // Of a file that is not on its way: which cutoff it would be sent before if it were approved now.
  const waits = row.state === "AWAITING_APPROVAL" || row.state === "APPROVED";
  const cutoff = waits ? fileCutoff(profile(row.bank_profile), row.execution_date, clock()) : undefined;
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
    nextCutoff: cutoff?.nextCutoff.toISOString() ?? null,
    executes: cutoff?.executes ?? null,
    sha256: row.sha256,
  };
}
