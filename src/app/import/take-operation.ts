/** Takes a checked operation into the batch; one that was done elsewhere already changes its transaction at once. */
import { afterOperation } from "../../domain/operation-effect.ts";
import type { ImportRun } from "./import-run.ts";
import type { MarketplaceBatch } from "./marketplace-batch.ts";
import type { NewOperation } from "./new-operation.ts";
import type { WorkingTransaction } from "./working-orders.ts";

export function takeOperation(run: ImportRun, batch: MarketplaceBatch, operation: NewOperation): void {
  const { transaction, kind, sellerId, amount, doneAt } = operation;
  batch.operations.push(operation);
  transaction.asked?.push({ kind, sellerId, amount, underWay: doneAt === null });
  if (doneAt === null) return;
  transaction.touched = true;
  transaction.order.touched = true;
  if (kind === "CAPTURE") transaction.capturedAt = doneAt;
  if (transaction.authorised === 0n) {
    // Nothing was authorised, so nothing can be cancelled of it but the request itself.
    transaction.detailedStatus = "CANCELLED";
  } else Object.assign(transaction, afterOperation(transaction, kind, amount));
  tellStatus(run, batch, transaction);
}

/** A transaction that is new in this file was never in another state for the marketplace. */
export function tellStatus(run: ImportRun, batch: MarketplaceBatch, transaction: WorkingTransaction): void {
  if (transaction.id >= run.firstNew.transactions || transaction.before?.detailedStatus === transaction.detailedStatus)
    return;
  run.changed(batch.marketplace.row.id, {
    kind: "transaction",
    ref: transaction.ref,
    status: transaction.detailedStatus,
  });
}
