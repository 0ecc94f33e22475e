/** What to do next about each exception, and how much it weighs: one row for every reason that the engine opens. */
import type { StandingAlarm } from "../../bankfiles/meaning/transfer-standing.ts";
import { RECON_EXCEPTIONS, type ReconExceptionCode } from "../../recon/recon-result.ts";

/** `alarm`: money may be lost or paid twice. `notice`: nothing to mend, worth knowing. */
export type Severity = "alarm" | "exception" | "notice";

type OwnReason =
  | StandingAlarm
  | "NEVER_HEARD_BACK"
  | "UPLOAD_UNKNOWN"
  | "HAND_OFF_STOPPED"
  | "CUTOFF_NEAR"
  | "CUTOFF_MISSED"
  | "PGP_KEY_EXPIRES"
  | "FILE_QUARANTINED"
  | "STATEMENT_GAP"
  | "BALANCE_BREAK"
  | "STATEMENT_MISSING"
  | "VALIDATION_RUNNING_OUT"
  | "ENDPOINT_DISABLED"
  | "DEBT_ABOVE_LIMIT"
  | "DOCUMENT_EXPIRED";

const OWN_SEVERITY: Readonly<Record<OwnReason, Severity>> = {
  REJECTED_AFTER_SETTLED: "alarm",
  REJECTED_AFTER_BOOKED: "alarm",
  ACCEPTED_AFTER_REJECTED: "alarm",
  DUPLICATE_REFUSED: "notice",
  NEVER_HEARD_BACK: "alarm",
  UPLOAD_UNKNOWN: "exception",
  HAND_OFF_STOPPED: "alarm",
  CUTOFF_NEAR: "exception",
  CUTOFF_MISSED: "exception",
  PGP_KEY_EXPIRES: "exception",
  FILE_QUARANTINED: "exception",
  STATEMENT_GAP: "exception",
  BALANCE_BREAK: "exception",
  STATEMENT_MISSING: "exception",
  VALIDATION_RUNNING_OUT: "exception",
  ENDPOINT_DISABLED: "exception",
  DEBT_ABOVE_LIMIT: "exception",
  DOCUMENT_EXPIRED: "exception",
};

const NEXT: Readonly<Record<ReconExceptionCode | OwnReason, string>> = {
  REJECTED_AFTER_SETTLED: "ask the bank whether the debit stands; do not pay again before it answers in writing",
  REJECTED_AFTER_BOOKED: "ask the bank whether the debit stands or comes back; do not pay again before it answers",
  ACCEPTED_AFTER_REJECTED: "stop the re-issue of this payout and ask the bank which of its two answers holds",
  DUPLICATE_REFUSED: "nothing to pay: check that the first copy was accepted",
  NEVER_HEARD_BACK: "ask the bank whether it has the file (MsgId, sum and count); never send it again unasked",
  UPLOAD_UNKNOWN:
    "wait for the bank's status report; when its hour has passed, ask the bank by the MsgId: confirmed-by-phone or sent-by-hand",
  HAND_OFF_STOPPED:
    "compare the files at the bank with the archived one and remove the wrong one together with the bank",
  CUTOFF_NEAR: "approve the file before its cutoff, or refuse it",
  CUTOFF_MISSED: "withdraw the file (two people); its transfers go in a new one with a new date",
  PGP_KEY_EXPIRES: "put a newer key before the old one in the configuration, and exchange it with the bank",
  FILE_QUARANTINED:
    "read the finding (files show --inbound), ask the bank for a correct file or mend the profile, then `files reprocess`",
  STATEMENT_GAP: "ask the bank for the statement of the missing number; the matter closes itself when it comes",
  BALANCE_BREAK: "ask the bank for the statement between the two; the matter closes itself when it comes",
  STATEMENT_MISSING: "ask the bank for the statement of that day; the matter closes itself when it comes",
  VALIDATION_RUNNING_OUT: "validate or cancel the transaction before the authorisation lapses",
  ENDPOINT_DISABLED: "ask the marketplace to mend its endpoint, enable it, and replay what it missed",
  DEBT_ABOVE_LIMIT: "claim the debt from the seller, or wait for sales that cover it; hold his listings meanwhile",
  DOCUMENT_EXPIRED: "ask the seller for a new document; refuse or hold the seller when none comes",
  ACCOUNT_UNKNOWN: "find out whose account it is: add it to its marketplace, or ask the bank to stop sending it",
  ENTRY_UNMATCHED: "find out what the line is and book it out of suspense",
  ENTRY_AMBIGUOUS: "choose the transfer or pay-in it belongs to; the bank knows the end-to-end id",
  REFERENCE_UNKNOWN:
    "look for the reference in other systems of the marketplace; ask the bank for the payment's origin",
  REFERENCE_AMBIGUOUS: "ask the bank which of the named transfers it booked",
  DETAILS_INCOMPLETE: "ask the bank for the details of the batch",
  AMOUNT_DIFFERS: "compare the file's bytes with the line; ask the bank why it booked another amount",
  CURRENCY_DIFFERS: "ask the bank why it booked another currency",
  IBAN_DIFFERS: "call the bank at once: the money may have gone to another account",
  BOOKED_TWICE: "claim the second debit back from the bank at once",
  BOOKED_AFTER_REJECTION:
    "stop the re-issue of this payout; claim the debit back or withdraw the rejection with the bank",
  BOOKED_BEFORE_SENT: "find out who paid it, by hand or from a copy of the file, before the file is sent",
  BATCH_COUNT_DIFFERS: "nothing to pay: the sum is right; tell the bank about the wrong count",
  BATCH_SUM_DIFFERS: "ask the bank for the details of the batch",
  BATCH_INCLUDES_REJECTED: "ask the bank for the credit of the rejected transfers",
  RETURN_AMOUNT_DIFFERS: "ask the bank what it kept; then book the return with its charge",
  RETURN_CHARGE_NOT_STATED: "check the charge against the bank's price list",
  RETURN_BEFORE_DEBIT: "ask the bank for the statement that has the debit",
  RETURNED_TWICE: "ask the bank which of the two credits it takes back; do not pay it out",
  CREDIT_FOR_REJECTED: "ask the bank what the credit is; do not pay it out before",
  REVERSED: "find out which booking the bank took back, and whether the transfers have to be paid again",
  PAYIN_AMOUNT_DIFFERS: "compare with the acquirer's settlement advice",
  PAYIN_TWICE: "tell the acquirer; keep the second one in suspense",
  CHARGE_ABOVE_LIMIT: "check the charge against the bank's price list and book it",
  NOT_BOOKED: "ask the bank about the file: its MsgId and execution date; never pay again before it answers",
  PAYIN_MISSING: "ask the acquirer when and to which account it paid",
};

/** A reason that is in no table weighs as an exception. */
export function severityOf(reason: string): Severity {
  if (Object.hasOwn(OWN_SEVERITY, reason)) return OWN_SEVERITY[reason as OwnReason];
  if (Object.hasOwn(RECON_EXCEPTIONS, reason)) return RECON_EXCEPTIONS[reason as ReconExceptionCode].severity;
  return "exception";
}

export function nextOfException(reason: string): string {
  return Object.hasOwn(NEXT, reason) ? NEXT[reason as keyof typeof NEXT] : "find out what happened, then resolve it";
}
