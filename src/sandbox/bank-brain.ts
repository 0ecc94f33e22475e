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
import { type BankCommand, BankJournal } from "./bank-journal.ts";
import type { BankRule } from "./bank-rule.ts";
import { type BankState, emptyBankState, type ReceivedFile } from "./bank-state.ts";
import {
  type DoublePayment,
  doublePayments,
  type PaidTransfer,
  type PendingTransfer,
  paidTransfers,
  pendingTransfers,
  receivedFiles,
} from "./bank-witness.ts";
import { type ClosedDay, closeBank } from "./close-bank.ts";
import { suffixed } from "./outgoing-copies.ts";
import { takeOrder } from "./take-order.ts";

export interface OpenAccount {
  readonly iban: string;
  readonly name: string;
  readonly currency: string;
  /** Cents; may be negative. */
  readonly openingMinor: bigint;
}

export interface BankBrainOptions {
  /** Holds inbox/, outbox/, outbox/archive/ and the bank's own processed/, sent/ and bank-journal.ndjson. */
  readonly folder: string;
  readonly clock: () => Date;
  /** Absent: every debtor account that a file names is opened with a balance of zero. */
  readonly accounts?: readonly OpenAccount[];
  /** Rules in force from the start, with fresh counts; absent: those the journal tells. */
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

/** One brain per folder at a time: it keeps its books in memory and the journal of them on disk. */
export class SandboxBankBrain {
  readonly #options: BankBrainOptions;
  readonly #journal: BankJournal;
  readonly #state: BankState = emptyBankState();

  constructor(options: BankBrainOptions) {
    this.#options = options;
    makeBankFolders(options.folder);
    this.#journal = new BankJournal(options.folder);
    for (const command of this.#journal.read()) this.#apply(command);
    for (const account of options.accounts ?? []) this.#openAccount(account);
    if (options.behaviour !== undefined) this.setBehaviour(options.behaviour);
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
    const now = this.#options.clock();
    this.#journal.append({ do: "close", date, now: now.toISOString() });
    const closed = closeBank(this.#state, date, now);
    this.#handOutWaiting();
    return closed;
  }

  /** Plans a line on the account, booked at the end of its day. Throws RangeError for an input that cannot be booked. */
  payIn(line: PayIn): void {
    const charges = line.chargesMinor ?? 0n;
    if (!this.#state.accounts.some(({ iban }) => iban === line.iban)) {
      throw new RangeError("pay-in: the account is not at this bank");
    }
    if (line.amountMinor <= 0n || charges < 0n || charges > line.amountMinor) {
      throw new RangeError("pay-in: expected an amount above zero, and charges not above it");
    }
    if (line.reference.length < 1 || line.reference.length > 35) {
      throw new RangeError("pay-in: expected a reference of 1 to 35 signs");
    }
    this.#record({
      do: "pay-in",
      line: {
        iban: line.iban,
        direction: line.direction ?? "CRDT",
        amountMinor: String(line.amountMinor),
        chargesMinor: String(charges),
        reference: line.reference,
        partyName: line.partyName ?? "",
        text: line.text ?? "",
        on: line.on ?? this.#options.clock().toISOString().slice(0, 10),
      },
    });
  }

  /** Replaces all rules, with fresh counts of their uses. */
  setBehaviour(rules: readonly BankRule[]): void {
    this.#record({ do: "set-rules", rules });
  }

  addBehaviour(...rules: readonly BankRule[]): void {
    this.#record({ do: "add-rules", rules });
  }

  behaviour(): readonly BankRule[] {
    return this.#state.rules.map(({ rule }) => rule);
  }

  /** Puts a file the bank has written before (see `sent`) into the outbox once more; returns its new name. */
  sendAgain(name: string): string {
    if (!this.sent().includes(name)) throw new RangeError("send again: no such file was written");
    const again = suffixed(name, "again");
    handOut(this.#options.folder, again, readSent(this.#options.folder, name), true);
    return again;
  }

  /** Names of all files the bank has written, also of those it held back. */
  sent(): string[] {
    return sentNames(this.#options.folder);
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
    const now = this.#options.clock();
    const opensAccounts = this.#options.accounts === undefined;
    const bytes = readClaimed(this.#options.folder, file);
    this.#journal.append({ do: "take", ...file, now: now.toISOString(), opensAccounts });
    const received = takeOrder(this.#state, file, bytes, { now, opensAccounts });
    this.#handOutWaiting();
    return received;
  }

  #openAccount({ iban, name, currency, openingMinor }: OpenAccount): void {
    if (this.#state.accounts.some((account) => account.iban === iban)) return;
    const account = { iban, name, currency, balanceMinor: String(openingMinor), statementNumber: 0 };
    this.#record({ do: "open-account", account });
  }

  #record(command: BankCommand): void {
    this.#journal.append(command);
    this.#apply(command);
  }

  /** What a command does to the books. The order of the lines is the order of the deeds, so a restart repeats them. */
  #apply(command: BankCommand): void {
    const state = this.#state;
    switch (command.do) {
      case "open-account":
        state.accounts.push({ ...command.account });
        break;
      case "set-rules":
        state.rules = command.rules.map((rule) => ({ rule, used: 0 }));
        break;
      case "add-rules":
        state.rules.push(...command.rules.map((rule) => ({ rule, used: 0 })));
        break;
      case "pay-in":
        state.lines.push({ ...command.line });
        break;
      case "take": {
        const { name, keptAs, opensAccounts } = command;
        const bytes = readClaimed(this.#options.folder, { name, keptAs });
        takeOrder(state, { name, keptAs }, bytes, { now: new Date(command.now), opensAccounts });
        break;
      }
      case "close":
        closeBank(state, command.date, new Date(command.now));
        break;
      case "handed-out":
        state.outgoing = [];
        break;
      default:
        command satisfies never;
    }
  }

  /** The decision is on disk by now. A kill before the last line here leaves files that a restart hands out. */
  #handOutWaiting(): void {
    const { outgoing } = this.#state;
    if (outgoing.length === 0) return;
    for (const { name, content, deliver } of outgoing) handOut(this.#options.folder, name, content, deliver);
    this.#record({ do: "handed-out" });
  }
}
