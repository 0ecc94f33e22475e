/** What people do to a transfer file by hand: one asks with a reason, another one confirms, and all of it is in the audit log. */
import { RemitError } from "../domain/errors.ts";
import { transition } from "../domain/lifecycle.ts";
import { TRANSFER_FILE_LIFECYCLE, type TransferFileEvent, type TransferFileState } from "../domain/transfer-file.ts";
import { recordAudit } from "../store/audit-log.ts";
import { resolveExceptions } from "../store/exceptions.ts";
import { askByHand, type ByHandKind, endRequest, moveByHand, openRequest } from "../store/file-requests.ts";
import { markSent } from "../store/hand-off.ts";
import { recordStatusChanges } from "../store/status-changes.ts";
import type { Transaction } from "../store/store.ts";
import { transfersOfFile } from "../store/transfer-files.ts";
import { moveTransfers } from "../store/transfers.ts";
import { answerDeadline } from "./answer-deadline.ts";
import type { Context } from "./context.ts";
import { fileOrThrow, isSamePerson } from "./decide-file.ts";
import { matters } from "./file-matters.ts";
import { giveBack } from "./give-back.ts";

/**
 * - WITHDRAW: before any upload was begun; its transfers go in a new file
 * - SENT_BY_HAND: a person gave the frozen bytes to the bank in another way; the engine sends them no more
 * - CONFIRMED_BY_PHONE: the bank said that it has the file
 */
const EVENT_OF = {
  WITHDRAW: "cancel",
  SENT_BY_HAND: "sendByHand",
  CONFIRMED_BY_PHONE: "confirmByPhone",
} as const satisfies Record<ByHandKind, TransferFileEvent>;

export interface ByHandRequest {
  readonly messageId: string;
  readonly kind: ByHandKind;
}

export interface ByHandOutcome extends ByHandRequest {
  readonly state: TransferFileState;
  readonly askedBy: string;
  readonly reason: string;
  /** Absent while a second person must still confirm. */
  readonly confirmedBy?: string;
}

type File = Awaited<ReturnType<typeof fileOrThrow>>;

/** The first person asks. NOT_FOUND; TRANSITION_REFUSED where it is impossible; STORE_CONFLICT while another request is open. */
export async function askForFile(context: Context, asked: ByHandRequest & { readonly reason: string }) {
  const { messageId, kind } = asked;
  const reason = asked.reason.trim();
  if (reason === "" || context.actor.trim() === "") {
    throw new RemitError("INPUT_INVALID", { where: messageId, found: "no reason or no name", expected: "both" });
  }
  return context.store.write(async (tx): Promise<ByHandOutcome> => {
    const file = await fileOrThrow(tx, messageId);
    stateAfter(file, kind);
    const now = context.clock();
    const isOpen = await askByHand(tx, { file_id: file.id, kind, reason, asked_by: context.actor, now });
    if (!isOpen) {
      throw new RemitError("STORE_CONFLICT", {
        where: `file ${messageId}`,
        found: "a request that nobody has confirmed or dropped",
        expected: "one request at a time",
      });
    }
    await audit(tx, context, "asked", asked, reason);
    return { messageId, kind, reason, state: file.state as TransferFileState, askedBy: context.actor };
  });
}

/** The second person confirms, and it is done. APPROVAL_REFUSED for the first person; otherwise as `askForFile`. */
export async function confirmForFile(context: Context, { messageId, kind }: ByHandRequest): Promise<ByHandOutcome> {
  return context.store.write(async (tx) => {
    const file = await fileOrThrow(tx, messageId);
    const request = await requestOrThrow(tx, file, kind);
    if (context.actor.trim() === "" || isSamePerson(context.actor, request.asked_by)) {
      throw new RemitError("APPROVAL_REFUSED", {
        where: `file ${messageId}, ${kind}`,
        found: `${context.actor}, who asked for it`,
        expected: "a second person",
      });
    }
    const now = context.clock();
    const state = stateAfter(file, kind);
    await moveByHand(tx, { fileId: file.id, event: EVENT_OF[kind], to: state, now });
    await endRequest(tx, request.id, now, context.actor);
    if (kind === "WITHDRAW") await giveBack(tx, file, "file withdrawn", now);
    else await bankHasIt(tx, context, file, kind);
    await resolveExceptions(tx, matters(messageId), `${kind} by ${request.asked_by} and ${context.actor}`, now);
    await audit(tx, context, "confirmed", { messageId, kind }, `asked by ${request.asked_by}: ${request.reason}`);
    const { reason, asked_by: askedBy } = request;
    return { messageId, kind, reason, state, askedBy, confirmedBy: context.actor };
  });
}

/** Either person, or a third one, takes the request back: nothing is done. */
export async function dropRequest(context: Context, { messageId, kind }: ByHandRequest): Promise<ByHandOutcome> {
  return context.store.write(async (tx) => {
    const file = await fileOrThrow(tx, messageId);
    const request = await requestOrThrow(tx, file, kind);
    await endRequest(tx, request.id, context.clock());
    await audit(tx, context, "dropped", { messageId, kind }, `asked by ${request.asked_by}: ${request.reason}`);
    const { reason, asked_by: askedBy } = request;
    return { messageId, kind, reason, state: file.state as TransferFileState, askedBy };
  });
}

function stateAfter({ message_id, state }: File, kind: ByHandKind): TransferFileState {
  return transition(TRANSFER_FILE_LIFECYCLE, `file ${message_id}`, state as TransferFileState, EVENT_OF[kind]);
}

async function requestOrThrow(tx: Transaction, file: File, kind: ByHandKind) {
  const request = await openRequest(tx.db, file.id);
  if (request?.kind === kind) return request;
  throw new RemitError("NOT_FOUND", {
    where: `file ${file.message_id}`,
    found: request === undefined ? "no open request" : `a request to ${request.kind}`,
    expected: `an open request to ${kind}`,
  });
}

/** Transfers that were not told as sent yet are sent now; the bank's answers are expected as for any file. */
async function bankHasIt(tx: Transaction, context: Context, file: File, kind: ByHandKind): Promise<void> {
  const now = context.clock();
  const inFile = (await transfersOfFile(tx.db, file.id)).filter(({ state }) => state === "IN_FILE");
  if (kind === "SENT_BY_HAND" || inFile.length > 0) {
    await markSent(tx, file.id, now, answerDeadline(context.profile(file.bank_profile), now));
  }
  await moveTransfers(
    tx,
    inFile.map(({ id }) => id),
    "send",
    "SENT",
    now,
  );
  await recordStatusChanges(
    tx,
    file.marketplace_id,
    inFile.map(({ end_to_end_id }) => ({
      kind: "transfer",
      ref: end_to_end_id,
      status: "SENT",
      detail: file.message_id,
    })),
    now,
  );
}

function audit(tx: Transaction, context: Context, step: string, { messageId, kind }: ByHandRequest, detail: string) {
  const action = `file.${kind.toLowerCase().replaceAll("_", "-")}.${step}`;
  return recordAudit(tx, { actor: context.actor, action, subject: messageId, detail, now: context.clock() });
}
