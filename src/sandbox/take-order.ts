/** Takes one claimed file into the bank's state: read, judged, remembered, answered. */
import { createHash } from "node:crypto";
import type { ClaimedFile } from "./bank-folders.ts";
import { answerEffects, transferEffect } from "./bank-rule.ts";
import type { BankState, BankTransfer, ReceivedFile } from "./bank-state.ts";
import { addDays } from "./day-close.ts";
import {
  factsOfOrder,
  type JudgedOrder,
  type JudgedPayment,
  type JudgedTransfer,
  judgeOrder,
} from "./examine-order.ts";
import { ibanChecks } from "./iban-check.ts";
import { outgoingCopies } from "./outgoing-copies.ts";
import { type OrderMessage, readOrder, type UnreadableOrder } from "./pain001-reader.ts";
import { acknowledgement, orderReport, type ReportHeader, unreadableReport } from "./status-report.ts";

export interface TakingSetting {
  readonly now: Date;
  /** True: debtor accounts are opened when a file first names them. */
  readonly opensAccounts: boolean;
}

/** Changes the state by one file; the answer is put into `state.outgoing`. */
export function takeOrder(state: BankState, file: ClaimedFile, bytes: Buffer, setting: TakingSetting): ReceivedFile {
  const reading = readOrder(bytes);
  const outcome =
    reading.kind === "order"
      ? takeReadable(state, reading.message, setting)
      : takeUnreadable(state, reading.unreadable, setting);
  const received: ReceivedFile = {
    ...file,
    sha256: createHash("sha256").update(bytes).digest("hex"),
    bytes: bytes.byteLength,
    receivedAt: setting.now.toISOString(),
    ...outcome,
  };
  state.files.push(received);
  return received;
}

type Outcome = Pick<ReceivedFile, "messageId" | "readable" | "status" | "code">;

function takeUnreadable(state: BankState, { fault, messageId }: UnreadableOrder, { now }: TakingSetting): Outcome {
  const { name, header } = nextAnswer(state, now);
  state.outgoing.push(...outgoingCopies(name, unreadableReport(header, messageId, fault), []));
  return { ...(messageId === undefined ? {} : { messageId }), readable: false, status: "RJCT", code: "FF01" };
}

function takeReadable(state: BankState, message: OrderMessage, setting: TakingSetting): Outcome {
  if (setting.opensAccounts) openAccounts(state, message);
  const firstSerial = state.received + 1;
  const effects = answerEffects(state.rules, factsOfOrder(message, firstSerial));
  const refusal = effects.find((effect) => effect.kind === "reject-file");
  const judged = judgeOrder(message, {
    today: setting.now.toISOString().slice(0, 10),
    isKnownMessage: (id) => state.files.some(({ messageId, readable }) => readable && messageId === id),
    isOwnAccount: (iban) => state.accounts.some((account) => account.iban === iban),
    firstSerial,
    effectOn: (facts) => (refusal === undefined ? transferEffect(state.rules, facts) : undefined),
  });
  const order: JudgedOrder =
    refusal === undefined || judged.reason !== undefined
      ? judged
      : { message, status: "RJCT", reason: { code: refusal.code, info: refusal.info ?? "" }, payments: [] };
  remember(state, order, setting.now);
  if (order.reason === undefined && effects.some(({ kind }) => kind === "acknowledge-first")) {
    const first = nextAnswer(state, setting.now);
    state.outgoing.push(...outgoingCopies(first.name, acknowledgement(first.header, message), []));
  }
  const { name, header } = nextAnswer(state, setting.now);
  state.outgoing.push(...outgoingCopies(name, orderReport(header, order), effects));
  return {
    messageId: message.messageId,
    readable: true,
    status: order.status,
    ...(order.reason === undefined ? {} : { code: order.reason.code }),
  };
}

/** Number, name and header of the next pain.002. The number makes the message id unique for ever. */
export function nextAnswer(state: BankState, now: Date): { name: string; header: ReportHeader } {
  state.answers += 1;
  const number = String(state.answers).padStart(6, "0");
  const createdAt = now.toISOString();
  const day = createdAt.slice(0, 10).replaceAll("-", "");
  return { name: `pain002-${day}-${number}.xml`, header: { messageId: `SBXSTS-${number}`, createdAt } };
}

function openAccounts(state: BankState, message: OrderMessage): void {
  for (const { debtorIban, debtorName } of message.payments) {
    if (!ibanChecks(debtorIban) || state.accounts.some(({ iban }) => iban === debtorIban)) continue;
    state.accounts.push({
      iban: debtorIban,
      name: debtorName,
      currency: "EUR",
      balanceMinor: "0",
      statementNumber: 0,
    });
  }
}

function remember(state: BankState, order: JudgedOrder, now: Date): void {
  const today = now.toISOString().slice(0, 10);
  for (const payment of order.payments) {
    state.received += payment.transfers.length;
    for (const transfer of payment.transfers) {
      state.transfers.push(remembered(order.message, payment, transfer, today));
    }
  }
}

function remembered(
  message: OrderMessage,
  payment: JudgedPayment,
  { ordered, serial, amountMinor, status, reason, effect }: JudgedTransfer,
  today: string,
): BankTransfer {
  const executionDate = payment.ordered.executionDate < today ? today : payment.ordered.executionDate;
  return {
    serial,
    messageId: message.messageId,
    paymentId: payment.ordered.id,
    // German banks read an absent BtchBookg as true; so does this one.
    batchBooking: payment.ordered.batchBooking ?? true,
    ...(ordered.instructionId === undefined ? {} : { instructionId: ordered.instructionId }),
    endToEndId: ordered.endToEndId,
    amountMinor: String(amountMinor),
    currency: ordered.currency,
    debtorIban: payment.ordered.debtorIban,
    debtorName: payment.ordered.debtorName,
    creditorIban: ordered.creditorIban,
    creditorName: ordered.creditorName,
    ...(ordered.remittance === undefined ? {} : { remittance: ordered.remittance }),
    executionDate,
    instant: ordered.instant,
    ...planned(effect, executionDate),
    progress: status === "RJCT" ? "REJECTED" : "ACCEPTED",
    ...(reason === undefined ? {} : { rejectedFor: reason.code }),
  };
}

function planned(
  effect: JudgedTransfer["effect"],
  executionDate: string,
): Pick<BankTransfer, "lateReject" | "giveBack"> {
  if (effect === undefined || effect.kind === "reject") return {};
  const info = effect.info === undefined ? {} : { info: effect.info };
  if (effect.kind === "late-reject") {
    const { code, afterDays = 0, thoughBooked = false } = effect;
    return { lateReject: { on: addDays(executionDate, afterDays), code, thoughBooked, ...info } };
  }
  const { code, chargesMinor = "0", afterDays = 1 } = effect;
  return { giveBack: { afterDays, code, chargesMinor, ...info } };
}
