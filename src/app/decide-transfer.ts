/** A person's decision on one transfer: to hold it before it goes into a file, or to let go what only a person can let go. */
import { RemitError } from "../domain/errors.ts";
import { HOLD_REASONS, type HoldReason } from "../domain/hold-reason.ts";
import { transition } from "../domain/lifecycle.ts";
import { TRANSFER_LIFECYCLE, type TransferState } from "../domain/transfer.ts";
import { recordAudit } from "../store/audit-log.ts";
import { postToJournal } from "../store/journal.ts";
import { allMarketplaces } from "../store/marketplaces.ts";
import { recordStatusChanges } from "../store/status-changes.ts";
import type { Transaction } from "../store/store.ts";
import { changeHeldTransfers, holdTransfers, transferByReference } from "../store/transfers.ts";
import type { Context } from "./context.ts";

export interface TransferDecision {
  readonly endToEndId: string;
  readonly state: TransferState;
  readonly decidedBy: string;
}

interface Asked {
  readonly endToEndId: string;
  /** Why, in words for the record. */
  readonly why: string;
}

/** Refused holds are those that a person may clear: the others clear by themselves, or not at all. */
const PERSON_MAY_RELEASE: ReadonlySet<HoldReason> = new Set([
  ...(Object.keys(HOLD_REASONS) as HoldReason[]).filter((reason) => HOLD_REASONS[reason].lasts === "final"),
  "BANK_REJECTED",
  "BANK_RETURNED",
]);

/** SCHEDULED -> ON_HOLD (MANUAL). NOT_FOUND; TRANSITION_REFUSED for a transfer that is in a file already, or held. */
export async function holdTransfer(context: Context, asked: Asked): Promise<TransferDecision> {
  return context.store.write(async (tx) => {
    const transfer = await transferOrThrow(tx, asked.endToEndId);
    const subject = `transfer ${asked.endToEndId}`;
    if (transfer.state === "ON_HOLD") refuse(subject, "hold in ON_HOLD", "a transfer that is scheduled");
    const state = transition(TRANSFER_LIFECYCLE, subject, transfer.state, "hold");
    await holdTransfers(tx, [{ id: transfer.id, reason: "MANUAL" }], context.clock());
    await record(tx, context, { transfer, asked, state, movement: "HELD", detail: "MANUAL" });
    return { endToEndId: asked.endToEndId, state, decidedBy: context.actor };
  });
}

/** ON_HOLD -> SCHEDULED. A hold that clears by itself is refused: releasing it would pay around its reason. */
export async function releaseTransfer(context: Context, asked: Asked): Promise<TransferDecision> {
  return context.store.write(async (tx) => {
    const transfer = await transferOrThrow(tx, asked.endToEndId);
    const subject = `transfer ${asked.endToEndId}`;
    const state = transition(TRANSFER_LIFECYCLE, subject, transfer.state, "release");
    const reason = transfer.holdReason as HoldReason;
    if (!PERSON_MAY_RELEASE.has(reason)) {
      refuse(subject, `release of ${reason}`, `that ${HOLD_REASONS[reason].clearsWhen}`);
    }
    await changeHeldTransfers(tx, [{ id: transfer.id, amount: transfer.amount, event: "release" }], context.clock());
    await record(tx, context, { transfer, asked, state, movement: "RELEASED" });
    return { endToEndId: asked.endToEndId, state, decidedBy: context.actor };
  });
}

type Found = NonNullable<Awaited<ReturnType<typeof transferByReference>>>;

async function transferOrThrow(tx: Transaction, endToEndId: string): Promise<Found> {
  const transfer = await transferByReference(tx.db, endToEndId);
  if (transfer !== undefined) return transfer;
  throw new RemitError("NOT_FOUND", {
    where: "transfers",
    found: endToEndId,
    expected: "the EndToEndId of a transfer",
  });
}

function refuse(where: string, found: string, expected: string): never {
  throw new RemitError("TRANSITION_REFUSED", { where, found, expected });
}

interface Decided {
  readonly transfer: Found;
  readonly asked: Asked;
  readonly state: TransferState;
  readonly movement: "HELD" | "RELEASED";
  readonly detail?: string;
}

async function record(tx: Transaction, context: Context, decided: Decided): Promise<void> {
  const { transfer, asked, state, movement, detail } = decided;
  const now = context.clock();
  const marketplace = (await allMarketplaces(tx.db)).find(({ id }) => id === transfer.marketplaceId);
  if (marketplace === undefined) throw new Error(`transfer ${asked.endToEndId} is of no marketplace`);
  const { id, sellerId, amount, currency, businessDate } = transfer;
  const head = { marketplaceId: marketplace.id, operatorId: marketplace.operatorId, businessDate };
  await postToJournal(tx, head, [{ movement, sellerId, amount, currency, cause: { kind: "TRANSFER", id } }]);
  const told = { kind: "transfer", ref: asked.endToEndId, status: state } as const;
  await recordStatusChanges(tx, marketplace.id, [{ ...told, ...(detail === undefined ? {} : { detail }) }], now);
  const action = movement === "HELD" ? "hold transfer" : "release transfer";
  await recordAudit(tx, { actor: context.actor, action, subject: asked.endToEndId, detail: asked.why, now });
}
