/** Writes what a settlement decided: its lines, reserves, transfers and holds, the postings, and the proof. */
import { addDays } from "../domain/calendar.ts";
import { transferReference } from "../domain/ids.ts";
import type { Movement, Posting } from "../domain/ledger.ts";
import { insertPayables, type NewPayable } from "../store/bookings.ts";
import { postToJournal } from "../store/journal.ts";
import type { Marketplace } from "../store/marketplaces.ts";
import type { HeldTransfer } from "../store/open-positions.ts";
import {
  insertSettlement,
  markSettled,
  NOT_DUE,
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
import { conservationProof, type Proof } from "./conservation-proof.ts";
import type { PlannedLine } from "./plan-settlement.ts";

/**
 * Writes one settlement of a currency, in this transaction: its lines, reserves, transfers, postings, debts, what is told
 * of it, and the conservation proof. Answers the ids of the transfers by seller, and the proof.
 */
export async function applySettlement(
  tx: Transaction,
  marketplace: Marketplace,
  head: SettlementHead,
  planned: readonly PlannedLine[],
): Promise<AppliedSettlement> {
  const firstId = await tx.reserveIds("transfers", planned.length);
  const applied = planned.map((line, index) => applyLine(line, firstId + BigInt(index), marketplace, head));
  const settlementId = await insertSettlement(
    tx,
    head,
    applied.map(({ line }) => line),
  );
  await insertPayables(
    tx,
    marketplace.id,
    planned.flatMap((line) => movedBefore(line, head)),
  );
  await insertTransfers(
    tx,
    head,
    applied.flatMap(({ created }) => created ?? []),
  );
  const changes = applied.flatMap(({ changed }) => changed);
  // Lines of a hold that is given up are open again: they join the oldest hold of their seller, or are carried.
  await detachPayables(
    tx,
    changes.filter(({ event }) => event === "cancel").map(({ id }) => id),
  );
  await settlePayables(tx, settlementId, head);
  const rests = await insertPayables(
    tx,
    marketplace.id,
    planned.flatMap((line) => movedAfter(line, head)),
  );
  if (planned.some(({ rest }) => rest > 0n)) await markSettled(tx, rests);
  await changeHeldTransfers(tx, changes, head.now);
  await postToJournal(
    tx,
    { marketplaceId: marketplace.id, operatorId: marketplace.operatorId, businessDate: head.businessDate },
    applied.flatMap(({ line }, index) => postingsOf(line, heldOf(line, planned[index]), settlementId)),
  );
  await recordStatusChanges(
    tx,
    marketplace.id,
    applied.flatMap(({ told }) => told),
    head.now,
  );
  const proof = await conservationProof(tx.db, marketplace.id, head.currency);
  await storeProof(
    tx,
    settlementId,
    JSON.stringify(proof, (_key, value) => (typeof value === "bigint" ? `${value}` : value)),
  );
  return { proof, transfers: applied.flatMap(({ created }) => created ?? []) };
}

export interface AppliedSettlement {
  readonly proof: Proof;
  readonly transfers: readonly NewTransfer[];
}

/** Lines that go with the payout: fees taken in, what is kept back as a reserve with its release, and what a part leaves. */
function movedBefore(
  { position, feesTaken, reserve, reserveDays, rest }: PlannedLine,
  head: SettlementHead,
): NewPayable[] {
  const { sellerId, currency } = position;
  const line = { sellerId, currency, fee: 0n };
  const now = { availableOn: head.businessDate, maturedOn: head.businessDate };
  const lines: NewPayable[] = [];
  if (feesTaken > 0n) lines.push({ ...line, kind: "FEE_INCOME", gross: feesTaken, ...now });
  if (reserve > 0n) {
    lines.push({ ...line, kind: "RESERVE", gross: -reserve, ...now });
    const availableOn = addDays(head.businessDate, reserveDays);
    lines.push({ ...line, kind: "RESERVE_RELEASE", gross: reserve, availableOn });
  }
  if (rest > 0n) lines.push({ ...line, kind: "REST", gross: -rest, ...now });
  return lines;
}

/** The other half of a rest: open again, for the next payout. */
function movedAfter({ position: { sellerId, currency }, rest }: PlannedLine, head: SettlementHead): NewPayable[] {
  if (rest === 0n) return [];
  const due = { availableOn: head.businessDate, maturedOn: head.businessDate };
  return [{ sellerId, currency, kind: "REST", gross: rest, fee: 0n, ...due }];
}

interface AppliedLine {
  readonly line: SettlementLine;
  readonly created?: NewTransfer;
  readonly changed: readonly HeldChange[];
  readonly told: readonly StatusChange[];
}

function applyLine(planned: PlannedLine, newId: bigint, marketplace: Marketplace, head: SettlementHead): AppliedLine {
  const { position, feesTaken, reserve, rest, net, outcome, reason } = planned;
  const { held, sellerId, currency } = position;
  const why = { feesTaken, reserve, rest, ...(reason === undefined ? {} : { reason }) };
  const line = { position, net, outcome, ...why };
  if (reason === NOT_DUE) return { line, ...heldChanges(planned.releasesHeld ? (held?.all ?? []) : [], "release") };
  if (outcome !== "TRANSFER" && outcome !== "HOLD") {
    const { changed, told } = heldChanges(held?.all ?? [], "cancel");
    return { line, changed, told: outcome === "CARRIED" ? [...told, debtTold(head, position.seller)] : told };
  }
  const hold = outcome === "HOLD" ? reason : undefined;
  if (held !== undefined) {
    const joined = heldChanges(held.all.slice(1), "cancel");
    const kept: HeldChange = {
      id: held.transferId,
      amount: net,
      event: hold === undefined ? "release" : "hold",
      ...(hold === undefined ? {} : { reason: hold }),
    };
    return {
      line: { ...line, transferId: held.transferId },
      changed: [...joined.changed, kept],
      told: [...joined.told, transferTold(held.endToEndId, hold)],
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
    line: { ...line, transferId: newId },
    created: { id: newId, sellerId, endToEndId, currency, amount: net, ...(hold === undefined ? {} : { hold }) },
    changed: [],
    told: [transferTold(endToEndId, hold)],
  };
}

/** Held transfers that all go as they are, or are all given up. */
function heldChanges(all: readonly HeldTransfer[], event: "release" | "cancel"): Omit<AppliedLine, "line"> {
  const changed = all.map(({ transferId, amount }): HeldChange => ({ id: transferId, amount, event }));
  const status = event === "release" ? "SCHEDULED" : "CANCELLED";
  return { changed, told: all.map(({ endToEndId: ref }) => ({ kind: "transfer", ref, status })) };
}

function transferTold(ref: string, hold: string | undefined): StatusChange {
  return hold === undefined
    ? { kind: "transfer", ref, status: "SCHEDULED" }
    : { kind: "transfer", ref, status: "ON_HOLD", detail: hold };
}

function debtTold({ businessDate, currency, run }: SettlementHead, seller: string): StatusChange {
  const ref = `${businessDate}/${currency}/${run}/${seller}`;
  return { kind: "settlement", ref, status: "CARRIED", detail: "NEGATIVE_NET" };
}

interface Held {
  readonly before: bigint;
  readonly after: bigint;
}

/** What is held of the seller before and after the line. */
function heldOf(line: SettlementLine, planned: PlannedLine | undefined): Held {
  const before = line.position.held?.amount ?? 0n;
  if (line.reason === NOT_DUE) return { before, after: planned?.releasesHeld === true ? 0n : before };
  return { before, after: line.outcome === "HOLD" ? line.net : 0n };
}

/** What matured becomes available, fees and reserves move, and the held bucket follows the held transfers. */
function postingsOf(line: SettlementLine, held: Held, settlementId: bigint): readonly Posting[] {
  const { sellerId, currency, maturing, releasing } = line.position;
  const head = { sellerId, currency, cause: { kind: "SETTLEMENT", id: settlementId } } as const;
  const moved: readonly (readonly [Movement, bigint])[] = [
    // Lines of one seller may mature to a negative sum only through negative sales, which do not exist.
    ["DELAY_OVER", maturing],
    ["RESERVE_RELEASED", releasing],
    ["FEES_TAKEN_IN", line.feesTaken],
    ["RESERVED", line.reserve],
    ["HELD", held.after - held.before],
    ["RELEASED", held.before - held.after],
  ];
  return moved.filter(([, amount]) => amount > 0n).map(([movement, amount]) => ({ ...head, movement, amount }));
}
