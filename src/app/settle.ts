/** The job `settle`: captured and refunded items past their delay become per-seller transfers, holds or carried debts. */
import { isCooling } from "../domain/settlement.ts";
import { acquirerCovers } from "../store/acquirer-cover.ts";
import { postToJournal } from "../store/journal.ts";
import { allMarketplaces, type Marketplace, marketplaceNamed, turnOfMarketplace } from "../store/marketplaces.ts";
import { sellerPolicyOf } from "../store/policies.ts";
import { clearedReissues, lastRun, NOT_DUE } from "../store/settlements.ts";
import { recordStatusChanges, type StatusChange } from "../store/status-changes.ts";
import type { Transaction, WriteOptions } from "../store/store.ts";
import { changeHeldTransfers } from "../store/transfers.ts";
import { applySettlement } from "./apply-settlement.ts";
import { bookOperations } from "./book-operations.ts";
import { type Proof, proofFindings } from "./conservation-proof.ts";
import type { Context, Job } from "./context.ts";
import { expireDocuments } from "./expire-documents.ts";
import { keepDebts } from "./keep-debts.ts";
import { type PlannedLine, planSettlement } from "./plan-settlement.ts";
import { type RunPart, shareOut } from "./share-out.ts";

interface Tally {
  sellers: number;
  transfers: number;
  transferSum: bigint;
  held: number;
  heldSum: bigint;
  carried: number;
  released: number;
  /** Sellers in debt. */
  debts: number;
}

export const settle: Job = async (context, businessDate) => {
  const documentsExpired = await expireDocuments(context, businessDate);
  const { actor } = context;
  const marketplaces = await allMarketplaces(context.store.db);
  const parts = marketplaces.map(({ ref }) => ({ work: "settle", marketplace: ref, businessDate, actor }));
  const { counts, findings } = await shareOut(context, parts, settleOne);
  return { counts: { documentsExpired, ...counts }, findings };
};

/** One marketplace; its counts are `MARKETPLACE.booked` and so on. */
export const settleOne: RunPart = async (context, { marketplace: ref, businessDate }) => {
  const marketplace = await marketplaceNamed(context.store.db, ref);
  const booked = await bookOperations(context.store, marketplace, businessDate);
  const { tally, proofs } = await settleMarketplace(context, marketplace, businessDate);
  const counts = Object.entries({ booked: booked.operations + booked.declared, ...tally });
  return {
    counts: Object.fromEntries(counts.map(([name, value]) => [`${ref}.${name}`, value])),
    findings: proofs.flatMap((proof) => proofFindings(ref, proof)),
  };
};

async function settleMarketplace(
  context: Context,
  marketplace: Marketplace,
  businessDate: string,
): Promise<{ tally: Tally; proofs: readonly Proof[] }> {
  const now = context.clock();
  const profile = context.profile(marketplace.row.bank_profile);
  const apart: WriteOptions = { alone: [turnOfMarketplace(marketplace.ref)], isolation: "snapshot" };
  return context.store.write(async (tx) => {
    const tally: Tally = {
      sellers: 0,
      transfers: 0,
      transferSum: 0n,
      held: 0,
      heldSum: 0n,
      carried: 0,
      released: 0,
      debts: 0,
    };
    tally.released = await releaseReissues(tx, marketplace, businessDate, now);
    const covers = await acquirerCovers(tx.db, marketplace);
    const planned = await planSettlement(tx.db, marketplace, profile, businessDate, now);
    const currencies = [...new Set(planned.map(({ position }) => position.currency))].sort();
    const proofs: Proof[] = [];
    for (const currency of currencies) {
      const lines = planned.filter((line) => line.position.currency === currency && !line.unchanged);
      if (lines.length === 0) continue;
      const run = (await lastRun(tx.db, marketplace.id, businessDate, currency)) + 1n;
      const head = { marketplaceId: marketplace.id, businessDate, currency, run, now, covers };
      const { proof } = await applySettlement(tx, marketplace, head, lines);
      proofs.push(proof);
      count(tally, lines);
    }
    tally.debts = await keepDebts(tx, marketplace, planned, businessDate, now);
    return { tally, proofs };
  }, apart);
}

function count(tally: Tally, lines: readonly PlannedLine[]): void {
  for (const { outcome, net, reason } of lines) {
    if (reason === NOT_DUE) continue;
    tally.sellers += 1;
    if (outcome === "TRANSFER") {
      tally.transfers += 1;
      tally.transferSum += net;
    } else if (outcome === "HOLD") {
      tally.held += 1;
      tally.heldSum += net;
    } else if (outcome === "CARRIED") {
      tally.carried += 1;
    }
  }
}

/** A transfer that the bank refused goes out again by itself once its seller has another account. */
async function releaseReissues(
  tx: Transaction,
  marketplace: Marketplace,
  businessDate: string,
  now: Date,
): Promise<number> {
  const cleared = (await clearedReissues(tx.db, marketplace.id)).filter((row) => {
    const { coolingHours } = sellerPolicyOf(marketplace.settlementPolicy, row);
    return !isCooling({ changedAt: row.account_changed_at, createdAt: row.created_at }, now, coolingHours);
  });
  await changeHeldTransfers(
    tx,
    cleared.map(({ id, amount }) => ({ id, amount, event: "release" })),
    now,
  );
  await postToJournal(
    tx,
    { marketplaceId: marketplace.id, operatorId: marketplace.operatorId, businessDate },
    cleared.map(({ id, seller_id, amount, currency }) => ({
      movement: "RELEASED",
      sellerId: seller_id,
      amount,
      currency,
      cause: { kind: "TRANSFER", id },
    })),
  );
  const changes = cleared.map(
    ({ end_to_end_id }): StatusChange => ({ kind: "transfer", ref: end_to_end_id, status: "SCHEDULED" }),
  );
  await recordStatusChanges(tx, marketplace.id, changes, now);
  return cleared.length;
}
