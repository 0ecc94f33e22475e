/** Finance's decision on a transfer file: approval by four eyes, or refusal, which gives its transfers back. */
import { RemitError } from "../domain/errors.ts";
import { transition } from "../domain/lifecycle.ts";
import { TRANSFER_FILE_LIFECYCLE, type TransferFileState } from "../domain/transfer-file.ts";
import { recordAudit } from "../store/audit-log.ts";
import { resolveExceptions } from "../store/exceptions.ts";
import type { Transaction } from "../store/store.ts";
import { decideFile, transferFile } from "../store/transfer-files.ts";
import type { Context } from "./context.ts";
import { bankInstant, type FileCutoff, fileCutoff } from "./file-cutoff.ts";
import { matterOf } from "./file-matters.ts";
import { giveBack } from "./give-back.ts";

export interface Decision {
  readonly messageId: string;
  readonly sha256: string;
  readonly state: TransferFileState;
  readonly decidedBy: string;
  /** Of an approved file: when it goes, and when the bank can execute it. */
  readonly cutoff?: FileCutoff;
}

/**
 * Approves a file. The maker cannot (APPROVAL_REFUSED); the approval names the SHA-256 of the frozen bytes, and when the
 * caller says which hash he saw, another one is refused as well. Approved after a cutoff it goes in the next window. When
 * that is too late for the date in its bytes, its bank either executes it later, or (`pastDate: refuse`) would reject it:
 * then it is CUTOFF_MISSED, and a refusal lets its transfers go in a new file with a new date.
 */
export async function approveFile(
  context: Context,
  { messageId, sha256 }: { readonly messageId: string; readonly sha256?: string },
): Promise<Decision> {
  return context.store.write((tx) => decide(tx, context, messageId, "approve", sha256));
}

export async function refuseFile(
  context: Context,
  { messageId, reason }: { readonly messageId: string; readonly reason: string },
): Promise<Decision> {
  return context.store.write(async (tx) => {
    const decision = await decide(tx, context, messageId, "refuse", undefined, reason);
    await giveBack(tx, await fileOrThrow(tx, messageId), "file refused", context.clock());
    return decision;
  });
}

async function decide(
  tx: Transaction,
  context: Context,
  messageId: string,
  event: "approve" | "refuse",
  seenSha256?: string,
  reason?: string,
): Promise<Decision> {
  const now = context.clock();
  const file = await fileOrThrow(tx, messageId);
  const subject = `file ${messageId}`;
  const to = transition(TRANSFER_FILE_LIFECYCLE, subject, file.state as TransferFileState, event);
  if (event === "approve") assertMayApprove(subject, context.actor, file.made_by);
  const cutoff = event === "approve" ? cutoffOrThrow(context, file) : undefined;
  if (seenSha256 !== undefined && seenSha256 !== file.sha256) {
    throw new RemitError("APPROVAL_REFUSED", { where: `${subject}, sha256`, found: seenSha256, expected: file.sha256 });
  }
  const decided = await decideFile(tx, {
    fileId: file.id,
    sha256: file.sha256,
    from: ["AWAITING_APPROVAL"],
    to,
    by: context.actor,
    now,
    ...(reason === undefined ? {} : { reason }),
  });
  if (!decided)
    throw new RemitError("STORE_CONFLICT", {
      where: subject,
      found: "a decision made meanwhile",
      expected: file.state,
    });
  await resolveExceptions(tx, [matterOf("cutoff-near", messageId)], `${event} by ${context.actor}`, now);
  await recordAudit(tx, {
    actor: context.actor,
    action: `file.${event}`,
    subject: messageId,
    detail: file.sha256,
    now,
  });
  const decision = { messageId, sha256: file.sha256, state: to, decidedBy: context.actor };
  return cutoff === undefined ? decision : { ...decision, cutoff };
}

function cutoffOrThrow(
  context: Context,
  file: { readonly message_id: string; readonly bank_profile: string; readonly execution_date: string },
): FileCutoff | undefined {
  const profile = context.profile(file.bank_profile);
  const cutoff = fileCutoff(profile, file.execution_date, context.clock());
  if (cutoff?.late !== true || profile.execution.pastDate === "move") return cutoff;
  throw new RemitError("CUTOFF_MISSED", {
    where: `file ${file.message_id}, execution date ${file.execution_date}`,
    found: `the bank can execute it on ${cutoff.executes} at the earliest, and rejects other dates`,
    expected: `approval before ${bankInstant(profile, cutoff.lastCutoff)}; refuse it, and its transfers go in a new file`,
  });
}

/** Identity is the person's, however he came in: by console, key or command line; capital letters make no other person. */
export function isSamePerson(one: string, other: string): boolean {
  return one.trim().toLowerCase() === other.trim().toLowerCase();
}

function assertMayApprove(subject: string, approver: string, maker: string): void {
  const same = isSamePerson(approver, maker);
  if (approver.trim() === "" || same) {
    throw new RemitError("APPROVAL_REFUSED", {
      where: `${subject}, approver`,
      found: approver.trim() === "" ? "nobody" : `${approver}, who made it`,
      expected: "a second person: the maker of a file cannot approve it",
    });
  }
}

export async function fileOrThrow(tx: Transaction, messageId: string) {
  const file = await transferFile(tx.db, messageId);
  if (file === undefined)
    throw new RemitError("NOT_FOUND", {
      where: "transfer file",
      found: messageId,
      expected: "a MsgId of `remit files list`",
    });
  return file;
}
