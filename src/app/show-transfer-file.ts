/** Shows one transfer file: what the person who approves it must see, and how far it got. */
import { RemitError } from "../domain/errors.ts";
import { formatMinor } from "../domain/money.ts";
import { requestsOfFile } from "../store/file-requests.ts";
import { transferFileByMessageId, transferStatesOfFile } from "../store/listings/transfer-files.ts";
import { type FileViewer, summaryOfFile } from "./list-transfer-files.ts";

/** By its message id; NOT_FOUND when there is none. */
export async function showTransferFile(context: FileViewer, messageId: string) {
  const { db } = context.store;
  const row = await transferFileByMessageId(db, messageId);
  if (row === undefined) {
    throw new RemitError("NOT_FOUND", {
      where: "transfer file",
      found: messageId,
      expected: "a message id of this store",
    });
  }
  const states = await transferStatesOfFile(db, row.id);
  const requests = await requestsOfFile(db, row.id);
  return {
    ...summaryOfFile(context, row),
    profile: row.bank_profile,
    remoteName: row.remote_name,
    madeAt: row.made_at,
    decidedAt: row.decided_at,
    decisionReason: row.decision_reason,
    sentAt: row.sent_at,
    answerBy: row.answer_by,
    answeredAt: row.answered_at,
    bankStatus: row.bank_status,
    transferStates: states.map(({ state, count, sum }) => ({
      state,
      count: Number(count),
      sum: formatMinor(BigInt(sum), row.currency),
    })),
    byHand: requests.map((request) => ({
      kind: request.kind,
      state: request.state,
      askedBy: request.asked_by,
      reason: request.reason,
      confirmedBy: request.confirmed_by,
    })),
  };
}
