/** What the sandbox bank remembers while it runs; the journal brings it back after a restart. */
import type { KeptRule } from "./bank-rule.ts";

/** Amounts are cents as text, as in the journal. */
export interface BankAccount {
  readonly iban: string;
  readonly name: string;
  readonly currency: string;
  /** Booked balance. */
  balanceMinor: string;
  statementNumber: number;
  /** Date of the last statement, YYYY-MM-DD. */
  lastClosed?: string;
}

export type TransferProgress = "ACCEPTED" | "BOOKED" | "RETURNED" | "REJECTED";

export interface BankTransfer {
  readonly serial: number;
  readonly messageId: string;
  readonly paymentId: string;
  readonly batchBooking: boolean;
  readonly instructionId?: string;
  readonly endToEndId: string;
  readonly amountMinor: string;
  readonly currency: string;
  readonly debtorIban: string;
  readonly debtorName: string;
  readonly creditorIban: string;
  readonly creditorName: string;
  readonly remittance?: string;
  readonly executionDate: string;
  readonly instant: boolean;
  /** Planned by a rule: told as RJCT on or after that date instead of being booked. */
  readonly lateReject?: {
    readonly on: string;
    readonly code: string;
    readonly info?: string;
    readonly thoughBooked: boolean;
  };
  lateRejectTold?: boolean;
  /** Planned by a rule: credited back that many days after the booking. */
  readonly giveBack?: {
    readonly afterDays: number;
    readonly code: string;
    readonly chargesMinor: string;
    readonly info?: string;
  };
  progress: TransferProgress;
  bookedOn?: string;
  returnedOn?: string;
  rejectedFor?: string;
}

export interface ReceivedFile {
  readonly name: string;
  /** Name in `processed/`. */
  readonly keptAs: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly receivedAt: string;
  readonly messageId?: string;
  /** False when the file was no order the bank could read; its MsgId is then not used up. */
  readonly readable: boolean;
  readonly status: "ACCP" | "PART" | "RJCT";
  /** Code of a rejection of the whole file. */
  readonly code?: string;
}

/** A line that comes from elsewhere than the client's own files: an acquirer's pay-in, a charge, a surprise. */
export interface PlannedLine {
  readonly iban: string;
  readonly direction: "CRDT" | "DBIT";
  readonly amountMinor: string;
  readonly chargesMinor: string;
  readonly reference: string;
  readonly partyName: string;
  readonly text: string;
  /** Booked at the first end of day on or after this date. */
  readonly on: string;
  bookedOn?: string;
}

/** A file the bank has decided to hand out and has not put on disk yet. */
export interface OutgoingFile {
  readonly name: string;
  readonly content: string;
  /** False: only kept in `sent/` (a statement that was held back). */
  readonly deliver: boolean;
}

export interface BankState {
  readonly accounts: BankAccount[];
  readonly files: ReceivedFile[];
  readonly transfers: BankTransfer[];
  readonly lines: PlannedLine[];
  outgoing: OutgoingFile[];
  rules: KeptRule[];
  /** Transfers ever received, accepted or not. */
  received: number;
  answers: number;
  entries: number;
}

export function emptyBankState(): BankState {
  return {
    accounts: [],
    files: [],
    transfers: [],
    lines: [],
    outgoing: [],
    rules: [],
    received: 0,
    answers: 0,
    entries: 0,
  };
}
