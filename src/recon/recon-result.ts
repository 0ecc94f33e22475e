/** What a reconciliation run says: matches to apply, the state of every line, proposals for a person, exceptions. */

export type EntryState = "MATCHED" | "PARTLY_MATCHED" | "UNMATCHED" | "IGNORED";

/** In the order they are tried. Amount and date alone are never a rule. */
export type MatchRule =
  | "END_TO_END_ID"
  | "INSTRUCTION_ID"
  | "BATCH"
  | "SERVICER_REFERENCE"
  | "PAYIN_REFERENCE"
  | "CHARGE_CODE";

export type MatchEffect =
  | "EXECUTED" // transfers were debited
  | "RETURNED" // a debited transfer came back
  | "REVERSED" // the bank took its own booking back
  | "PAID_IN" // an expected pay-in arrived
  | "CHARGED"; // the bank charged us, no transfer behind it

/** One decision that is safe to apply. Several entries or several transfers may stand on either side. */
export interface ReconMatch {
  readonly effect: MatchEffect;
  readonly rule: MatchRule;
  readonly entries: readonly string[];
  readonly transfers: readonly string[];
  readonly payIns: readonly string[];
  readonly currency: string;
  /** Sum of the transfers or pay-ins settled by it, in minor units. */
  readonly amountMinor: bigint;
  /** What of the entries it explains; `amountMinor` plus (debit) or less (credit) the charges. */
  readonly bookedMinor: bigint;
  /** Booked apart: what the bank or acquirer kept or added. */
  readonly chargesMinor: bigint;
  readonly returnReason?: { readonly code?: string; readonly info?: string };
}

export interface EntryResult {
  readonly entry: string;
  readonly state: EntryState;
  /** Why it is ignored, or what keeps it open. */
  readonly reason?: ReconExceptionCode | IgnoreReason;
  /** matched + open = the entry's amount, always. */
  readonly matchedMinor: bigint;
  readonly openMinor: bigint;
}

export type IgnoreReason = "ZERO_AMOUNT";

/** For a person: never applied. */
export interface ReconProposal {
  readonly entry: string;
  readonly because: "AMOUNT_DATE_IBAN" | "AMOUNT_DATE" | "NAMED_BUT_OPEN";
  readonly transfers: readonly string[];
  readonly payIns: readonly string[];
  /** How many there are in all; more than are named when the limit was reached. */
  readonly candidates: number;
}

/** Every exception a run can raise. `alarm`: money may be lost or paid twice. `notice`: applied, but worth knowing. */
export const RECON_EXCEPTIONS = {
  ACCOUNT_UNKNOWN: { severity: "exception", says: "the statement is about an account that is not ours" },
  ENTRY_UNMATCHED: { severity: "exception", says: "nothing explains this bank line" },
  ENTRY_AMBIGUOUS: {
    severity: "exception",
    says: "several transfers or pay-ins could explain this bank line; none is taken",
  },
  REFERENCE_UNKNOWN: { severity: "exception", says: "the line names a reference we do not know" },
  REFERENCE_AMBIGUOUS: { severity: "exception", says: "the line's reference belongs to several transfers" },
  DETAILS_INCOMPLETE: {
    severity: "exception",
    says: "the details do not add up to their line; it stays open as a whole",
  },
  AMOUNT_DIFFERS: { severity: "exception", says: "the line names a transfer and has another amount" },
  CURRENCY_DIFFERS: { severity: "exception", says: "the line names a transfer in another currency" },
  IBAN_DIFFERS: { severity: "alarm", says: "the line names a transfer and another payee account" },
  BOOKED_TWICE: { severity: "alarm", says: "a transfer that was debited before is debited again" },
  BOOKED_AFTER_REJECTION: {
    severity: "alarm",
    says: "the bank debited a transfer that was rejected, cancelled or given up",
  },
  BOOKED_BEFORE_SENT: { severity: "alarm", says: "the bank debited a transfer that we have not sent" },
  BATCH_COUNT_DIFFERS: { severity: "notice", says: "the batch has the right sum and announces another count" },
  BATCH_SUM_DIFFERS: { severity: "exception", says: "the batch's sum fits no set of its transfers" },
  BATCH_INCLUDES_REJECTED: { severity: "exception", says: "the batch was debited with transfers that were rejected" },
  RETURN_AMOUNT_DIFFERS: {
    severity: "exception",
    says: "a return differs from its transfer by more than the charges allowed",
  },
  RETURN_CHARGE_NOT_STATED: { severity: "notice", says: "a return is short by a charge the bank does not state" },
  RETURN_BEFORE_DEBIT: { severity: "exception", says: "a transfer comes back whose debit was not seen" },
  RETURNED_TWICE: { severity: "alarm", says: "a transfer that came back before comes back again" },
  CREDIT_FOR_REJECTED: {
    severity: "exception",
    says: "a credit names a transfer that was rejected, cancelled or never sent",
  },
  REVERSED: { severity: "exception", says: "the bank took its own booking back" },
  PAYIN_AMOUNT_DIFFERS: {
    severity: "exception",
    says: "a pay-in differs from what was expected by more than the charges allowed",
  },
  PAYIN_TWICE: { severity: "alarm", says: "a pay-in that arrived before arrives again" },
  CHARGE_ABOVE_LIMIT: { severity: "exception", says: "a bank charge is above the limit that is booked without asking" },
  NOT_BOOKED: { severity: "exception", says: "transfers were due and no statement has them" },
  PAYIN_MISSING: { severity: "exception", says: "a pay-in was due and no statement has it" },
} as const satisfies Record<string, { readonly severity: "notice" | "exception" | "alarm"; readonly says: string }>;

export type ReconExceptionCode = keyof typeof RECON_EXCEPTIONS;

export interface ReconException {
  readonly code: ReconExceptionCode;
  readonly entries: readonly string[];
  readonly transfers: readonly string[];
  readonly payIns: readonly string[];
  readonly currency: string;
  /** The amount in question, in minor units. */
  readonly amountMinor: bigint;
  /** The date it counts from; empty when the bank gave none. */
  readonly since: string;
  /** What was found and what was expected, where it helps; without account numbers. */
  readonly detail?: string;
}

export interface ReconResult {
  readonly matches: readonly ReconMatch[];
  readonly entries: readonly EntryResult[];
  readonly proposals: readonly ReconProposal[];
  readonly exceptions: readonly ReconException[];
}
