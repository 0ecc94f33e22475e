/** What follows when the bank rejects or returns a transfer: the money is the seller's again, held, in a linked re-issue. */
import type { HoldReason } from "../domain/hold-reason.ts";
import { transferReference } from "../domain/ids.ts";
import type { Posting } from "../domain/ledger.ts";
import { postToJournal } from "../store/journal.ts";
import type { Marketplace } from "../store/marketplaces.ts";
import { recordStatusChanges } from "../store/status-changes.ts";
import type { Transaction } from "../store/store.ts";
import { reissue } from "../store/transfer-standings.ts";

export interface FailedTransfer {
  readonly id: bigint;
  readonly sellerId: bigint;
  readonly seller: string;
  readonly endToEndId: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly businessDate: string;
  readonly reasonCode?: string;
}

export interface Reissuing {
  readonly marketplace: Marketplace;
  readonly businessDate: string;
  readonly now: Date;
}

/**
 * Makes a re-issue for each transfer: a new transfer with a new EndToEndId, linked to the old one, ON_HOLD until the account
 * changes or a person releases it. The caller has posted the money back to available; it is held here.
 */
export async function reissueTransfers(
  tx: Transaction,
  { marketplace, businessDate, now }: Reissuing,
  failed: readonly FailedTransfer[],
  hold: Extract<HoldReason, "BANK_REJECTED" | "BANK_RETURNED">,
): Promise<void> {
  if (failed.length === 0) return;
  const firstId = await tx.reserveIds("transfers", failed.length);
  const made = failed.map((transfer, index) => ({
    id: firstId + BigInt(index),
    sellerId: transfer.sellerId,
    endToEndId: reissueId(marketplace.ref, transfer),
    currency: transfer.currency,
    amount: transfer.amount,
    hold,
    replacesId: transfer.id,
    ...(transfer.reasonCode === undefined ? {} : { reasonCode: transfer.reasonCode }),
  }));
  await reissue(tx, { marketplaceId: marketplace.id, businessDate, now }, made);
  await postToJournal(
    tx,
    { marketplaceId: marketplace.id, operatorId: marketplace.operatorId, businessDate },
    made.map(
      ({ id, sellerId, amount, currency }): Posting => ({
        movement: "HELD",
        sellerId,
        amount,
        currency,
        cause: { kind: "TRANSFER", id },
      }),
    ),
  );
  await recordStatusChanges(
    tx,
    marketplace.id,
    made.map(({ endToEndId }, index) => ({
      kind: "transfer",
      ref: endToEndId,
      status: "ON_HOLD",
      detail: `${hold}, replaces ${failed[index]?.endToEndId ?? ""}`,
    })),
    now,
  );
}

/** Derived from the transfer it replaces, of which there is one re-issue at most. */
function reissueId(marketplace: string, { seller, endToEndId, businessDate, currency }: FailedTransfer): string {
  return transferReference({
    marketplace,
    seller: `${seller} for ${endToEndId}`,
    date: businessDate,
    currency,
    ordinal: 1,
  });
}
