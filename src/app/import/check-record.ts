/** Turns a raw record into a checked one: its kind, its fields, its hash. */
import { contentHash } from "./content-hash.ts";
import { Fields } from "./fields.ts";
import type { ImportFindings } from "./import-findings.ts";
import type { RawRecord } from "./raw-record.ts";
import { readCashout, readOperatorFee } from "./read-balance-operations.ts";
import { readMarketplace, readSeller } from "./read-marketplace.ts";
import {
  readDocument,
  readDocumentDecision,
  readSellerDecision,
  readSellerHold,
  readValidationRequest,
} from "./read-onboarding.ts";
import { readOrder } from "./read-order.ts";
import { readCashin, readEndpoint, readHold, readPayIn } from "./read-others.ts";
import { readOperation, readToken, readTransaction, readValidation } from "./read-transaction.ts";
import { RecordPlace } from "./record-place.ts";
import { isRecordType, RECORD_TYPES, type RecordType } from "./record-type.ts";
import type { ImportRecord } from "./records.ts";

export interface Checked<Kind extends ImportRecord = ImportRecord> {
  readonly record: Kind;
  readonly place: RecordPlace;
  readonly hash: string;
  /** Place in the file, counted in records: a record may refer to those with a smaller one. */
  readonly position: number;
}

const READERS = {
  marketplace: readMarketplace,
  seller: readSeller,
  order: readOrder,
  token: readToken,
  transaction: readTransaction,
  validation: readValidation,
  capture: readOperation("capture"),
  cancellation: readOperation("cancellation"),
  refund: readOperation("refund"),
  chargeback: readOperation("chargeback"),
  cashin: readCashin,
  payin: readPayIn,
  operator_fee: readOperatorFee,
  cashout: readCashout,
  document: readDocument,
  document_decision: readDocumentDecision,
  validation_request: readValidationRequest,
  seller_decision: readSellerDecision,
  seller_hold: readSellerHold("seller_hold"),
  seller_release: readSellerHold("seller_release"),
  endpoint: readEndpoint,
  hold: readHold("hold"),
  release: readHold("release"),
} as const satisfies Record<RecordType, (fields: Fields) => ImportRecord>;

/** Every fault goes to `findings`; the record is not usable when its place is faulty, undefined when nothing could be read. */
export function checkRecord(
  raw: RawRecord,
  file: string,
  position: number,
  findings: ImportFindings,
): Checked | undefined {
  const place = new RecordPlace(findings, file, raw.line);
  for (const { code, field, found, expected } of raw.faults ?? []) place.fault(code, field ?? "", found, expected);
  if (raw.value === undefined) return undefined;
  const type = typeOf(raw, place);
  if (type === undefined) return undefined;
  const fields = new Fields(raw.value, place);
  fields.optionalId("type");
  const record = READERS[type](fields);
  return { record, place, position, hash: place.isFaulty ? "" : contentHash(record) };
}

function typeOf({ type, value }: RawRecord, place: RecordPlace): RecordType | undefined {
  const said = value?.type ?? type;
  if (typeof said === "string" && isRecordType(said) && said === (type ?? said)) return said;
  const found = said === undefined ? "nothing" : typeof said === "string" ? JSON.stringify(said) : `a ${typeof said}`;
  const expected = type !== undefined && isRecordType(type) ? `${type}, as its list says` : RECORD_TYPES.join(", ");
  place.fault("TYPE_UNKNOWN", "type", found, expected);
  return undefined;
}
