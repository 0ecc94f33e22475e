/** The sandbox bank's own reader of pain.001.001.03 and .09, so that it can contradict the engine's writer. */
import { SaxesParser, type SaxesTagNS } from "saxes";

export interface OrderedTransfer {
  readonly endToEndId: string;
  readonly instructionId?: string;
  readonly amount: string;
  readonly currency: string;
  readonly creditorName: string;
  readonly creditorIban: string;
  readonly remittance?: string;
  readonly instant: boolean;
}

export interface OrderedPayment {
  readonly id: string;
  readonly batchBooking?: boolean;
  readonly count?: string;
  readonly controlSum?: string;
  readonly executionDate: string;
  readonly debtorName: string;
  readonly debtorIban: string;
  readonly transfers: readonly OrderedTransfer[];
}

export interface OrderMessage {
  readonly version: "pain.001.001.03" | "pain.001.001.09";
  readonly messageId: string;
  readonly createdAt: string;
  readonly count: string;
  readonly controlSum?: string;
  readonly payments: readonly OrderedPayment[];
}

/** What was read of a file that is no usable order, and why in words. */
export interface UnreadableOrder {
  readonly fault: string;
  readonly messageId?: string;
}

export type OrderReading =
  | { readonly kind: "order"; readonly message: OrderMessage }
  | { readonly kind: "unreadable"; readonly unreadable: UnreadableOrder };

const MAX_BYTES = 256 * 1024 * 1024;
const MAX_DEPTH = 40;
const NAMESPACE = /^urn:iso:std:iso:20022:tech:xsd:(pain\.001\.001\.(?:03|09))$/;

type Fields = Map<string, string>;
interface OpenPayment {
  readonly fields: Fields;
  readonly transfers: OrderedTransfer[];
}

class OrderFault extends Error {}

/** Reads the bytes of one file. Never throws for what a client may send: faults come back as `unreadable`. */
export function readOrder(bytes: Uint8Array): OrderReading {
  const collector = new OrderCollector();
  try {
    if (bytes.byteLength > MAX_BYTES) throw new OrderFault("the file is too large");
    collector.parse(decodeUtf8(bytes));
    return { kind: "order", message: collector.message() };
  } catch (error) {
    if (!(error instanceof OrderFault)) throw error;
    const messageId = collector.messageId();
    return {
      kind: "unreadable",
      unreadable: messageId === undefined ? { fault: error.message } : { fault: error.message, messageId },
    };
  }
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new OrderFault("the bytes are not UTF-8", { cause });
  }
}

/** Collects the leaves of the document by their path, payment by payment and transfer by transfer. */
class OrderCollector {
  readonly #path: string[] = [];
  readonly #header: Fields = new Map();
  readonly #payments: OrderedPayment[] = [];
  #version: OrderMessage["version"] | undefined;
  #namespace = "";
  #payment: OpenPayment | undefined;
  #transfer: Fields | undefined;
  #text = "";
  #isLeaf = false;

  parse(text: string): void {
    const parser = new SaxesParser({ xmlns: true, position: false });
    parser.on("error", (error) => {
      throw new OrderFault(`not well-formed XML: ${error.message}`, { cause: error });
    });
    parser.on("doctype", () => {
      throw new OrderFault("a document type declaration is not accepted");
    });
    parser.on("opentag", (tag) => this.#open(tag));
    parser.on("text", (part) => {
      this.#text += part;
    });
    parser.on("cdata", (part) => {
      this.#text += part;
    });
    parser.on("closetag", () => this.#close());
    parser.write(text).close();
  }

  message(): OrderMessage {
    if (this.#version === undefined) throw new OrderFault("the file is no pain.001");
    const controlSum = this.#header.get("CtrlSum");
    if (this.#payments.length === 0) throw new OrderFault("there is no PmtInf");
    return {
      version: this.#version,
      messageId: text35(this.#header, "MsgId"),
      createdAt: required(this.#header, "CreDtTm"),
      count: required(this.#header, "NbOfTxs"),
      ...(controlSum === undefined ? {} : { controlSum }),
      payments: this.#payments,
    };
  }

  messageId(): string | undefined {
    const id = this.#header.get("MsgId");
    return id !== undefined && id.length >= 1 && id.length <= 35 ? id : undefined;
  }

  #open(tag: SaxesTagNS): void {
    if (this.#path.length >= MAX_DEPTH) throw new OrderFault("elements are nested too deep");
    if (this.#path.length === 0) this.#root(tag);
    if (tag.uri !== this.#namespace) throw new OrderFault(`element ${tag.local} is in a foreign namespace`);
    this.#path.push(tag.local);
    this.#text = "";
    this.#isLeaf = true;
    const place = this.#path.join("/");
    if (place === PAYMENT) this.#payment = { fields: new Map(), transfers: [] };
    else if (place === TRANSFER) this.#transfer = new Map();
    else if (place === `${TRANSFER}/Amt/InstdAmt`) {
      this.#transfer?.set("Amt/InstdAmt/@Ccy", tag.attributes.Ccy?.value ?? "");
    }
  }

  #root(tag: SaxesTagNS): void {
    const match = NAMESPACE.exec(tag.uri);
    if (tag.local !== "Document" || match === null) throw new OrderFault("the file is no pain.001.001.03 or .09");
    this.#version = match[1] as OrderMessage["version"];
    this.#namespace = tag.uri;
  }

  #close(): void {
    const place = this.#path.join("/");
    if (this.#isLeaf) this.#keep(place, this.#text.trim());
    else if (place === TRANSFER) this.#endTransfer();
    else if (place === PAYMENT) this.#endPayment();
    this.#isLeaf = false;
    this.#path.pop();
  }

  #keep(place: string, text: string): void {
    if (this.#transfer !== undefined) append(this.#transfer, place.slice(TRANSFER.length + 1), text);
    else if (this.#payment !== undefined) append(this.#payment.fields, place.slice(PAYMENT.length + 1), text);
    else if (place.startsWith(HEADER)) append(this.#header, place.slice(HEADER.length + 1), text);
  }

  #endTransfer(): void {
    const fields = this.#transfer;
    if (fields === undefined || this.#payment === undefined) return;
    const instructionId = fields.get("PmtId/InstrId");
    const remittance = fields.get("RmtInf/Ustrd") ?? fields.get("RmtInf/Strd/CdtrRefInf/Ref");
    this.#payment.transfers.push({
      endToEndId: text35(fields, "PmtId/EndToEndId"),
      ...(instructionId === undefined ? {} : { instructionId }),
      amount: required(fields, "Amt/InstdAmt"),
      currency: required(fields, "Amt/InstdAmt/@Ccy"),
      creditorName: (fields.get("Cdtr/Nm") ?? "").slice(0, 140),
      creditorIban: fields.get("CdtrAcct/Id/IBAN") ?? "",
      ...(remittance === undefined ? {} : { remittance: remittance.slice(0, 140) }),
      instant: isInstant(fields) || isInstant(this.#payment.fields),
    });
    this.#transfer = undefined;
  }

  #endPayment(): void {
    if (this.#payment === undefined) return;
    const { fields, transfers } = this.#payment;
    if (transfers.length === 0) throw new OrderFault("a PmtInf holds no transfer");
    const batch = fields.get("BtchBookg");
    const count = fields.get("NbOfTxs");
    const controlSum = fields.get("CtrlSum");
    this.#payments.push({
      id: text35(fields, "PmtInfId"),
      ...(batch === undefined ? {} : { batchBooking: batch === "true" || batch === "1" }),
      ...(count === undefined ? {} : { count }),
      ...(controlSum === undefined ? {} : { controlSum }),
      executionDate: executionDateOf(fields, this.#version),
      debtorName: (fields.get("Dbtr/Nm") ?? "").slice(0, 140),
      debtorIban: required(fields, "DbtrAcct/Id/IBAN"),
      transfers,
    });
    this.#payment = undefined;
  }
}

const ROOT = "Document/CstmrCdtTrfInitn";
const HEADER = `${ROOT}/GrpHdr`;
const PAYMENT = `${ROOT}/PmtInf`;
const TRANSFER = `${PAYMENT}/CdtTrfTxInf`;

function append(fields: Fields, name: string, text: string): void {
  fields.set(name, (fields.get(name) ?? "") + text);
}

function required(fields: Fields, name: string): string {
  const text = fields.get(name);
  if (text === undefined || text === "") throw new OrderFault(`${name} is missing`);
  return text;
}

function text35(fields: Fields, name: string): string {
  const text = required(fields, name);
  if (text.length > 35) throw new OrderFault(`${name} is longer than 35`);
  return text;
}

function isInstant(fields: Fields): boolean {
  return fields.get("PmtTpInf/LclInstrm/Cd") === "INST";
}

/** Version 03 has the date itself, 09 a choice of date and date with time (pain.001.001.09, DateAndDateTime2Choice). */
function executionDateOf(fields: Fields, version: OrderMessage["version"] | undefined): string {
  const text =
    version === "pain.001.001.03"
      ? required(fields, "ReqdExctnDt")
      : (fields.get("ReqdExctnDt/Dt") ?? required(fields, "ReqdExctnDt/DtTm").slice(0, 10));
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(Date.parse(text))) {
    throw new OrderFault("ReqdExctnDt is no date");
  }
  return text;
}
