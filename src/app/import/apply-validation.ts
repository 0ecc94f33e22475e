/** The merchant's validation of a transaction that waits for it. */
import type { Checked } from "./check-record.ts";
import type { ImportRun } from "./import-run.ts";
import type { MarketplaceBatch } from "./marketplace-batch.ts";
import type { ValidationRecord } from "./records.ts";
import type { WorkingTransaction } from "./working-orders.ts";

/**
 * AUTHORISED_TO_VALIDATE -> AUTHORISED, while the authorisation lives (seed 003). `validated` are transactions that were
 * told to be AUTHORISED once: a validation has no id of its own, so a repeat is known by that.
 */
export function applyValidation(
  run: ImportRun,
  batch: MarketplaceBatch,
  { record, place }: Checked<ValidationRecord>,
  transaction: WorkingTransaction,
  validated: ReadonlySet<string>,
): void {
  const { detailedStatus, expiresAt } = transaction;
  if (detailedStatus === "AUTHORISED" || detailedStatus === "CAPTURED" || validated.has(record.transaction)) {
    run.count("known");
    return;
  }
  if (detailedStatus !== "AUTHORISED_TO_VALIDATE") {
    place.fault("TRANSITION_REFUSED", "transaction", `validation in ${detailedStatus}`, "AUTHORISED_TO_VALIDATE");
    return;
  }
  if (expiresAt !== null && expiresAt <= run.now.toISOString()) {
    place.fault("AUTHORISATION_EXPIRED", "transaction", `expired at ${expiresAt}`, "a validation before it expires");
    return;
  }
  transaction.detailedStatus = "AUTHORISED";
  transaction.touched = true;
  transaction.order.touched = true;
  run.count("validations");
  // Told also for a transaction of this very file: that it was told is how a repeat is known.
  run.changed(batch.marketplace.row.id, { kind: "transaction", ref: transaction.ref, status: "AUTHORISED" });
}
