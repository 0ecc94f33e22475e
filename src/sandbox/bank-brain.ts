/** The sandbox bank without its transport: it works over any folder with an inbox and an outbox, whoever serves it. */
import {
  type ClaimedFile,
  claim,
  claimedNames,
  handOut,
  makeBankFolders,
  readClaimed,
  readSent,
  sentNames,
  waitingNames,
} from "./bank-folders.ts";
import { type BankRule, statementEffects } from "./bank-rule.ts";
import { type BankAccount, type BankState, loadBankState, type ReceivedFile, saveBankState } from "./bank-state.ts";
import {
  type DoublePayment,
  doublePayments,
  type PaidTransfer,
  type PendingTransfer,
  paidTransfers,
  pendingTransfers,
  receivedFiles,
} from "./bank-witness.ts";
import { closeDay, rejectLate } from "./day-close.ts";
import { outgoingCopies, suffixed } from "./outgoing-copies.ts";
import { type Statement, statementXml } from "./statement.ts";
import { lateReport } from "./status-report.ts";
import { nextAnswer, takeOrder } from "./take-order.ts";

export interface OpenAccount {
  readonly iban: string;
  readonly name: string;
  readonly currency: string;
  /** Cents; may be negative. */
  readonly openingMinor: bigint;
}

export interface BankBrainOptions {
  /** Holds inbox/, outbox/, outbox/archive/ and the bank's own processed/, sent/ and bank-state.json. */
  readonly folder: string;
  readonly clock: () => Date;
  /** Absent: every debtor account that a file names is opened with a balance of zero. */
  readonly accounts?: readonly OpenAccount[];
  /** Rules in force from the start; absent: those kept in the folder. */
  readonly behaviour?: readonly BankRule[];
  /** Names in the inbox that somebody still writes to. */
  readonly isBusy?: (name: string) => boolean;
}

/** A line that comes from elsewhere: an acquirer's pay-in by default, or a debit nobody ordered. Amounts are cents. */
export interface PayIn {
  readonly iban: string;
  readonly amountMinor: bigint;
  /** At most 35 signs; stands as EndToEndId and as remittance. */
  readonly reference: string;
  readonly direction?: "CRDT" | "DBIT";
  /** Taken off the amount by the payer's side, told as charges. */
  readonly chargesMinor?: bigint;
  readonly partyName?: string;
  readonly text?: string;
  /** Earliest booking date, YYYY-MM-DD; absent: today. */
  readonly on?: string;
}

export interface ClosedDay {
  readonly date: string;
  readonly statements: readonly {
    readonly iban: string;
    readonly fileName: string;
    readonly openingMinor: bigint;
    readonly closingMinor: bigint;
    readonly entries: number;
  }[];
  readonly lateRejections: number;
}

/** One brain per folder at a time: it keeps its state in memory and on disk. */
export class SandboxBankBrain {
  readonly #options: BankBrainOptions;
  readonly #state: BankState;

  constructor(options: BankBrainOptions) {
    this.#options = options;
    makeBankFolders(options.folder);
    this.#state = loadBankState(options.folder);
    for (const account of options.accounts ?? []) this.#openAccount(account);
    if (options.behaviour !== undefined) this.#state.rules = options.behaviour.map((rule) => ({ rule, used: 0 }));
    saveBankState(options.folder, this.#state);
    this.#handOutWaiting();
  }

  /** Takes every complete file of the inbox, and what an earlier run had claimed and not judged. */
  processInbox(): ReceivedFile[] {
    const { folder, isBusy } = this.#options;
    const judged = new Set(this.#state.files.map(({ keptAs }) => keptAs));
    const taken = claimedNames(folder, judged).map((file) => this.#take(file));
    for (const name of waitingNames(folder, isBusy ?? (() => false))) {
      const file = claim(folder, name, this.#state.files.length + 1);
      if (file !== undefined) taken.push(this.#take(file));
    }
    return taken;
  }

  /** Books what is due up to that date (YYYY-MM-DD) and writes a statement per account; a closed date stays closed. */
  endOfDay(date: string): ClosedDay {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || Number.isNaN(Date.parse(date))) {
      throw new RangeError(`end of day: found ${JSON.stringify(date)}, expected a date such as 2026-11-20`);
    }
    const lateRejections = this.#tellLateRejections(date);
    const statements = this.#state.accounts
      .filter(({ lastClosed }) => lastClosed === undefined || lastClosed < date)
      .map((account) => this.#closeAccount(account, date));
    this.#commit();
    return { date, statements, lateRejections };
  }

  payIn(line: PayIn): void {
    const account = this.#state.accounts.find(({ iban }) => iban === line.iban);
    const charges = line.chargesMinor ?? 0n;
    if (account === undefined) throw new RangeError("pay-in: the account is not at this bank");
    if (line.amountMinor <= 0n || charges < 0n || charges > line.amountMinor) {
      throw new RangeError("pay-in: expected an amount above zero, and charges not above it");
    }
    if (line.reference.length < 1 || line.reference.length > 35) {
      throw new RangeError("pay-in: expected a reference of 1 to 35 signs");
    }
    this.#state.lines.push({
      iban: line.iban,
      direction: line.direction ?? "CRDT",
      amountMinor: String(line.amountMinor),
      chargesMinor: String(charges),
      reference: line.reference,
      partyName: line.partyName ?? "",
      text: line.text ?? "",
      on: line.on ?? this.#today(),
    });
    saveBankState(this.#options.folder, this.#state);
  }

  /** Replaces all rules, with fresh counts of their uses. */
  setBehaviour(rules: readonly BankRule[]): void {
    this.#state.rules = rules.map((rule) => ({ rule, used: 0 }));
    saveBankState(this.#options.folder, this.#state);
  }

  addBehaviour(...rules: readonly BankRule[]): void {
    this.#state.rules.push(...rules.map((rule) => ({ rule, used: 0 })));
    saveBankState(this.#options.folder, this.#state);
  }

  behaviour(): readonly BankRule[] {
    return this.#state.rules.map(({ rule }) => rule);
  }

  /** Puts a file the bank has written before (see `sent`) into the outbox once more; returns its new name. */
  sendAgain(name: string): string {
    if (!this.sent().includes(name)) throw new RangeError("send again: no such file was written");
    const again = suffixed(name, "again");
    this.#state.outgoing.push({ name: again, content: readSent(this.#options.folder, name), deliver: true });
    this.#commit();
    return again;
  }

  /** Names of all files the bank has written, also of those it held back. */
  sent(): string[] {
    return sentNames(this.#options.folder, "");
  }

  paid(): PaidTransfer[] {
    return paidTransfers(this.#state);
  }

  pending(): PendingTransfer[] {
    return pendingTransfers(this.#state);
  }

  doublePaid(): DoublePayment[] {
    return doublePayments(this.#state);
  }

  received(): readonly ReceivedFile[] {
    return receivedFiles(this.#state);
  }

  /** Booked balance in cents. */
  balance(iban: string): bigint {
    const account = this.#state.accounts.find((one) => one.iban === iban);
    if (account === undefined) throw new RangeError("balance: the account is not at this bank");
    return BigInt(account.balanceMinor);
  }

  #take(file: ClaimedFile): ReceivedFile {
    const received = takeOrder(this.#state, file, readClaimed(this.#options.folder, file), {
      now: this.#options.clock(),
      opensAccounts: this.#options.accounts === undefined,
    });
    this.#commit();
    return received;
  }

  #tellLateRejections(date: string): number {
    const late = rejectLate(this.#state, date);
    for (const messageId of new Set(late.map((one) => one.messageId))) {
      const { name, header } = nextAnswer(this.#state, this.#options.clock());
      const some = late.filter((one) => one.messageId === messageId);
      this.#state.outgoing.push(...outgoingCopies(name, lateReport(header, messageId, some), []));
    }
    return late.length;
  }

  #closeAccount(account: BankAccount, date: string): ClosedDay["statements"][number] {
    const effects = statementEffects(this.#state.rules, account.iban, date);
    const statement = closeDay(this.#state, account, {
      date,
      createdAt: this.#options.clock().toISOString(),
      hidesBatchDetails: effects.some(({ kind }) => kind === "batch-without-details"),
    });
    const fileName = statementName(statement);
    this.#state.outgoing.push(...outgoingCopies(fileName, statementXml(statement), effects));
    return {
      iban: account.iban,
      fileName,
      openingMinor: statement.openingMinor,
      closingMinor: statement.closingMinor,
      entries: statement.entries.length,
    };
  }

  #openAccount({ iban, name, currency, openingMinor }: OpenAccount): void {
    if (this.#state.accounts.some((account) => account.iban === iban)) return;
    this.#state.accounts.push({ iban, name, currency, balanceMinor: String(openingMinor), statementNumber: 0 });
  }

  /** The decision first, whole, on disk; then the files. A kill in between leaves files that a restart hands out. */
  #commit(): void {
    saveBankState(this.#options.folder, this.#state);
    this.#handOutWaiting();
  }

  #handOutWaiting(): void {
    const { outgoing } = this.#state;
    if (outgoing.length === 0) return;
    for (const { name, content, deliver } of outgoing) handOut(this.#options.folder, name, content, deliver);
    this.#state.outgoing = [];
    saveBankState(this.#options.folder, this.#state);
  }

  #today(): string {
    return this.#options.clock().toISOString().slice(0, 10);
  }
}

function statementName({ date, account, number }: Statement): string {
  const day = date.replaceAll("-", "");
  return `camt053-${day}-${account.iban.slice(-8)}-${String(number).padStart(5, "0")}.xml`;
}
