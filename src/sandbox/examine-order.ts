/** How the sandbox bank judges an order file: its own counts and sums, its own checks, then the rules it was given. */
import type { TransferEffect, TransferFacts } from "./bank-rule.ts";
import { centsOf } from "./cents.ts";
import { ibanChecks, maskIban } from "./iban-check.ts";
import type { OrderedPayment, OrderedTransfer, OrderMessage } from "./pain001-reader.ts";

export interface Reason {
  readonly code: string;
  readonly info?: string;
}

export interface JudgedTransfer {
  readonly ordered: OrderedTransfer;
  readonly amountMinor: bigint;
  readonly serial: number;
  readonly status: "ACCP" | "ACSP" | "RJCT";
  readonly reason?: Reason;
  readonly effect?: TransferEffect;
}

export interface JudgedPayment {
  readonly ordered: OrderedPayment;
  readonly status: "ACCP" | "PART" | "RJCT";
  /** Set when the payment is refused as a whole. */
  readonly reason?: Reason;
  readonly transfers: readonly JudgedTransfer[];
}

export interface JudgedOrder {
  readonly message: OrderMessage;
  readonly status: "ACCP" | "PART" | "RJCT";
  /** Set when the file is refused as a whole. */
  readonly reason?: Reason;
  readonly payments: readonly JudgedPayment[];
}

export interface JudgeSetting {
  /** Today at the bank, YYYY-MM-DD. */
  readonly today: string;
  readonly isKnownMessage: (messageId: string) => boolean;
  readonly isOwnAccount: (iban: string) => boolean;
  /** Serial of the first transfer of this file among all the bank has received. */
  readonly firstSerial: number;
  readonly effectOn: (facts: TransferFacts) => TransferEffect | undefined;
}

const MAX_DAYS_AHEAD = 366;
/** EPC131-08: one SEPA credit transfer is at most 999 999 999.99 euro. */
const MAX_CENTS = 99_999_999_999n;

/** Judges a whole file. A reason at the top means nothing below it will be executed. */
export function judgeOrder(message: OrderMessage, setting: JudgeSetting): JudgedOrder {
  const reason = wholeFileFault(message, setting);
  if (reason !== undefined) return { message, status: "RJCT", reason, payments: [] };
  let serial = setting.firstSerial;
  let position = 1;
  const payments = message.payments.map((payment) => {
    const judged = judgePayment(message, payment, { serial, position }, setting);
    serial += payment.transfers.length;
    position += payment.transfers.length;
    return judged;
  });
  return { message, status: together(payments.map((payment) => payment.status)), payments };
}

/** Facts of every transfer for the rules, in the order of the file. */
export function factsOfOrder(message: OrderMessage, firstSerial: number): TransferFacts[] {
  return message.payments
    .flatMap((payment) => payment.transfers)
    .map((transfer, index) => factsOf(message, transfer, index + 1, firstSerial + index));
}

function factsOf(message: OrderMessage, transfer: OrderedTransfer, position: number, serial: number): TransferFacts {
  return {
    endToEndId: transfer.endToEndId,
    creditorIban: transfer.creditorIban,
    creditorName: transfer.creditorName,
    messageId: message.messageId,
    amountMinor: String(centsOf(transfer.amount) ?? ""),
    position,
    serial,
  };
}

function wholeFileFault(message: OrderMessage, setting: JudgeSetting): Reason | undefined {
  if (setting.isKnownMessage(message.messageId)) {
    return { code: "DU01", info: `MsgId ${message.messageId} was received before` };
  }
  const transfers = message.payments.flatMap((payment) => payment.transfers);
  const fault = countFault(message.count, message.controlSum, transfers);
  if (fault !== undefined) return fault;
  const ids = message.payments.map((payment) => payment.id);
  return new Set(ids).size === ids.length ? undefined : { code: "DU02", info: "a PmtInfId occurs twice" };
}

function countFault(
  count: string | undefined,
  sum: string | undefined,
  transfers: readonly OrderedTransfer[],
): Reason | undefined {
  if (count !== undefined && count !== String(transfers.length)) {
    return { code: "AM18", info: `NbOfTxs says ${count}, counted ${transfers.length}` };
  }
  if (sum === undefined) return undefined;
  const amounts = transfers.map((transfer) => centsOf(transfer.amount));
  const total = amounts.reduce<bigint>((all, one) => all + (one ?? 0n), 0n);
  if (amounts.includes(undefined) || centsOf(sum) !== total) {
    return { code: "AM10", info: "CtrlSum is not the sum of the amounts" };
  }
  return undefined;
}

function judgePayment(
  message: OrderMessage,
  payment: OrderedPayment,
  start: { readonly serial: number; readonly position: number },
  setting: JudgeSetting,
): JudgedPayment {
  const reason = paymentFault(payment, setting);
  const transfers = payment.transfers.map((transfer, index) => {
    const facts = factsOf(message, transfer, start.position + index, start.serial + index);
    return reason === undefined
      ? judgeTransfer(transfer, facts, setting)
      : rejected(transfer, start.serial + index, reason);
  });
  if (reason !== undefined) return { ordered: payment, status: "RJCT", reason, transfers };
  return { ordered: payment, status: together(transfers.map(({ status }) => status)), transfers };
}

function paymentFault(payment: OrderedPayment, setting: JudgeSetting): Reason | undefined {
  if (!setting.isOwnAccount(payment.debtorIban)) {
    return { code: "AC02", info: `${maskIban(payment.debtorIban)} is no account of this bank` };
  }
  // A past date is moved to today, as most banks do; one far ahead is refused.
  const ahead = (Date.parse(payment.executionDate) - Date.parse(setting.today)) / 86_400_000;
  if (ahead > MAX_DAYS_AHEAD) return { code: "DT01", info: `execution date ${payment.executionDate} is too far ahead` };
  return countFault(payment.count, payment.controlSum, payment.transfers);
}

function judgeTransfer(ordered: OrderedTransfer, facts: TransferFacts, setting: JudgeSetting): JudgedTransfer {
  const fault = transferFault(ordered);
  if (fault !== undefined) return rejected(ordered, facts.serial, fault);
  const amountMinor = centsOf(ordered.amount) ?? 0n;
  const effect = setting.effectOn(facts);
  const base = { ordered, amountMinor, serial: facts.serial };
  if (effect === undefined) return { ...base, status: "ACCP" };
  if (effect.kind === "reject") return { ...base, status: "RJCT", reason: reasonOf(effect), effect };
  return { ...base, status: effect.kind === "late-reject" ? "ACSP" : "ACCP", effect };
}

function rejected(ordered: OrderedTransfer, serial: number, reason: Reason): JudgedTransfer {
  return { ordered, amountMinor: centsOf(ordered.amount) ?? 0n, serial, status: "RJCT", reason };
}

function transferFault({ amount, currency, creditorIban, creditorName }: OrderedTransfer): Reason | undefined {
  const cents = centsOf(amount);
  if (currency !== "EUR") return { code: "AM03", info: `currency ${currency}` };
  if (cents === undefined || cents === 0n) return { code: "AM01", info: `amount ${amount}` };
  if (cents > MAX_CENTS) return { code: "AM02", info: `amount ${amount}` };
  if (!ibanChecks(creditorIban)) return { code: "AC01", info: `account ${maskIban(creditorIban)}` };
  if (creditorName === "") return { code: "BE04", info: "the creditor has no name" };
  return undefined;
}

function reasonOf(effect: { readonly code: string; readonly info?: string }): Reason {
  return effect.info === undefined ? { code: effect.code } : { code: effect.code, info: effect.info };
}

function together(statuses: readonly string[]): "ACCP" | "PART" | "RJCT" {
  if (statuses.every((status) => status === "RJCT")) return "RJCT";
  return statuses.some((status) => status === "RJCT" || status === "PART") ? "PART" : "ACCP";
}
