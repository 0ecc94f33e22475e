/** The transfers of a file that is never sent are free for the next one, and their money is available again. */
import { postToJournal } from "../store/journal.ts";
import { allMarketplaces } from "../store/marketplaces.ts";
import { recordStatusChanges } from "../store/status-changes.ts";
import type { Transaction } from "../store/store.ts";
import { transfersOfFile, withdrawTransfers } from "../store/transfer-files.ts";

/** In the transaction that ends the file. `detail` is told to the marketplace with each transfer. */
export async function giveBack(
  tx: Transaction,
  file: {
    readonly id: bigint;
    readonly message_id: string;
    readonly marketplace_id: bigint;
    readonly business_date: string;
  },
  detail: string,
  now: Date,
): Promise<void> {
  const transfers = await transfersOfFile(tx.db, file.id);
  const marketplace = (await allMarketplaces(tx.db)).find(({ id }) => id === file.marketplace_id);
  if (marketplace === undefined) throw new Error(`file ${file.message_id} of no marketplace`);
  await withdrawTransfers(tx, file.id, now);
  await postToJournal(
    tx,
    { marketplaceId: marketplace.id, operatorId: marketplace.operatorId, businessDate: file.business_date },
    transfers.map(({ id, seller_id, amount, currency }) => ({
      movement: "WITHDRAWN",
      sellerId: seller_id,
      amount,
      currency,
      cause: { kind: "TRANSFER", id },
    })),
  );
  await recordStatusChanges(
    tx,
    marketplace.id,
    transfers.map(({ end_to_end_id }) => ({ kind: "transfer", ref: end_to_end_id, status: "SCHEDULED", detail })),
    now,
  );
}
