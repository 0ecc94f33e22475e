/** Checks the shape of cashins, pay-ins, endpoints, holds and releases. */
import type { HoldReason } from "../../domain/hold-reason.ts";
import { OBJECT_KINDS } from "../../store/status-changes.ts";
import type { Fields } from "./fields.ts";
import type { CashinRecord, EndpointRecord, HoldRecord, PayInRecord } from "./records.ts";

/** Reasons for which an operator holds an item himself. */
const ITEM_HOLD_REASONS = ["ITEM_HELD", "RESERVE", "MANUAL"] as const satisfies readonly HoldReason[];
const LONGEST_URL = 500;
/** Standard Webhooks: `whsec_` and 24 to 64 bytes in base64. */
const SECRET = /^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/;

export function readCashin(fields: Fields): CashinRecord {
  const record: CashinRecord = {
    type: "cashin",
    marketplace: fields.id("marketplace"),
    id: fields.id("id"),
    seller: fields.id("seller"),
    amount: fields.amount("amount"),
    currency: fields.optionalCurrency(),
    date: fields.optionalDate("date"),
  };
  fields.close(["type", "marketplace", "id", "seller", "amount", "currency", "date"]);
  if (!fields.place.isFaulty && record.amount === 0n) {
    fields.fault("AMOUNT_INVALID", "amount", "0", "more than nothing");
  }
  return record;
}

const MOST_REFERENCES = 20;

export function readPayIn(fields: Fields): PayInRecord {
  const record: PayInRecord = {
    type: "payin",
    marketplace: fields.id("marketplace"),
    id: fields.id("id"),
    amount: fields.amount("amount"),
    charges: fields.optionalAmount("charges"),
    currency: fields.optionalCurrency(),
    date: fields.optionalDate("date"),
    capturedOn: fields.optionalDate("capturedOn"),
    references: fields.optionalTexts("references"),
  };
  const names = ["type", "marketplace", "id", "amount", "charges", "currency", "date", "capturedOn", "references"];
  fields.close(names);
  if (fields.place.isFaulty) return record;
  const { amount, charges = 0n, references = [] } = record;
  if (amount === 0n) fields.fault("AMOUNT_INVALID", "amount", "0", "more than nothing");
  else if (charges >= amount) fields.fault("AMOUNT_EXCEEDED", "charges", String(charges), `less than ${amount}`);
  // One sign or two would stand in any line.
  const wrong = references.find((text) => text.length < MIN_REFERENCE || text.length > MAX_REFERENCE);
  if (wrong !== undefined || references.length > MOST_REFERENCES) {
    const expected = `at most ${MOST_REFERENCES} texts of ${MIN_REFERENCE} to ${MAX_REFERENCE} signs`;
    fields.fault("FIELD_INVALID", "references", wrong ?? `${references.length} texts`, expected);
  }
  return record;
}

const MIN_REFERENCE = 4;
const MAX_REFERENCE = 70;

export function readEndpoint(fields: Fields): EndpointRecord {
  const record: EndpointRecord = {
    type: "endpoint",
    marketplace: fields.id("marketplace"),
    id: fields.id("id"),
    url: fields.text("url", LONGEST_URL),
    secret: fields.id("secret", 128),
    events: fields.optionalTexts("events") ?? ["*"],
  };
  fields.close(["type", "marketplace", "id", "url", "secret", "events"]);
  if (record.url !== "" && !isHttpUrl(record.url)) {
    fields.fault("FIELD_INVALID", "url", "another text", "an https URL without a user");
  }
  if (record.secret !== "" && !SECRET.test(record.secret)) {
    fields.fault("FIELD_INVALID", "secret", "a secret of another form", "whsec_ and 24 to 64 bytes in base64");
  }
  const wrong = record.events.find((event) => event !== "*" && !(OBJECT_KINDS as readonly string[]).includes(event));
  if (wrong !== undefined) fields.fault("FIELD_INVALID", "events", wrong, `* or ${OBJECT_KINDS.join(", ")}`);
  return record;
}

/** http is for sandboxes on loopback: whether it may be called is decided when it is called, by the configuration. */
function isHttpUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return (url.protocol === "https:" || url.protocol === "http:") && url.username === "" && url.password === "";
}

export function readHold(type: HoldRecord["type"]): (fields: Fields) => HoldRecord {
  return (fields) => {
    const record: HoldRecord = {
      type,
      marketplace: fields.id("marketplace"),
      order: fields.id("order"),
      item: fields.optionalId("item"),
      reason: type === "hold" ? fields.optionalChoice("reason", ITEM_HOLD_REASONS) : undefined,
    };
    fields.close(
      type === "hold" ? ["type", "marketplace", "order", "item", "reason"] : ["type", "marketplace", "order", "item"],
    );
    return record;
  };
}
