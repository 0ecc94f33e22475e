/** Reads the fields of one record: each reader checks what it reads, names the place of a fault, and goes on. */
import { bicProblem, ibanProblem, normalizeIban } from "../../domain/account-number.ts";
import { isIsoDate } from "../../domain/calendar.ts";
import { containsCardNumber } from "../../domain/card-number.ts";
import { isCurrency } from "../../domain/currency.ts";
import { MAX_MINOR } from "../../domain/money.ts";
import type { ImportFindingCode } from "./import-findings.ts";
import type { RawValue } from "./raw-record.ts";
import type { RecordPlace } from "./record-place.ts";

const LONGEST_ID = 64;
const LONGEST_TEXT = 140;
/** Printable ASCII without space at its ends: an id that no system on the way trims, folds or renders as another. */
const ID = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/;
/** Control, format and separator characters, and halves of surrogate pairs: nothing a name is written with. */
const UNFIT = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const PLAIN = /^[\x20-\x7e]*$/;
/** Without this run no card number can stand in the text: spares the full search almost always. */
const PERHAPS_CARD = /\d(?:[ -]?\d){12}/;
const WHOLE = /^\d{1,19}$/;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** What a reader answers where it found a fault: the record is never used then. */
const NOTHING = "";

export class Fields {
  readonly place: RecordPlace;
  readonly #value: RawValue;
  readonly #parent: string;
  readonly #index: number;
  #read = 0;

  /** `parent` and `index` say where an inner object stands: `items`, 2. */
  constructor(value: RawValue, place: RecordPlace, parent = "", index = -1) {
    this.#value = value;
    this.place = place;
    this.#parent = parent;
    this.#index = index;
  }

  /** Every field has been asked for: what else the record has is a fault. */
  close(known: readonly string[]): void {
    let count = 0;
    for (const _key in this.#value) count += 1;
    if (count === this.#read) return;
    for (const name of Object.keys(this.#value)) {
      if (!known.includes(name)) this.fault("FIELD_UNKNOWN", name, name, known.join(", "));
    }
  }

  /** The names that stand in the object: for one whose names are values, such as currencies. */
  names(): readonly string[] {
    return Object.keys(this.#value);
  }

  fault(code: ImportFindingCode, name: string, found: string, expected: string): void {
    const inner = this.#index < 0 ? this.#parent : `${this.#parent}[${this.#index}]`;
    this.place.fault(code, inner === "" || name === "" ? `${inner}${name}` : `${inner}.${name}`, found, expected);
  }

  #get(name: string): unknown {
    const value = this.#value[name];
    if (value === undefined) return undefined;
    this.#read += 1;
    return value === null ? undefined : value;
  }

  #missing(name: string, expected: string): string {
    this.fault("FIELD_MISSING", name, "nothing", expected);
    return NOTHING;
  }

  id(name: string, longest = LONGEST_ID): string {
    return this.optionalId(name, longest) ?? this.#missing(name, "an id");
  }

  optionalId(name: string, longest = LONGEST_ID): string | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (typeof value === "string" && value.length <= longest && ID.test(value)) return value;
    const expected =
      typeof value === "number"
        ? 'an id as a text in quotes: a number would lose zeros and digits ("0012")'
        : `1 to ${longest} printable characters without spaces at the ends`;
    this.fault("ID_INVALID", name, shown(value), expected);
    return NOTHING;
  }

  text(name: string, longest = LONGEST_TEXT): string {
    return this.optionalText(name, longest) ?? this.#missing(name, "a text");
  }

  optionalText(name: string, longest = LONGEST_TEXT): string | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (typeof value !== "string" || value.length > longest || value.trim() === "" || !isPrintable(value)) {
      this.fault("FIELD_INVALID", name, shown(value), `a text of 1 to ${longest} printable characters`);
      return NOTHING;
    }
    if (PERHAPS_CARD.test(value) && containsCardNumber(value)) {
      this.fault("CARD_NUMBER", name, value, "a text without a card number");
      return NOTHING;
    }
    return value;
  }

  /** Minor units: a whole number from zero, as a number or as digits in a text. */
  amount(name: string): bigint {
    const amount = this.optionalAmount(name);
    if (amount !== undefined) return amount;
    this.#missing(name, "an amount in minor units, such as 1250 for 12.50");
    return 0n;
  }

  optionalAmount(name: string): bigint | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    const amount = wholeOf(value);
    if (amount !== undefined && amount <= MAX_MINOR) return amount;
    const expected =
      amount !== undefined || Number(value) > MAX_MINOR
        ? `at most ${MAX_MINOR} minor units`
        : "whole minor units, such as 1250 for 12.50";
    this.fault("AMOUNT_INVALID", name, shown(value), expected);
    return 0n;
  }

  optionalWhole(name: string, least: bigint, most: bigint): bigint | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    const whole = wholeOf(value);
    if (whole !== undefined && whole >= least && whole <= most) return whole;
    this.fault("FIELD_INVALID", name, shown(value), `a whole number from ${least} to ${most}`);
    return least;
  }

  /** Minor units above zero. */
  optionalPositive(name: string): bigint | undefined {
    const amount = this.optionalAmount(name);
    if (amount === 0n && !this.place.isFaulty) this.fault("AMOUNT_INVALID", name, "0", "more than nothing");
    return amount;
  }

  optionalDays(name: string, least = 0n, most = 365n): number | undefined {
    const days = this.optionalWhole(name, least, most);
    return days === undefined ? undefined : Number(days);
  }

  /** A share in percent, such as 5.5; only looked at, never calculated with. */
  optionalPercent(name: string): string | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    const text = typeof value === "number" ? String(value) : value;
    if (typeof text === "string" && /^\d{1,3}(?:\.\d{1,4})?$/.test(text) && Number(text) <= 100) return text;
    this.fault("FIELD_INVALID", name, shown(value), "a percentage from 0 to 100");
    return NOTHING;
  }

  optionalFlag(name: string): boolean | undefined {
    const value = this.#get(name);
    if (value === undefined || typeof value === "boolean") return value;
    if (value === "true" || value === "false") return value === "true";
    this.fault("FIELD_INVALID", name, shown(value), "true or false");
    return undefined;
  }

  choice<Choice extends string>(name: string, choices: readonly Choice[]): Choice {
    const found = this.optionalChoice(name, choices);
    if (found !== undefined) return found;
    this.#missing(name, choices.join(", "));
    return choices[0] as Choice;
  }

  optionalChoice<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    const found = choices.find((choice) => choice === value);
    if (found === undefined) this.fault("FIELD_INVALID", name, shown(value), choices.join(", "));
    return found ?? choices[0];
  }

  optionalCurrency(name = "currency"): string | undefined {
    const value = this.#get(name);
    if (value === undefined || (typeof value === "string" && isCurrency(value))) return value;
    this.fault("CURRENCY_UNKNOWN", name, shown(value), "an ISO 4217 code such as EUR");
    return NOTHING;
  }

  optionalDate(name: string): string | undefined {
    const value = this.#get(name);
    if (value === undefined || (typeof value === "string" && isKnownDate(value))) return value;
    this.fault("FIELD_INVALID", name, shown(value), "a date YYYY-MM-DD");
    return NOTHING;
  }

  /** An instant with its zone; answered in UTC to the millisecond. */
  optionalInstant(name: string): string | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    const instant = typeof value === "string" ? utcOf(value) : undefined;
    if (instant !== undefined) return instant;
    this.fault("FIELD_INVALID", name, shown(value), "an instant with its zone, such as 2026-11-20T09:30:00Z");
    return NOTHING;
  }

  optionalIban(name = "iban"): string | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    const iban = typeof value === "string" ? normalizeIban(value) : NOTHING;
    const problem = ibanProblem(iban);
    if (problem !== undefined) this.fault("IBAN_INVALID", name, maskedAccount(value), problem);
    return iban;
  }

  optionalBic(name = "bic"): string | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    const bic = typeof value === "string" ? value.trim().toUpperCase() : NOTHING;
    const problem = bicProblem(bic);
    if (problem !== undefined) this.fault("BIC_INVALID", name, shown(value), problem);
    return bic;
  }

  /** The inner object of that name, whose own readers name their place. */
  optionalInner(name: string): Fields | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (isObject(value)) return new Fields(value, this.place, this.#path(name));
    this.fault("FIELD_INVALID", name, shown(value), "an object");
    return undefined;
  }

  /** The inner objects of a list; undefined when the list is left out. */
  optionalList(name: string): readonly Fields[] | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) {
      this.fault("FIELD_INVALID", name, shown(value), "a list");
      return [];
    }
    const path = this.#path(name);
    const list: Fields[] = [];
    for (let index = 0; index < value.length; index += 1) {
      const part: unknown = value[index];
      if (isObject(part)) list.push(new Fields(part, this.place, path, index));
      else this.fault("FIELD_INVALID", `${name}[${index}]`, shown(part), "an object");
    }
    return list;
  }

  optionalTexts(name: string): readonly string[] | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    const listed: readonly unknown[] =
      typeof value === "string" ? value.split(/[\s|]+/) : Array.isArray(value) ? value : [];
    const texts = listed.filter((part) => typeof part === "string");
    if (texts.length === 0 || texts.length !== listed.length) {
      this.fault("FIELD_INVALID", name, shown(value), "a list of texts");
    }
    return texts;
  }

  #path(name: string): string {
    const inner = this.#index < 0 ? this.#parent : `${this.#parent}[${this.#index}]`;
    return inner === "" ? name : `${inner}.${name}`;
  }
}

function isObject(value: unknown): value is RawValue {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** How most systems write an instant: already in UTC, to the second or the millisecond. */
const PLAIN_UTC = /^(\d{4}-\d{2}-\d{2})T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{3})?Z$/;
let lastDate = "";

/** The same few dates come again and again: the last one is not looked at twice. */
function isKnownDate(date: string): boolean {
  if (date !== lastDate && !isIsoDate(date)) return false;
  lastDate = date;
  return true;
}

/** The instant in UTC to the millisecond; undefined for a text that is none. */
function utcOf(text: string): string | undefined {
  const date = PLAIN_UTC.exec(text)?.[1];
  if (date !== undefined && isKnownDate(date)) {
    return text.length === 24 ? text : `${text.slice(0, 19)}.000Z`;
  }
  const ms = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) return undefined;
  const utc = new Date(ms).toISOString();
  // Date.parse takes 31 April for 1 May: the date has to come out as it went in, or to exist in its own zone.
  return utc.startsWith(text.slice(0, 10)) || isIsoDate(text.slice(0, 10)) ? utc : undefined;
}

function isPrintable(text: string): boolean {
  return PLAIN.test(text) || !UNFIT.test(text);
}

function wholeOf(value: unknown): bigint | undefined {
  if (typeof value === "number") return Number.isSafeInteger(value) && value >= 0 ? BigInt(value) : undefined;
  return typeof value === "string" && WHOLE.test(value) ? BigInt(value) : undefined;
}

/** A wrong value as text; objects and lists by their kind, so that no large or secret content is repeated. */
function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

/** What is meant to be an IBAN but is none is masked as if it were one. */
function maskedAccount(value: unknown): string {
  if (typeof value !== "string") return shown(value);
  const bare = normalizeIban(value);
  return bare.length < 12 ? `${bare.length} characters` : `${bare.slice(0, 4)}****${bare.slice(-4)}`;
}
