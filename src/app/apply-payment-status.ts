/** Applies a pain.002 to the transfers of the file it answers: forward only, in any order, a late rejection included. */
import {
  applyStatus,
  type KnownFile,
  meaningOfPain002,
  type TransferReport,
} from "../bankfiles/meaning/payment-status.ts";
import { STANDING_ALARMS, type StandingStep, type TransferStanding } from "../bankfiles/meaning/transfer-standing.ts";
import type { Pain002Document } from "../bankfiles/read/document.ts";
import type { Finding } from "../domain/finding.ts";
import { TRANSFER_LIFECYCLE, type TransferState } from "../domain/transfer.ts";
import { type NewException, openExceptions, resolveExceptions } from "../store/exceptions.ts";
import { type AnsweredFile, answeredFile, refreshFile, wasHandedOver } from "../store/file-answers.ts";
import { postToJournal } from "../store/journal.ts";
import { allMarketplaces } from "../store/marketplaces.ts";
import { recordStatusChanges } from "../store/status-changes.ts";
import type { Transaction } from "../store/store.ts";
import { type AnsweredTransfer, changeStandings } from "../store/transfer-standings.ts";
import { reissueTransfers } from "./reissue-transfers.ts";

export interface Applied {
  /** `quarantine`: the file is kept and shown, and nothing was done; `later`: it comes too early and is looked at again. */
  readonly kind: "applied" | "quarantine" | "later";
  readonly findings: readonly Finding[];
  readonly counts: Readonly<Record<string, number>>;
}

export interface Applying {
  readonly bank: string;
  readonly businessDate: string;
  readonly now: Date;
}

export async function applyPaymentStatus(
  tx: Transaction,
  document: Pain002Document,
  applying: Applying,
): Promise<Applied> {
  const messageId = document.original.messageId?.trim() ?? "";
  const file = await answeredFile(tx.db, applying.bank, messageId);
  const handedOver = file === undefined ? "no" : wasHandedOver(file.state);
  if (handedOver === "perhaps") return { kind: "later", findings: [], counts: {} };
  const meaning = meaningOfPain002(document, (id) =>
    file !== undefined && handedOver === "yes" && id === file.messageId ? knownFile(file) : undefined,
  );
  if (meaning.outcome === "UNKNOWN_FILE") {
    return { kind: "quarantine", findings: [...meaning.findings, unknownFile(messageId)], counts: {} };
  }
  if (file === undefined) return { kind: "applied", findings: meaning.findings, counts: { protocol: 1 } };
  const moved = moves(file, meaning.statuses);
  await applyMoves(tx, file, moved, applying);
  const alarms = [...alarmsOf(file, moved), ...duplicateAlarm(file, meaning.outcome)];
  await openExceptions(tx, alarms, applying.businessDate, applying.now);
  const answered = meaning.outcome !== "PROTOCOL" && meaning.outcome !== "NOTHING_SAID";
  await refreshFile(tx, file.id, answered, applying.now);
  if (answered) {
    const heard = [`never-heard-back/${file.messageId}`, `upload-unknown/${file.messageId}`];
    await resolveExceptions(tx, heard, `the bank answered: ${meaning.outcome}`, applying.now);
  }
  const count = (to: TransferState): number => moved.filter((move) => move.to === to && move.from !== to).length;
  const isNews = moved.length > 0 || !answered || alarms.length > 0;
  return {
    kind: "applied",
    findings: isNews ? meaning.findings : [...meaning.findings, noEffect(document, file)],
    counts: { accepted: count("ACCEPTED"), rejected: count("REJECTED"), alarms: alarms.length },
  };
}

function knownFile({ messageId, transfers }: AnsweredFile): KnownFile {
  return {
    messageId,
    transfers: transfers.map(({ endToEndId, paymentInformationId, amount, currency }) => ({
      endToEndId,
      instructionId: endToEndId,
      paymentInformationId,
      amountMinor: amount,
      currency,
    })),
  };
}

function unknownFile(messageId: string): Finding {
  return {
    code: "FILE_UNKNOWN",
    where: "OrgnlGrpInfAndSts/OrgnlMsgId",
    found: messageId.slice(0, 40) || "nothing",
    expected: "the MsgId of a file that was handed to this bank",
  };
}

function noEffect({ messageId = "" }: Pain002Document, file: AnsweredFile): Finding {
  const found = "nothing that is new: told before, or older than what is known";
  return {
    code: "NO_EFFECT",
    where: `report ${messageId} on ${file.messageId}`,
    found,
    expected: "news of a transfer",
  };
}

interface Move {
  readonly transfer: AnsweredTransfer;
  readonly from: TransferState;
  readonly to: TransferState;
  readonly step: StandingStep;
  readonly reasonCode?: string;
}

function moves(file: AnsweredFile, reports: readonly TransferReport[]): readonly Move[] {
  const byId = new Map(file.transfers.map((transfer) => [transfer.endToEndId, transfer]));
  return reports.flatMap((report): Move[] => {
    const transfer = byId.get(report.endToEndId);
    if (transfer === undefined) return [];
    const before = transfer.standing === null ? undefined : (JSON.parse(transfer.standing) as TransferStanding);
    const step = applyStatus(before, report);
    if (step.move === "ignore") return [];
    const { reason } = step.standing;
    const to = stateAfter(transfer.state, step.standing);
    return [
      { transfer, from: transfer.state, to, step, ...(reason?.code === undefined ? {} : { reasonCode: reason.code }) },
    ];
  });
}

/** The lifecycle decides: an answer that has no cell in the present state changes the standing and nothing else. */
function stateAfter(state: TransferState, standing: TransferStanding): TransferState {
  const cells: Readonly<Partial<Record<string, TransferState>>> = TRANSFER_LIFECYCLE[state];
  switch (standing.kind) {
    case "accepted":
    case "settled":
      return cells.accept ?? state;
    case "rejected":
    case "cancelled":
      return cells.reject ?? state;
    case "none":
    case "pending":
    case "booked":
    case "returned":
      return state;
    default:
      return standing.kind satisfies never;
  }
}

async function applyMoves(
  tx: Transaction,
  file: AnsweredFile,
  moved: readonly Move[],
  applying: Applying,
): Promise<void> {
  const { businessDate, now } = applying;
  const marketplace = (await allMarketplaces(tx.db)).find(({ id }) => id === file.marketplaceId);
  if (marketplace === undefined) throw new Error(`file ${file.messageId} of no marketplace`);
  await changeStandings(
    tx,
    moved.map(({ transfer, from, to, step, reasonCode }) => ({
      id: transfer.id,
      from,
      to,
      bankStatus: step.standing.isoStatus,
      standing: JSON.stringify(step.standing),
      ...(reasonCode === undefined ? {} : { reasonCode }),
    })),
    now,
  );
  const changed = moved.filter(({ from, to }) => from !== to);
  await recordStatusChanges(
    tx,
    marketplace.id,
    changed.map(({ transfer, to, reasonCode }) => ({
      kind: "transfer",
      ref: transfer.endToEndId,
      status: to,
      ...(reasonCode === undefined ? {} : { detail: reasonCode }),
    })),
    now,
  );
  const rejected = changed.filter(({ to }) => to === "REJECTED");
  await postToJournal(
    tx,
    { marketplaceId: marketplace.id, operatorId: marketplace.operatorId, businessDate },
    rejected.map(({ transfer: { id, sellerId, amount, currency } }) => ({
      movement: "REJECTED",
      sellerId,
      amount,
      currency,
      cause: { kind: "TRANSFER", id },
    })),
  );
  await reissueTransfers(
    tx,
    { marketplace, businessDate, now },
    rejected.map(({ transfer, reasonCode }) => ({ ...transfer, ...(reasonCode === undefined ? {} : { reasonCode }) })),
    "BANK_REJECTED",
  );
}

function alarmsOf(file: AnsweredFile, moved: readonly Move[]): readonly NewException[] {
  return moved.flatMap(({ transfer, step }): NewException[] => {
    const { alarm } = step.standing;
    if (step.move !== "alarm" || alarm === undefined) return [];
    return [
      {
        identity: `standing/${alarm}/${transfer.endToEndId}`,
        marketplaceId: file.marketplaceId,
        reason: alarm,
        subjectKind: "transfer",
        subjectRef: transfer.endToEndId,
        says: STANDING_ALARMS[alarm],
        amount: transfer.amount,
        currency: transfer.currency,
        owner: "finance",
      },
    ];
  });
}

function duplicateAlarm(file: AnsweredFile, outcome: string): readonly NewException[] {
  if (outcome !== "DUPLICATE_REFUSED") return [];
  return [
    {
      identity: `duplicate-refused/${file.messageId}`,
      marketplaceId: file.marketplaceId,
      reason: "DUPLICATE_REFUSED",
      subjectKind: "transfer-file",
      subjectRef: file.messageId,
      says: "the bank refused a copy of this file as a duplicate: the first one stands, nothing was undone",
      owner: "operations",
    },
  ];
}
