/** What the matcher lays beside the bank's lines: transfers, expected pay-ins, references seen before, and its settings. */
import type { TransferState } from "../domain/transfer.ts";
import type { ReconEntry } from "./recon-entry.ts";

export interface ReconTransfer {
  readonly id: string;
  readonly endToEndId: string;
  readonly instructionId?: string;
  readonly paymentInformationId: string;
  readonly messageId: string;
  /** The debtor account the file was drawn on. */
  readonly account: string;
  /** The creditor's IBAN. */
  readonly iban: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly state: TransferState;
  readonly executionDate: string;
  /** Identities of the entries that executed it, and of the one that returned it, from earlier runs. */
  readonly bookedBy?: readonly string[];
  readonly returnedBy?: string;
}

/** Money an acquirer, or anyone, is going to pay in. */
export interface ExpectedPayIn {
  readonly id: string;
  /** What the payer writes: a settlement number, a batch id; compared whole word by whole word, without case. */
  readonly references: readonly string[];
  readonly account: string;
  /** Before the payer's charges. */
  readonly amountMinor: bigint;
  /** What the payer has announced to keep; the line may be less by exactly this. */
  readonly chargesMinor?: bigint;
  readonly currency: string;
  readonly expectedDate: string;
  /** Identities of the entries that paid it, from earlier runs. */
  readonly paidBy?: readonly string[];
}

/** A bank reference that an earlier report tied to transfers. */
export interface SeenReference {
  readonly account: string;
  readonly servicerReference: string;
  readonly transfers: readonly string[];
  /** The line it stood at, when that was a booking. */
  readonly entry?: string;
}

export interface ReconSettings {
  /** The day the run is about, `2026-11-20`: ages are counted to it. */
  readonly asOf: string;
  /** Accounts that are ours; without the list every account is. */
  readonly accounts?: readonly string[];
  /** A return may be this much less than the transfer without the bank stating a charge. Minor units. */
  readonly returnChargeLimitMinor: bigint;
  /** A pay-in may be this much less than expected: the acquirer's charges. Minor units. */
  readonly payInChargeLimitMinor: bigint;
  /** A debit that the bank codes as a charge is booked as one up to this amount. Minor units. */
  readonly bankChargeLimitMinor: bigint;
  /** Amount and date make a proposal when the dates are at most so many days apart. */
  readonly proposalDays: number;
  /** So many candidates are named in a proposal or an ambiguity. */
  readonly proposalLimit: number;
  /** A transfer not booked, a pay-in not seen, so many days after its date is an exception. */
  readonly overdueDays: number;
}

/** Charges are never assumed unless somebody set a limit for them. */
export const RECON_DEFAULTS = {
  returnChargeLimitMinor: 0n,
  payInChargeLimitMinor: 0n,
  bankChargeLimitMinor: 0n,
  proposalDays: 5,
  proposalLimit: 20,
  overdueDays: 3,
} as const satisfies Omit<ReconSettings, "asOf">;

export interface ReconInput {
  readonly entries: readonly ReconEntry[];
  readonly transfers: readonly ReconTransfer[];
  readonly payIns: readonly ExpectedPayIn[];
  readonly seenReferences?: readonly SeenReference[];
  readonly settings: ReconSettings;
}
