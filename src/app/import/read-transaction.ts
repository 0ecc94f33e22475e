/** Checks the shape of tokens, transactions and what is done to them. */
import { ORDER_LIFECYCLE, type OrderState } from "../../domain/order.ts";
import { DETAILED_STATUS, type DetailedStatus } from "../../domain/transaction.ts";
import type { Fields } from "./fields.ts";
import type { OperationRecord, TokenRecord, TransactionRecord, ValidationRecord } from "./records.ts";

const STATUSES = Object.keys(DETAILED_STATUS) as readonly DetailedStatus[];
const TOKEN_STATES = Object.keys(ORDER_LIFECYCLE) as readonly OrderState[];
/** An order's id, an underscore and a seller's id. */
const LONGEST_SUFFIXED_ID = 129;
const TRANSACTION_FIELDS = [
  ..."type marketplace id order amount currency status seller token gatewayRef".split(" "),
  ..."captureOn authorisedAt honourUntil expiresAt capturedAt paymentMethod".split(" "),
];

export function readToken(fields: Fields): TokenRecord {
  const record: TokenRecord = {
    type: "token",
    marketplace: fields.id("marketplace"),
    id: fields.id("id"),
    state: fields.choice("state", TOKEN_STATES),
    gatewayToken: fields.optionalText("gatewayToken"),
  };
  fields.close(["type", "marketplace", "id", "state", "gatewayToken"]);
  return record;
}

export function readTransaction(fields: Fields): TransactionRecord {
  const record: TransactionRecord = {
    type: "transaction",
    marketplace: fields.id("marketplace"),
    id: fields.id("id", LONGEST_SUFFIXED_ID),
    order: fields.id("order"),
    amount: fields.amount("amount"),
    currency: fields.optionalCurrency(),
    status: fields.choice("status", STATUSES),
    seller: fields.optionalId("seller"),
    token: fields.optionalId("token"),
    gatewayRef: fields.optionalText("gatewayRef"),
    captureOn: fields.optionalDate("captureOn"),
    authorisedAt: fields.optionalInstant("authorisedAt"),
    honourUntil: fields.optionalInstant("honourUntil"),
    expiresAt: fields.optionalInstant("expiresAt"),
    capturedAt: fields.optionalInstant("capturedAt"),
    paymentMethod: fields.optionalId("paymentMethod", 40),
  };
  fields.close(TRANSACTION_FIELDS);
  if (!fields.place.isFaulty) checkTransaction(fields, record);
  return record;
}

/** What each status must come with: without these facts a deadline or a business date would be a guess. */
function checkTransaction(fields: Fields, record: TransactionRecord): void {
  const { status, amount, authorisedAt, honourUntil, expiresAt, capturedAt, token } = record;
  if (amount === 0n) fields.fault("AMOUNT_INVALID", "amount", "0", "more than nothing");
  if ((status === "AUTHORISED" || status === "AUTHORISED_TO_VALIDATE") && (authorisedAt ?? expiresAt) === undefined) {
    fields.fault("FIELD_MISSING", "authorisedAt", "nothing", "when it was authorised, or its expiresAt");
  }
  if (status === "CAPTURED" && capturedAt === undefined) {
    fields.fault("FIELD_MISSING", "capturedAt", "nothing", "when it was captured");
  }
  if (status !== "CAPTURED" && capturedAt !== undefined) {
    fields.fault("FIELD_INVALID", "capturedAt", capturedAt, `nothing: the status is ${status}`);
  }
  if (status.startsWith("WAITING_AUTHORISATION") && token === undefined) {
    fields.fault("FIELD_MISSING", "token", "nothing", "the token with which the authorisation is asked the day before");
  }
  if (honourUntil !== undefined && expiresAt !== undefined && honourUntil > expiresAt) {
    fields.fault("FIELD_INVALID", "honourUntil", honourUntil, `not after expiresAt, ${expiresAt}`);
  }
}

export function readValidation(fields: Fields): ValidationRecord {
  const record: ValidationRecord = {
    type: "validation",
    marketplace: fields.id("marketplace"),
    transaction: fields.id("transaction", LONGEST_SUFFIXED_ID),
  };
  fields.close(["type", "marketplace", "transaction"]);
  return record;
}

/** The name under which each kind of operation says when it was done elsewhere. */
const DONE_AT = {
  capture: "capturedAt",
  cancellation: "cancelledAt",
  refund: "refundedAt",
  chargeback: "chargedBackAt",
} as const;

export function readOperation(type: OperationRecord["type"]): (fields: Fields) => OperationRecord {
  return (fields) => {
    const record: OperationRecord = {
      type,
      marketplace: fields.id("marketplace"),
      id: fields.id("id", LONGEST_SUFFIXED_ID),
      transaction: fields.id("transaction", LONGEST_SUFFIXED_ID),
      seller: fields.optionalId("seller"),
      amount: type === "cancellation" ? fields.optionalAmount("amount") : fields.amount("amount"),
      fee: type === "cancellation" ? undefined : fields.optionalAmount("fee"),
      doneAt: fields.optionalInstant(DONE_AT[type]),
      charge: type === "chargeback" ? fields.optionalAmount("charge") : undefined,
      reason: type === "chargeback" ? fields.optionalText("reason") : undefined,
    };
    const own = type === "chargeback" ? ["charge", "reason"] : [];
    fields.close(["type", "marketplace", "id", "transaction", "seller", "amount", "fee", DONE_AT[type], ...own]);
    if (!fields.place.isFaulty) checkOperation(fields, record);
    return record;
  };
}

function checkOperation(fields: Fields, { type, amount, fee, doneAt, charge }: OperationRecord): void {
  if (type === "chargeback" && doneAt === undefined) {
    fields.fault("FIELD_MISSING", DONE_AT.chargeback, "nothing", "when the bank took the money back");
  }
  if (charge === 0n) fields.fault("AMOUNT_INVALID", "charge", "0", "more than nothing, or no charge");
  if (amount === 0n) fields.fault("AMOUNT_INVALID", "amount", "0", "more than nothing");
  if (fee !== undefined && amount !== undefined && fee > amount) {
    fields.fault("AMOUNT_EXCEEDED", "fee", String(fee), `at most the amount, ${amount}`);
  }
}
