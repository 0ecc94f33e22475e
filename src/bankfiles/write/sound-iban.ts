/** The quick yes to an IBAN: one pass over its characters, for the many that are right. The domain has the last word. */
import { sepaCountryOf } from "../../domain/account-number.ts";

const DIGIT = 1;
const LETTER = 2;
const KINDS: Readonly<Record<string, number>> = { n: DIGIT, a: LETTER, c: DIGIT | LETTER };

/** Large enough for few divisions, small enough that two more digits stay a 32-bit integer, whose division is fast. */
const REDUCE_ABOVE = 10_000_000;

/** What may stand at each place after the check digits, by the number of the country's letters. */
const structures = new Map<number, Uint8Array>();

/** The country asked for last: sellers of one country often follow each other. */
let last: { readonly country: number; readonly structure: Uint8Array } = { country: -1, structure: new Uint8Array() };

function structureOf(country: number, iban: string): Uint8Array {
  if (country === last.country) return last.structure;
  const structure = structures.get(country) ?? parsedStructure(iban);
  structures.set(country, structure);
  last = { country, structure };
  return structure;
}

function parsedStructure(iban: string): Uint8Array {
  const notation = sepaCountryOf(iban)?.bban ?? "";
  const places = [...notation.matchAll(/(\d+)!([nac])/g)].flatMap(([, count = "", kind = ""]) =>
    new Array<number>(Number(count)).fill(KINDS[kind] ?? 0),
  );
  return Uint8Array.from(places);
}

/**
 * True when this is a valid IBAN of a SEPA country. False means only that `ibanProblem` has to be asked: it may be one of
 * another country, or wrong.
 */
export function isSoundSepaIban(iban: string): boolean {
  const country = iban.charCodeAt(0) * 65_536 + iban.charCodeAt(1);
  const structure = structureOf(country, iban);
  if (structure.length === 0 || iban.length !== structure.length + 4) return false;
  let remainder = 0;
  for (let index = 0; index < structure.length; index += 1) {
    const code = iban.charCodeAt(index + 4);
    const allowed = structure[index] ?? 0;
    if (code >= 48 && code <= 57 && (allowed & DIGIT) !== 0) remainder = remainder * 10 + code - 48;
    else if (code >= 65 && code <= 90 && (allowed & LETTER) !== 0) remainder = remainder * 100 + code - 55;
    else return false;
    if (remainder > REDUCE_ABOVE) remainder %= 97;
  }
  const tens = iban.charCodeAt(2) - 48;
  const ones = iban.charCodeAt(3) - 48;
  if (!(tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9)) return false;
  const check = tens * 10 + ones;
  const letters = (iban.charCodeAt(0) - 55) * 100 + iban.charCodeAt(1) - 55;
  return check >= 2 && check <= 98 && (((remainder % 97) * 10_000 + letters) * 100 + check) % 97 === 1;
}
