/** The end of day on one account of the sandbox bank: what is booked, in which entries, and what is rejected late. */
import type { BankAccount, BankState, BankTransfer, PlannedLine } from "./bank-state.ts";
import type { Statement, StatementDetail, StatementEntry } from "./statement.ts";
import type { LateRejection } from "./status-report.ts";

const SENT = ["PMNT", "ICDT", "ESCT"] as const;
const SENT_INSTANT = ["PMNT", "IRCT", "ESCT"] as const;
const RETURNED = ["PMNT", "ICDT", "RRTN"] as const;
const RECEIVED = ["PMNT", "RCDT", "ESCT"] as const;
const CHARGED = ["ACMT", "MDOP", "CHRG"] as const;

/** Rejects what a rule rejects late, as far as it is due. Marks the transfers; returns what has to be told. */
export function rejectLate(state: BankState, date: string): LateRejection[] {
  const late: LateRejection[] = [];
  for (const transfer of state.transfers) {
    const plan = transfer.lateReject;
    if (plan === undefined || transfer.lateRejectTold === true || plan.on > date) continue;
    if (transfer.progress !== (plan.thoughBooked ? "BOOKED" : "ACCEPTED")) continue;
    transfer.lateRejectTold = true;
    transfer.rejectedFor = plan.code;
    if (!plan.thoughBooked) transfer.progress = "REJECTED";
    late.push({
      messageId: transfer.messageId,
      paymentId: transfer.paymentId,
      ...(transfer.instructionId === undefined ? {} : { instructionId: transfer.instructionId }),
      endToEndId: transfer.endToEndId,
      amountMinor: BigInt(transfer.amountMinor),
      currency: transfer.currency,
      reason: plan.info === undefined ? { code: plan.code } : { code: plan.code, info: plan.info },
    });
  }
  return late;
}

/** Books everything due on one account, moves its balance, and gives the statement of the day. */
export function closeDay(
  state: BankState,
  account: BankAccount,
  day: { readonly date: string; readonly createdAt: string; readonly hidesBatchDetails: boolean },
): Statement {
  const opening = BigInt(account.balanceMinor);
  const entries = [
    ...bookTransfers(state, account, day.date, day.hidesBatchDetails),
    ...bookReturns(state, account, day.date),
    ...bookLines(state, account, day.date),
  ];
  const closing = entries.reduce(
    (sum, { direction, amountMinor }) => (direction === "CRDT" ? sum + amountMinor : sum - amountMinor),
    opening,
  );
  account.balanceMinor = String(closing);
  account.statementNumber += 1;
  account.lastClosed = day.date;
  const number = String(account.statementNumber).padStart(5, "0");
  return {
    messageId: `SBXCAMT-${account.iban.slice(-8)}-${number}`,
    statementId: `${account.iban.slice(-8)}-${day.date}-${number}`,
    createdAt: day.createdAt,
    number: account.statementNumber,
    date: day.date,
    account: { iban: account.iban, name: account.name, currency: account.currency },
    openingMinor: opening,
    closingMinor: closing,
    entries,
  };
}

function bookTransfers(state: BankState, account: BankAccount, date: string, hidesDetails: boolean): StatementEntry[] {
  const due = state.transfers.filter(
    (transfer) =>
      transfer.debtorIban === account.iban &&
      transfer.progress === "ACCEPTED" &&
      (transfer.lateReject === undefined || transfer.lateReject.thoughBooked) &&
      transfer.executionDate <= date,
  );
  const groups = new Map<string, BankTransfer[]>();
  for (const transfer of due) {
    transfer.progress = "BOOKED";
    transfer.bookedOn = date;
    const key = transfer.batchBooking
      ? JSON.stringify([transfer.messageId, transfer.paymentId])
      : String(transfer.serial);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [transfer]);
    else group.push(transfer);
  }
  return [...groups.values()].map((group) => debitEntry(state, date, group, hidesDetails));
}

function debitEntry(state: BankState, date: string, group: BankTransfer[], hidesDetails: boolean): StatementEntry {
  const first = group[0];
  const isBatch = first?.batchBooking === true;
  return {
    ...references(state, date),
    direction: "DBIT",
    amountMinor: group.reduce((sum, transfer) => sum + BigInt(transfer.amountMinor), 0n),
    code: first?.instant === true ? SENT_INSTANT : SENT,
    ...(isBatch ? { batch: { messageId: first.messageId, paymentId: first.paymentId, count: group.length } } : {}),
    details: isBatch && hidesDetails ? [] : group.map(transferDetail),
    text: isBatch ? "SEPA credit transfers, collective booking" : "SEPA credit transfer",
  };
}

function transferDetail(transfer: BankTransfer): StatementDetail {
  return {
    messageId: transfer.messageId,
    paymentId: transfer.paymentId,
    ...(transfer.instructionId === undefined ? {} : { instructionId: transfer.instructionId }),
    endToEndId: transfer.endToEndId,
    amountMinor: BigInt(transfer.amountMinor),
    debtor: { name: transfer.debtorName, iban: transfer.debtorIban },
    creditor: { name: transfer.creditorName, iban: transfer.creditorIban },
    ...(transfer.remittance === undefined ? {} : { remittance: transfer.remittance }),
  };
}

function bookReturns(state: BankState, account: BankAccount, date: string): StatementEntry[] {
  const entries: StatementEntry[] = [];
  for (const transfer of state.transfers) {
    const plan = transfer.giveBack;
    if (transfer.debtorIban !== account.iban || transfer.progress !== "BOOKED" || plan === undefined) continue;
    if (addDays(transfer.bookedOn ?? date, plan.afterDays) > date) continue;
    transfer.progress = "RETURNED";
    transfer.returnedOn = date;
    const ordered = BigInt(transfer.amountMinor);
    const charges = BigInt(plan.chargesMinor) > ordered ? ordered : BigInt(plan.chargesMinor);
    const detail: StatementDetail = {
      ...transferDetail(transfer),
      amountMinor: ordered - charges,
      instructedMinor: ordered,
      chargesMinor: charges,
      returnCode: plan.code,
      ...(plan.info === undefined ? {} : { returnInfo: plan.info }),
    };
    entries.push(creditEntry(state, date, RETURNED, detail, `Return ${plan.code}`));
  }
  return entries;
}

function bookLines(state: BankState, account: BankAccount, date: string): StatementEntry[] {
  const due = state.lines.filter(
    (line) => line.iban === account.iban && line.bookedOn === undefined && line.on <= date,
  );
  return due.map((line) => {
    line.bookedOn = date;
    return line.direction === "CRDT"
      ? creditEntry(state, date, RECEIVED, lineDetail(line), line.text)
      : { ...creditEntry(state, date, CHARGED, lineDetail(line), line.text), direction: "DBIT" };
  });
}

function lineDetail(line: PlannedLine): StatementDetail {
  const gross = BigInt(line.amountMinor);
  const charges = BigInt(line.chargesMinor);
  const party = line.partyName === "" ? {} : { debtor: { name: line.partyName } };
  return {
    endToEndId: line.reference,
    amountMinor: gross - charges,
    ...(charges === 0n ? {} : { instructedMinor: gross, chargesMinor: charges }),
    ...party,
    remittance: line.reference,
  };
}

function creditEntry(
  state: BankState,
  date: string,
  code: StatementEntry["code"],
  detail: StatementDetail,
  text: string,
): StatementEntry {
  return {
    ...references(state, date),
    direction: "CRDT",
    amountMinor: detail.amountMinor,
    code,
    details: [detail],
    text,
  };
}

function references(state: BankState, date: string): { reference: string; servicerReference: string } {
  state.entries += 1;
  const number = String(state.entries).padStart(9, "0");
  return { reference: number, servicerReference: `SBX${date.replaceAll("-", "")}${number}` };
}

/** Calendar days on a plain date: `2026-02-28` and 1 give `2026-03-01`. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
