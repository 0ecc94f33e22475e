/** The job `settle`: captured and refunded items past their delay become per-seller transfers, holds or carried debts. */
import { transferReference } from "../domain/ids.ts";
import type { Posting } from "../domain/ledger.ts";
import { postToJournal } from "../store/journal.ts";
import { allMarketplaces, type Marketplace } from "../store/marketplaces.ts";
import {
  clearedReissues,
  insertSettlement,
  lastRun,
  type SettlementHead,
  type SettlementLine,
  settlePayables,
  storeProof,
} from "../store/settlements.ts";
import { recordStatusChanges, type StatusChange } from "../store/status-changes.ts";
import type { Transaction } from "../store/store.ts";
import {
  changeHeldTransfers,
  detachPayables,
  type HeldChange,
  insertTransfers,
  type NewTransfer,
} from "../store/transfers.ts";
import { bookOperations } from "./book-operations.ts";
import { conservationProof, type Proof, proofFindings } from "./conservation-proof.ts";
import type { Context, Job } from "./context.ts";
import { type PlannedLine, planSettlement } from "./plan-settlement.ts";

interface Tally {
  sellers: number;
  transfers: number;
  transferSum: bigint;
  held: number;
  heldSum: bigint;
  carried: number;
  released: number;
}

export const settle: Job = async (context, businessDate) => {
  const counts: Record<string, number | bigint | string> = {};
  const findings = [];
  for (const marketplace of await allMarketplaces(context.store.db)) {
    const booked = await bookOperations(context.store, marketplace, businessDate);
    const { tally, proofs } = await settleMarketplace(context, marketplace, businessDate);
    const prefix = marketplace.ref;
    counts[`${prefix}.booked`] = booked.operations + booked.cashins;
    for (const [name, value] of Object.entries(tally)) counts[`${prefix}.${name}`] = value as number | bigint;
    for (const proof of proofs) findings.push(...proofFindings(marketplace.ref, proof));
  }
  return { counts, findings };
};

async function settleMarketplace(
  context: Context,
  marketplace: Marketplace,
  businessDate: string,
): Promise<{ tally: Tally; proofs: readonly Proof[] }> {
  const now = context.clock();
  const profile = context.profile(marketplace.row.bank_profile);
  return context.store.write(async (tx) => {
    const tally: Tally = { sellers: 0, transfers: 0, transferSum: 0n, held: 0, heldSum: 0n, carried: 0, released: 0 };
    tally.released = await releaseReissues(tx, marketplace, businessDate, now);
    const planned = await planSettlement(tx.db, marketplace, profile, businessDate);
    const currencies = [...new Set(planned.map(({ position }) => position.currency))].sort();
    const proofs: Proof[] = [];
    for (const currency of currencies) {
      const lines = planned.filter((line) => line.position.currency === currency && !line.unchanged);
      if (lines.length === 0) continue;
      const run = (await lastRun(tx.db, marketplace.id, businessDate, currency)) + 1n;
      const head = { marketplaceId: marketplace.id, businessDate, currency, run, now };
      const settlementId = await applyLines(tx, marketplace, head, lines);
      const proof = await conservationProof(tx.db, marketplace.id, currency);
      await storeProof(
        tx,
        settlementId,
        JSON.stringify(proof, (_key, value) => (typeof value === "bigint" ? `${value}` : value)),
      );
      proofs.push(proof);
      count(tally, lines);
    }
    return { tally, proofs };
  });
}

function count(tally: Tally, lines: readonly PlannedLine[]): void {
  for (const { outcome, net } of lines) {
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
  const cleared = await clearedReissues(tx.db, marketplace.id);
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

async function applyLines(
  tx: Transaction,
  marketplace: Marketplace,
  head: SettlementHead,
  planned: readonly PlannedLine[],
): Promise<bigint> {
  const firstId = await tx.reserveIds("transfers", planned.length);
  const applied = planned.map((line, index) => applyLine(line, firstId + BigInt(index), marketplace, head));
  const settlementId = await insertSettlement(
    tx,
    head,
    applied.map(({ line }) => line),
  );
  await insertTransfers(
    tx,
    head,
    applied.flatMap(({ created }) => created ?? []),
  );
  await settlePayables(tx, settlementId, head);
  const changes = applied.flatMap(({ changed }) => changed ?? []);
  // A cancelled hold has nothing to pay any more: its lines are open again, and are carried with the rest.
  await detachPayables(
    tx,
    changes.filter(({ event }) => event === "cancel").map(({ id }) => id),
  );
  await changeHeldTransfers(tx, changes, head.now);
  await postToJournal(
    tx,
    { marketplaceId: marketplace.id, operatorId: marketplace.operatorId, businessDate: head.businessDate },
    applied.flatMap(({ line }, index) => postingsOf(line, planned[index]?.position.held?.amount ?? 0n, settlementId)),
  );
  await recordStatusChanges(
    tx,
    marketplace.id,
    applied.flatMap(({ told }) => told ?? []),
    head.now,
  );
  return settlementId;
}

interface AppliedLine {
  readonly line: SettlementLine;
  readonly created?: NewTransfer;
  readonly changed?: HeldChange;
  readonly told?: StatusChange;
}

function applyLine(planned: PlannedLine, newId: bigint, marketplace: Marketplace, head: SettlementHead): AppliedLine {
  const { position, net, outcome, reason } = planned;
  const { held, sellerId, currency } = position;
  const why = reason === undefined ? {} : { reason };
  const paysOrHolds = outcome === "TRANSFER" || outcome === "HOLD";
  if (!paysOrHolds) {
    return {
      line: { position, net, outcome, ...why },
      ...(held === undefined
        ? {}
        : { changed: { id: held.transferId, amount: held.amount, event: "cancel" as const } }),
      ...(outcome === "CARRIED"
        ? {
            told: {
              kind: "settlement" as const,
              ref: settlementRef(head, position.seller),
              status: outcome,
              detail: "NEGATIVE_NET",
            },
          }
        : {}),
    };
  }
  const hold = outcome === "HOLD" ? reason : undefined;
  if (held !== undefined) {
    return {
      line: { position, net, outcome, ...why, transferId: held.transferId },
      changed: {
        id: held.transferId,
        amount: net,
        event: hold === undefined ? "release" : "hold",
        ...(hold === undefined ? {} : { reason: hold }),
      },
      told: transferTold(held.endToEndId, hold),
    };
  }
  const endToEndId = transferReference({
    marketplace: marketplace.ref,
    seller: position.seller,
    date: head.businessDate,
    currency,
    ordinal: Number(head.run),
  });
  return {
    line: { position, net, outcome, ...why, transferId: newId },
    created: { id: newId, sellerId, endToEndId, currency, amount: net, ...(hold === undefined ? {} : { hold }) },
    told: transferTold(endToEndId, hold),
  };
}

function transferTold(ref: string, hold: string | undefined): StatusChange {
  return hold === undefined
    ? { kind: "transfer", ref, status: "SCHEDULED" }
    : { kind: "transfer", ref, status: "ON_HOLD", detail: hold };
}

function settlementRef({ businessDate, currency, run }: SettlementHead, seller: string): string {
  return `${businessDate}/${currency}/${run}/${seller}`;
}

/** What matured becomes available; the held bucket follows the held transfers. */
function postingsOf(line: SettlementLine, heldBefore: bigint, settlementId: bigint): readonly Posting[] {
  const { sellerId, currency, maturing } = line.position;
  const heldAfter = line.outcome === "HOLD" ? line.net : 0n;
  const head = { sellerId, currency, cause: { kind: "SETTLEMENT", id: settlementId } } as const;
  const postings: Posting[] = [];
  // Lines of one seller may mature to a negative sum only through negative sales, which do not exist.
  if (maturing > 0n) postings.push({ ...head, movement: "DELAY_OVER", amount: maturing });
  if (heldAfter > heldBefore) postings.push({ ...head, movement: "HELD", amount: heldAfter - heldBefore });
  if (heldAfter < heldBefore) postings.push({ ...head, movement: "RELEASED", amount: heldBefore - heldAfter });
  return postings;
}
