/** The transfer element: xmlbuilder2 builds it once per shape with placeholders, which are cut out and then filled. */
import { create } from "xmlbuilder2";
import type { BankProfile } from "../profile/profile.ts";
import { writtenAddress } from "./address.ts";
import { type Charset, convertText } from "./charset.ts";
import { type ReferenceKind, referenceKind } from "./reference.ts";
import type { Pain001Transfer } from "./transfer.ts";

/** Values that differ between transfers of one shape, by their place in the list of values. */
const SLOT = {
  endToEndId: 0,
  instructionId: 1,
  amount: 2,
  bic: 3,
  name: 4,
  iban: 5,
  street: 6,
  buildingNumber: 7,
  postCode: 8,
  town: 9,
  country: 10,
  line1: 11,
  line2: 12,
  purpose: 13,
  remittance: 14,
  reference: 15,
} as const;

type SlotName = keyof typeof SLOT;

/** A shape is the set of slots it has, as bits, and the kind of its reference in the bits above them. */
const REFERENCE_BITS: Readonly<Record<ReferenceKind, number>> = { NATIONAL: 1 << 20, RF: 1 << 21, QRR: 1 << 22 };
const NO_AGENT_BIT = 1 << 23;

interface Shape {
  /** Fixed text before each value and after the last one: one more than `slots`. */
  readonly parts: readonly string[];
  /** The slot of each value, in order. */
  readonly slots: readonly number[];
}

/**
 * Marks a place to fill. No tag and no code has it, and it is below U+0100: a character above would make every text cut
 * out of the template, and so every line, take two bytes a character until it is encoded.
 */
const MARK = "\u00a7";

function placeholder(name: SlotName): string {
  return `${MARK}${SLOT[name]}${MARK}`;
}

/** Where a transfer stands in the document; it has a line of its own, so that a finding's line names it. */
const LINE_INDENT = "      ";

const RENDERERS = new WeakMap<BankProfile, TransferRenderer>();

/** The renderer of a profile, kept with it: the next file finds its shapes built, and its code compiled. */
export function transferRenderer(profile: BankProfile): TransferRenderer {
  const renderer = RENDERERS.get(profile) ?? new TransferRenderer(profile);
  RENDERERS.set(profile, renderer);
  return renderer;
}

/** Writes transfers for one profile; it remembers the shapes it has met. Values are converted here, not checked. */
export class TransferRenderer {
  readonly #profile: BankProfile;
  readonly #charset: Charset;
  readonly #values: string[] = new Array<string>(16).fill("");
  readonly #shapesOf = new Map<string, Map<number, Shape>>();
  // Transfers of one currency and shape often follow each other.
  #lastCurrency = "";
  #lastKey = -1;
  #shape: Shape = { parts: [], slots: [] };

  constructor(profile: BankProfile) {
    this.#profile = profile;
    this.#charset = profile.charset;
  }

  /** One transfer as a line of XML, indented, with its line feed. */
  render(transfer: Pain001Transfer): string {
    const key = this.#fillValues(transfer);
    if (key !== this.#lastKey || transfer.currency !== this.#lastCurrency) {
      this.#lastKey = key;
      this.#lastCurrency = transfer.currency;
      this.#shape = this.#shapeOf(key, transfer.currency);
    }
    return fill(this.#shape, this.#values);
  }

  /** Puts the texts into the values and answers the bits of the elements there are. */
  #fillValues(transfer: Pain001Transfer): number {
    const { creditor, instructionId, purpose } = transfer;
    const values = this.#values;
    const { address, agents } = this.#profile;
    values[SLOT.endToEndId] = transfer.endToEndId;
    values[SLOT.amount] = amountText(transfer.amountMinor);
    values[SLOT.name] = this.#written(creditor.name);
    values[SLOT.iban] = creditor.iban;
    let key = 0;
    if (instructionId !== undefined) {
      values[SLOT.instructionId] = instructionId;
      key |= 1 << SLOT.instructionId;
    }
    if (creditor.bic !== undefined && agents.creditor !== "omit") {
      values[SLOT.bic] = creditor.bic;
      key |= 1 << SLOT.bic;
    } else if (agents.creditor === "NOTPROVIDED") {
      key |= NO_AGENT_BIT;
    }
    if (purpose !== undefined) {
      values[SLOT.purpose] = purpose;
      key |= 1 << SLOT.purpose;
    }
    key |= this.#fillRemittance(transfer);
    if (creditor.address !== undefined && address.form !== "none") key |= fillAddress(transfer, this.#profile, values);
    return key;
  }

  #fillRemittance({ structuredReference, remittance, creditor }: Pain001Transfer): number {
    if (structuredReference !== undefined) {
      this.#values[SLOT.reference] = this.#written(structuredReference);
      return REFERENCE_BITS[referenceKind(structuredReference, creditor.iban)];
    }
    const text = remittance === undefined ? "" : this.#written(remittance);
    this.#values[SLOT.remittance] = text;
    return text === "" ? 0 : 1 << SLOT.remittance;
  }

  /** The small sets have no character that XML would escape. */
  #written(text: string): string {
    const converted = convertText(text, this.#charset);
    return this.#charset === "extended" ? escapeText(converted) : converted;
  }

  #shapeOf(key: number, currency: string): Shape {
    const shapes = this.#shapesOf.get(currency) ?? new Map<number, Shape>();
    this.#shapesOf.set(currency, shapes);
    const shape = shapes.get(key) ?? buildShape(key, currency, this.#profile);
    shapes.set(key, shape);
    return shape;
  }
}

function fill({ parts, slots }: Shape, values: readonly string[]): string {
  let line = parts[0] ?? "";
  for (let index = 0; index < slots.length; index += 1) {
    line += values[slots[index] ?? 0] ?? "";
    line += parts[index + 1] ?? "";
  }
  return line;
}

/** Puts the address into the values and answers the bits of the elements it has. */
function fillAddress(transfer: Pain001Transfer, profile: BankProfile, values: string[]): number {
  const address = writtenAddress(transfer.creditor.address, profile.address.form, profile.charset);
  if (address === undefined) return 0;
  const { lines, ...parts } = address;
  let key = 0;
  const put = (name: SlotName, text: string) => {
    if (text === "") return;
    values[SLOT[name]] = escapeText(text);
    key |= 1 << SLOT[name];
  };
  for (const name of ["street", "buildingNumber", "postCode", "town", "country"] as const) put(name, parts[name]);
  put("line1", lines[0] ?? "");
  put("line2", lines[1] ?? "");
  return key;
}

function buildShape(key: number, currency: string, profile: BankProfile): Shape {
  const xml = create({ CdtTrfTxInf: transferElement(key, currency, profile) }).end({ headless: true });
  const parts = `${LINE_INDENT}${xml}
`.split(MARK);
  return {
    parts: parts.filter((_part, index) => index % 2 === 0),
    slots: parts.filter((_part, index) => index % 2 === 1).map(Number),
  };
}

type Element = Readonly<Record<string, unknown>>;

/** The element in the order of CreditTransferTransaction34 (.09), which is also that of .03. */
function transferElement(key: number, currency: string, profile: BankProfile): Element {
  const has = (name: SlotName) => (key & (1 << SLOT[name])) !== 0;
  const optional = (name: SlotName, tag: string): Element => (has(name) ? { [tag]: placeholder(name) } : {});
  const remittance = remittanceElement(key);
  return {
    PmtId: { ...optional("instructionId", "InstrId"), EndToEndId: placeholder("endToEndId") },
    Amt: { InstdAmt: { "@Ccy": currency, "#": placeholder("amount") } },
    ...agentElement(key, profile),
    Cdtr: { Nm: placeholder("name"), ...addressElement(optional) },
    CdtrAcct: { Id: { IBAN: placeholder("iban") } },
    ...(has("purpose") ? { Purp: { Cd: placeholder("purpose") } } : {}),
    ...(remittance === undefined ? {} : { RmtInf: remittance }),
  };
}

function agentElement(key: number, profile: BankProfile): Element {
  if ((key & NO_AGENT_BIT) !== 0) return { CdtrAgt: { FinInstnId: { Othr: { Id: "NOTPROVIDED" } } } };
  if ((key & (1 << SLOT.bic)) === 0) return {};
  return { CdtrAgt: { FinInstnId: { [bicTag(profile)]: placeholder("bic") } } };
}

/** `BIC` became `BICFI` with version 04. */
export function bicTag(profile: BankProfile): "BIC" | "BICFI" {
  return profile.message === "pain.001.001.03" ? "BIC" : "BICFI";
}

/** PostalAddress24, in the order of the schema. */
function addressElement(optional: (name: SlotName, tag: string) => Element): Element {
  const elements = {
    ...optional("street", "StrtNm"),
    ...optional("buildingNumber", "BldgNb"),
    ...optional("postCode", "PstCd"),
    ...optional("town", "TwnNm"),
    ...optional("country", "Ctry"),
  };
  const lines = (["line1", "line2"] as const).flatMap((name) => Object.values(optional(name, "AdrLine")));
  if (lines.length > 0) return { PstlAdr: { ...elements, AdrLine: lines } };
  return Object.keys(elements).length > 0 ? { PstlAdr: elements } : {};
}

function remittanceElement(key: number): Element | undefined {
  const reference = (type: Element): Element => ({
    Strd: { CdtrRefInf: { Tp: type, Ref: placeholder("reference") } },
  });
  if ((key & REFERENCE_BITS.RF) !== 0) return reference({ CdOrPrtry: { Cd: "SCOR" }, Issr: "ISO" });
  if ((key & REFERENCE_BITS.NATIONAL) !== 0) return reference({ CdOrPrtry: { Cd: "SCOR" } });
  if ((key & REFERENCE_BITS.QRR) !== 0) return reference({ CdOrPrtry: { Prtry: "QRR" } });
  return (key & (1 << SLOT.remittance)) === 0 ? undefined : { Ustrd: placeholder("remittance") };
}

/** `.00` to `.99`, `0` to `999` and `000` to `999`. */
const CENTS = Array.from({ length: 100 }, (_none, cents) => `.${String(cents).padStart(2, "0")}`);
const UP_TO_THREE = Array.from({ length: 1_000 }, (_none, number) => String(number));
const THREE_DIGITS = UP_TO_THREE.map((digits) => digits.padStart(3, "0"));
/** What three digits of thousands, three of units and the cents can show. */
const SMALL = 100_000_000;

/**
 * Two decimals from minor units; services take only currencies of two decimals (the profile's form says so). The usual
 * amounts are put together from tables: `String` would keep the text of each number, and the collector would carry it on.
 */
export function amountText(minor: bigint): string {
  const amount = Number(minor);
  if (amount < 0 || amount >= SMALL) {
    const digits = minor.toString();
    return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
  }
  const whole = (amount / 100) | 0;
  const cents = CENTS[amount - whole * 100] ?? "";
  const thousands = (whole / 1_000) | 0;
  if (thousands === 0) return (UP_TO_THREE[whole] ?? "") + cents;
  return (UP_TO_THREE[thousands] ?? "") + (THREE_DIGITS[whole - thousands * 1_000] ?? "") + cents;
}

const MUST_ESCAPE = /[&<>]/;

export function escapeText(text: string): string {
  if (!MUST_ESCAPE.test(text)) return text;
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
