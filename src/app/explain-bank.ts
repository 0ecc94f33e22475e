/** The part of the chain after a transfer: the line of the frozen file, what the bank said of it, and the statement's entry. */
import { type ExplainedTransfer, entriesOfTransfer, fileWithBytes } from "../store/explain.ts";
import type { Queries } from "../store/store.ts";
import { type Explained, step, sum } from "./explain.ts";
import { factOf } from "./fact-text.ts";

export async function explainBankSide(db: Queries, transfer: ExplainedTransfer): Promise<readonly Explained[]> {
  return [
    ...(transfer.file_id === null ? [] : [await fileStep(db, transfer.file_id, transfer)]),
    ...(transfer.bank_status === null ? [] : [statusStep(transfer)]),
    ...(await statementSteps(db, transfer)),
  ];
}

async function fileStep(db: Queries, fileId: bigint, transfer: ExplainedTransfer): Promise<Explained> {
  const file = await fileWithBytes(db, fileId);
  const place = placeInFile(file.bytes, transfer.end_to_end_id);
  return step("file", file.message_id, {
    remoteName: file.remote_name,
    line: place?.line ?? "not in the bytes",
    transfer: place === undefined ? undefined : `${place.ordinal} of ${file.transfer_count}`,
    paymentInformationId: transfer.payment_information_id,
    state: file.state,
    sum: sum(file.transfer_sum, file.currency),
    madeBy: file.made_by,
    decidedBy: file.decided_by,
    sentAt: file.sent_at,
    sha256: file.sha256,
  });
}

/** 1-based line of the EndToEndId in the frozen bytes, and the how-manieth transfer of the file it is. */
export function placeInFile(bytes: Uint8Array, endToEndId: string): { line: number; ordinal: number } | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = text.indexOf(`<EndToEndId>${endToEndId}</EndToEndId>`);
  return at === -1 ? undefined : { line: 1 + count(text, "\n", at), ordinal: count(text, "<CdtTrfTxInf>", at) };
}

function count(text: Buffer, what: string, until: number): number {
  let found = 0;
  for (let at = text.indexOf(what); at !== -1 && at < until; at = text.indexOf(what, at + 1)) found += 1;
  return found;
}

function statusStep({ bank_status, reason_code, executed_on }: ExplainedTransfer): Explained {
  return step("bank-status", bank_status ?? "", { reason: reason_code, executedOn: executed_on });
}

async function statementSteps(db: Queries, transfer: ExplainedTransfer): Promise<readonly Explained[]> {
  const entries = await entriesOfTransfer(db, transfer.id);
  return entries.map((entry) => {
    const { servicerReference, reference } = factOf(entry.fact);
    return step("statement-entry", servicerReference ?? reference ?? "without a reference", {
      effect: entry.kind,
      amount: sum(entry.amount, entry.currency),
      entry: `${entry.direction} ${sum(entry.entry_amount, entry.currency)}`,
      bookedOn: entry.booking_date,
      matchedBy: entry.rule,
      matchedOn: entry.matched_on,
      statement: entry.statement_ref,
      kind: entry.statement_kind,
      file: entry.remote_name,
    });
  });
}
