/** How a hand-over ends: sent, in doubt, or stopped until a person decides. */
import { RemitError } from "../domain/errors.ts";
import { type BankChannel, remotePath } from "../exchange/bank-channel.ts";
import { step } from "../exchange/fail-point.ts";
import { openExceptions } from "../store/exceptions.ts";
import { type FileUnderWay, markSent, moveFile } from "../store/hand-off.ts";
import { recordStatusChanges } from "../store/status-changes.ts";
import { transfersOfFile } from "../store/transfer-files.ts";
import { moveTransfers } from "../store/transfers.ts";
import { answerDeadline } from "./answer-deadline.ts";
import { matterOf } from "./file-matters.ts";
import type { ClaimedWork } from "./hand-over-step.ts";

export type HandedOver = "sent" | "unconfirmed";

/** `doubt`: the bank probably has it, and nobody can tell; it is told as sent and never sent again by itself. */
export async function finish(work: ClaimedWork, channel: BankChannel, event: "send" | "doubt"): Promise<HandedOver> {
  const { context, file, profile, claim } = work;
  if (event === "send") await writeMarker(work, channel);
  await context.at("sent.commit.before");
  const now = context.clock();
  await context.store.write(async (tx) => {
    await moveFile(tx, file, claim.fence, event, event === "send" ? "SENT" : "UPLOAD_UNKNOWN", now);
    await markSent(tx, file.id, now, answerDeadline(profile, now));
    const transfers = await transfersOfFile(tx.db, file.id);
    await moveTransfers(
      tx,
      transfers.map(({ id }) => id),
      "send",
      "SENT",
      now,
    );
    await recordStatusChanges(
      tx,
      file.marketplaceId,
      transfers.map(({ end_to_end_id }) => ({
        kind: "transfer",
        ref: end_to_end_id,
        status: "SENT",
        detail: file.messageId,
      })),
      now,
    );
    if (event === "doubt") await openExceptions(tx, [unknownException(file)], file.businessDate, now);
  });
  await context.at("sent.commit.after");
  context.log.info({ messageId: file.messageId, outcome: event }, "file handed over");
  return event === "send" ? "sent" : "unconfirmed";
}

function unknownException(file: FileUnderWay) {
  return {
    identity: matterOf("upload-unknown", file.messageId),
    marketplaceId: file.marketplaceId,
    reason: "UPLOAD_UNKNOWN",
    subjectKind: "transfer-file" as const,
    subjectRef: file.messageId,
    says: "it was offered to the bank and is not seen there: the bank has probably collected it; it is never sent again by itself",
    owner: "operations" as const,
  };
}

/** Nothing is sent until a person has put the bank's folder in order. @throws BANK_TARGET_EXISTS always */
export async function stop({ context, file }: ClaimedWork, what: string): Promise<never> {
  const exception = {
    identity: matterOf("hand-off-stopped", file.messageId),
    marketplaceId: file.marketplaceId,
    reason: "HAND_OFF_STOPPED",
    subjectKind: "transfer-file" as const,
    subjectRef: file.messageId,
    says: `the bank's folder holds ${what}: a person decides, nothing is sent`,
    owner: "operations" as const,
  };
  await context.store.write((tx) => openExceptions(tx, [exception], file.businessDate, context.clock()));
  throw new RemitError("BANK_TARGET_EXISTS", {
    where: file.remoteName,
    found: what,
    expected: "our file once, or no file",
  });
}

/** An empty file beside ours, for banks that wait for it; writing it twice is harmless. */
async function writeMarker({ context, file, profile: { exchange } }: ClaimedWork, channel: BankChannel): Promise<void> {
  const { marker, folders } = exchange;
  if (marker === undefined) return;
  const path = remotePath(folders.outbound, file.remoteName + marker.suffix);
  await step(context.at, "marker", async () => {
    if ((await channel.stat(path)) !== undefined) return;
    const writer = await channel.create(path);
    await writer.close();
  });
}
