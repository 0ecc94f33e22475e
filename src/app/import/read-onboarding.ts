/** Checks the shape of onboarding records: documents, requests and decisions, holds of sellers (seed 001, "Onboarding"). */
import { DOCUMENT_DECISIONS, DOCUMENT_TYPES, type DocumentDecision } from "../../domain/document.ts";
import { OPERATOR } from "../../domain/order.ts";
import { SELLER_DECISIONS, type SellerDecision } from "../../domain/seller.ts";
import type { Fields } from "./fields.ts";
import type {
  DocumentDecisionRecord,
  DocumentRecord,
  SellerDecisionRecord,
  SellerHoldRecord,
  ValidationRequestRecord,
} from "./records.ts";

const DECISIONS_OF_DOCUMENTS = Object.keys(DOCUMENT_DECISIONS) as readonly DocumentDecision[];
const DECISIONS_OF_SELLERS = Object.keys(SELLER_DECISIONS) as readonly SellerDecision[];

export function readDocument(fields: Fields): DocumentRecord {
  const record: DocumentRecord = {
    type: "document",
    marketplace: fields.id("marketplace"),
    id: fields.id("id"),
    kind: fields.choice("kind", DOCUMENT_TYPES),
    expiresOn: fields.optionalDate("expiresOn"),
    sha256: fields.optionalId("sha256"),
  };
  fields.close(["type", "marketplace", "id", "kind", "expiresOn", "sha256"]);
  if (record.sha256 !== undefined && record.sha256 !== "" && !/^[0-9a-f]{64}$/.test(record.sha256)) {
    fields.fault("FIELD_INVALID", "sha256", record.sha256, "64 hexadecimal digits in small letters");
  }
  return record;
}

export function readDocumentDecision(fields: Fields): DocumentDecisionRecord {
  const record: DocumentDecisionRecord = {
    type: "document_decision",
    marketplace: fields.id("marketplace"),
    document: fields.id("document"),
    decision: fields.choice("decision", DECISIONS_OF_DOCUMENTS),
    by: fields.text("by", 70),
    reason: fields.optionalText("reason"),
  };
  fields.close(["type", "marketplace", "document", "decision", "by", "reason"]);
  if (record.decision === "REJECTED") needReason(fields, record.reason);
  return record;
}

export function readValidationRequest(fields: Fields): ValidationRequestRecord {
  const record: ValidationRequestRecord = {
    type: "validation_request",
    marketplace: fields.id("marketplace"),
    seller: sellerOf(fields),
  };
  fields.close(["type", "marketplace", "seller"]);
  return record;
}

export function readSellerDecision(fields: Fields): SellerDecisionRecord {
  const record: SellerDecisionRecord = {
    type: "seller_decision",
    marketplace: fields.id("marketplace"),
    seller: sellerOf(fields),
    decision: fields.choice("decision", DECISIONS_OF_SELLERS),
    by: fields.text("by", 70),
    reason: fields.optionalText("reason"),
  };
  fields.close(["type", "marketplace", "seller", "decision", "by", "reason"]);
  if (record.decision === "REFUSED") needReason(fields, record.reason);
  return record;
}

export function readSellerHold(type: SellerHoldRecord["type"]): (fields: Fields) => SellerHoldRecord {
  return (fields) => {
    const record: SellerHoldRecord = {
      type,
      marketplace: fields.id("marketplace"),
      seller: fields.id("seller"),
      by: fields.text("by", 70),
      reason: fields.text("reason"),
    };
    fields.close(["type", "marketplace", "seller", "by", "reason"]);
    return record;
  };
}

/** The operator is validated with his marketplace: there is nobody who could decide about him. */
function sellerOf(fields: Fields): string {
  const seller = fields.id("seller");
  if (seller === OPERATOR) fields.fault("ID_INVALID", "seller", OPERATOR, "a seller, not the operator");
  return seller;
}

function needReason(fields: Fields, reason: string | undefined): void {
  if (reason === undefined) fields.fault("FIELD_MISSING", "reason", "nothing", "why, in words for the seller");
}
