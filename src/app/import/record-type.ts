/** The kinds of record that can be imported, and the names under which lists and files hold them. */

export const RECORD_TYPES = [
  "marketplace",
  "seller",
  "order",
  "token",
  "transaction",
  "validation",
  "capture",
  "cancellation",
  "refund",
  "chargeback",
  "cashin",
  "payin",
  "operator_fee",
  "cashout",
  "document",
  "document_decision",
  "validation_request",
  "seller_decision",
  "seller_hold",
  "seller_release",
  "endpoint",
  "hold",
  "release",
] as const;

export type RecordType = (typeof RECORD_TYPES)[number];

const BY_NAME: ReadonlyMap<string, RecordType> = new Map(
  RECORD_TYPES.flatMap((type) => [
    [type, type],
    [`${type}s`, type],
  ]),
);

/** `orders` or `order` -> `order`; undefined for any other name. */
export function typeOfSection(name: string): RecordType | undefined {
  return BY_NAME.get(name);
}

/** The kind of record that a file is named after: `orders.csv`, `refunds-2026-11-20.ndjson`. */
export function typeOfFileName(name: string): RecordType | undefined {
  return BY_NAME.get(/^[a-z]+(?:_[a-z]+)*/.exec(name)?.[0] ?? "");
}

export function isRecordType(text: string): text is RecordType {
  return (RECORD_TYPES as readonly string[]).includes(text);
}
