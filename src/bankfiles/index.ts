/** The library entry `remit/bankfiles`: writing, checking and reading bank files, without the rest of the engine. */
export { RemitError } from "../domain/errors.ts";
export type { Finding } from "../domain/finding.ts";
export { type CheckOptions, type CheckResult, checkPain001 } from "./check/check-bank-file.ts";
export { type BookedFact, type BookedFacts, bookedFacts, countOnce } from "./meaning/booked-facts.ts";
export {
  applyStatus,
  type KnownFile,
  type KnownTransfer,
  meaningOfPain002,
  type Pain002Meaning,
  type TransferReport,
} from "./meaning/payment-status.ts";
export type { TransferStanding } from "./meaning/transfer-standing.ts";
export { inboundKind, type OutboundFile, outboundName } from "./profile/file-name.ts";
export {
  type BankExchange,
  type BankProfile,
  type BankService,
  type ExpectedAnswer,
  type ProfileResult,
  parseProfile,
} from "./profile/profile.ts";
export type {
  BankDocument,
  CamtDocument,
  CreditTransfer,
  Entry,
  EntryDetail,
  Pain001Document,
  Pain002Document,
  PaymentInformation,
  PaymentStatus,
  Statement,
  TransactionStatus,
} from "./read/document.ts";
export type { BankFileHandlers } from "./read/handlers.ts";
export { type ReadOptions, type ReadResult, readBankFile, readBankFileStream } from "./read/read-bank-file.ts";
export { NEXT_STEPS, type NextStep, type ReasonCode, reasonCode } from "./reason-codes.ts";
export { type Charset, convertText, isPermitted } from "./write/charset.ts";
export { checkMessage } from "./write/check-message.ts";
export { checkTransfers, type Inspection, inspectTransfers, type TransferFinding } from "./write/check-transfers.ts";
export { earliestDate, type PlannedDate, planExecutionDate } from "./write/execution-date.ts";
export { idProblem, paymentInformationId } from "./write/identifier.ts";
export {
  encodePain001,
  type Pain001Address,
  type Pain001Batch,
  type Pain001Creditor,
  type Pain001Debtor,
  type Pain001Message,
  type Pain001Transfer,
  writePain001,
} from "./write/pain001.ts";
export { type PaymentCount, type Recount, recount } from "./write/recount.ts";
export { type PaymentRequest, type PlannedBatch, type PlannedFile, splitByLimits } from "./write/split.ts";
