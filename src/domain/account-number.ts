/** Account numbers: IBANs by the SEPA country table, BICs, and which of them belong together. */
import { getCountrySpecifications } from "ibantools";
import sepaCountries from "./data/sepa-countries.json" with { type: "json" };

/** A country or territory whose accounts SEPA transfers reach (EPC409-09 v8.0), by the prefix of its IBANs. */
export interface SepaCountry {
  readonly country: string;
  readonly name: string;
  /** Structure after the check digits, as the SWIFT registry writes it: `8!n10!n`. */
  readonly bban: string;
  readonly eea: boolean;
  readonly euro: boolean;
}

interface IbanStructure {
  readonly length: number;
  readonly bban: RegExp;
  /** In the registry's notation where our table has it; for a person to read. */
  readonly notation: string;
}

const SEPA = new Map<string, SepaCountry>(sepaCountries.map((row) => [row.country, row]));
const CHARACTERS: Readonly<Record<string, string>> = { n: "[0-9]", a: "[A-Z]", c: "[A-Z0-9]" };
const REGISTRY = getCountrySpecifications();
const STRUCTURES = readStructures();

function readStructures(): ReadonlyMap<string, IbanStructure> {
  const structures = new Map<string, IbanStructure>();
  for (const [country, { chars, bban_regexp }] of Object.entries(REGISTRY)) {
    if (chars === null || bban_regexp === null) continue;
    // The length is checked on its own: some patterns of the registry copy are not anchored at their end.
    structures.set(country, { length: chars, bban: new RegExp(bban_regexp), notation: `${chars} characters` });
  }
  for (const { country, bban } of SEPA.values()) {
    structures.set(country, structureOf(bban));
  }
  return structures;
}

/** `4!n4!n12!c` -> 24 characters in all, `^[0-9]{4}[0-9]{4}[A-Z0-9]{12}$`. */
function structureOf(notation: string): IbanStructure {
  let length = 4;
  let pattern = "";
  for (const [, count = "", kind = ""] of notation.matchAll(/(\d+)!([nac])/g)) {
    length += Number(count);
    pattern += `${CHARACTERS[kind]}{${count}}`;
  }
  return { length, bban: new RegExp(`^${pattern}$`), notation: `${notation} after the check digits` };
}

/** An IBAN as people write it (`de89 3704 0044 ...`) as files carry it: no white space, upper case. Checks nothing. */
export function normalizeIban(text: string): string {
  return text.replace(/\s+/g, "").toUpperCase();
}

/**
 * What is wrong with an IBAN in electronic form, as a sentence that says what is expected; undefined when it is valid.
 * The sentence never repeats the number. Structure: the SEPA table (EPC409-09) first, the SWIFT registry for others.
 * Check digits are 02 to 98 and the whole is 1 modulo 97 (ISO 13616): modulo 97 alone accepts 00, 01 and 99 too.
 */
export function ibanProblem(iban: string): string | undefined {
  if (!/^[A-Z]{2}[0-9]{2}[A-Z0-9]+$/.test(iban)) {
    return "an IBAN begins with two letters and two digits and goes on with letters A-Z and digits, without spaces";
  }
  const country = iban.slice(0, 2);
  const structure = STRUCTURES.get(country);
  if (structure === undefined) {
    return `an IBAN begins with a country of the IBAN registry, ${country} is not in it`;
  }
  if (iban.length !== structure.length) {
    return `an IBAN of ${country} has ${structure.length} characters, this one has ${iban.length}`;
  }
  if (!structure.bban.test(iban.slice(4))) {
    return `an IBAN of ${country} has the structure ${structure.notation}`;
  }
  const check = Number(iban.slice(2, 4));
  if (check < 2 || check > 98) {
    return "the check digits of an IBAN are between 02 and 98";
  }
  return remainderBy97(iban) === 1
    ? undefined
    : "the check digits of the IBAN agree with the rest of it (modulo 97 is 1)";
}

/** The IBAN with its first four characters at the end and letters as 10 to 35, modulo 97; no number grows large. */
function remainderBy97(iban: string): number {
  let remainder = 0;
  for (let index = 0; index < iban.length; index += 1) {
    const code = iban.charCodeAt((index + 4) % iban.length);
    remainder = code <= 57 ? (remainder * 10 + code - 48) % 97 : (remainder * 100 + code - 55) % 97;
  }
  return remainder;
}

/** How many characters an IBAN of this country has, undefined when the country has none. */
export function ibanLengthOf(country: string): number | undefined {
  return STRUCTURES.get(country)?.length;
}

export function isIban(text: string): boolean {
  return ibanProblem(text) === undefined;
}

/** The SEPA country of an IBAN (or of a bare two-letter prefix), undefined when SEPA transfers do not reach it. */
export function sepaCountryOf(iban: string): SepaCountry | undefined {
  return SEPA.get(iban.slice(0, 2));
}

/** Whether this is a valid IBAN of a country that SEPA transfers reach. */
export function isSepaIban(iban: string): boolean {
  return sepaCountryOf(iban) !== undefined && isIban(iban);
}

/** First and last four characters, for logs, findings and screens; a text too short to hide anything is hidden whole. */
export function maskIban(iban: string): string {
  const bare = normalizeIban(iban);
  return bare.length < 12 ? "****" : `${bare.slice(0, 4)}****${bare.slice(-4)}`;
}

/**
 * What is wrong with a BIC, as a sentence; undefined when it is well formed: 8 or 11 upper-case characters with a known
 * country in the fifth and sixth. ISO 9362:2022 allows digits in the first four, which pain.001.001.03 cannot carry.
 */
export function bicProblem(bic: string): string | undefined {
  if (!/^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$/.test(bic)) {
    return "a BIC has 8 or 11 characters: 4 letters or digits, 2 letters of the country, 2 and perhaps 3 letters or digits";
  }
  if (bic === "NOTPROVIDED") {
    return "an unknown BIC is left out: NOTPROVIDED reads as a BIC of Romania";
  }
  const country = bicCountryOf(bic);
  return country in REGISTRY ? undefined : `the fifth and sixth characters of a BIC are a country, ${country} is none`;
}

function bicCountryOf(bic: string): string {
  return bic.slice(4, 6);
}

/** Territories that have a country of their own in a BIC and the IBAN prefix of the state they belong to. */
const BIC_COUNTRIES: Readonly<Record<string, readonly string[]>> = {
  FR: ["BL", "GF", "GP", "MF", "MQ", "NC", "PF", "PM", "RE", "TF", "WF", "YT"],
  GB: ["GG", "IM", "JE"],
  FI: ["AX"],
};

/** What is wrong with a BIC beside an IBAN: its country must be the IBAN's or one that shares the prefix. */
export function bicForIbanProblem(bic: string, iban: string): string | undefined {
  const country = iban.slice(0, 2);
  const others = BIC_COUNTRIES[country] ?? [];
  if (bicCountryOf(bic) === country || others.includes(bicCountryOf(bic))) return undefined;
  return `a BIC for an IBAN of ${country} has the country ${[country, ...others].join(", ")}, not ${bicCountryOf(bic)}`;
}
