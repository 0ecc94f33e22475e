/** Finds card numbers in text, so that none is ever stored or logged (PCI DSS 3.4). */
import { ibanLengthOf, isIban, normalizeIban } from "./account-number.ts";

/** Part of a text, `end` not included. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * Words of digits joined by single spaces or dashes. A digit beside a letter belongs to an id, and digits with a point
 * between them are a decimal number (half of all floats have 13 to 19 digits, and a tenth of those would pass Luhn).
 */
const DIGIT_RUN = /(?<![A-Za-z0-9]|\d\.)\d+(?:[ -]\d+)*(?![A-Za-z0-9]|\.\d)/g;
const IBAN_BEGIN = /(?<![A-Za-z0-9])[A-Za-z]{2} ?\d{2}/g;
const ISO_DATE = /(?<!\d)(?:19|20)\d{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?!\d)/g;

const MIN_DIGITS = 13;
const MAX_DIGITS = 19;

/** Whether a card number stands in the text: 13 to 19 digits, Luhn-valid, with single spaces or dashes between them. */
export function containsCardNumber(text: string): boolean {
  return cardNumberSpans(text).length > 0;
}

/** The text with all but the last four digits of every card number replaced by `*`; separators stay. */
export function maskCardNumbers(text: string): string {
  let masked = "";
  let position = 0;
  for (const { start, end } of cardNumberSpans(text)) {
    masked += text.slice(position, start) + maskCardNumber(text.slice(start, end));
    position = end;
  }
  return masked + text.slice(position);
}

/** One card number with all but its last four digits replaced. */
export function maskCardNumber(number: string): string {
  const hidden = number.length - lastFourLength(number);
  return number.slice(0, hidden).replace(/\d/g, "*") + number.slice(hidden);
}

function lastFourLength(number: string): number {
  return /(?:\d[ -]?){4}$/.exec(number)?.[0].length ?? 0;
}

/** Where card numbers stand in the text. */
export function cardNumberSpans(text: string): readonly Span[] {
  if (!/\d/.test(text)) return [];
  const spans: Span[] = [];
  for (const run of blankOut(text).matchAll(DIGIT_RUN)) {
    spans.push(...spansInRun(run[0], run.index));
  }
  return spans;
}

/** IBANs written in groups and dates contain digit runs that pass Luhn one time in ten: they are hidden from the search. */
function blankOut(text: string): string {
  let blanked = text.replace(ISO_DATE, (found) => "_".repeat(found.length));
  for (const { start, end } of ibanSpans(blanked)) {
    blanked = blanked.slice(0, start) + "_".repeat(end - start) + blanked.slice(end);
  }
  return blanked;
}

/** Where valid IBANs stand in the text, whole or in groups, whatever the case. */
export function ibanSpans(text: string): readonly Span[] {
  const spans: Span[] = [];
  for (const match of text.matchAll(IBAN_BEGIN)) {
    const length = ibanLengthOf(match[0].slice(0, 2).toUpperCase()) ?? 0;
    const written = new RegExp(`(?:[A-Za-z0-9] ?){${Math.max(length - 1, 0)}}[A-Za-z0-9](?![A-Za-z0-9])`, "y");
    written.lastIndex = match.index;
    const found = written.exec(text)?.[0];
    if (found !== undefined && isIban(normalizeIban(found))) {
      spans.push({ start: match.index, end: match.index + found.length });
    }
  }
  return spans;
}

/** Every card number that begins and ends at a border between groups, so that a number beside it does not hide it. */
function spansInRun(run: string, offset: number): Span[] {
  const groups = [...run.matchAll(/\d+/g)].map((group) => ({ digits: group[0], start: group.index }));
  const spans: Span[] = [];
  for (let first = 0; first < groups.length; first += 1) {
    let digits = "";
    for (let last = first; last < groups.length && digits.length < MAX_DIGITS; last += 1) {
      const group = groups[last];
      const begin = groups[first];
      if (group === undefined || begin === undefined) break;
      digits += group.digits;
      if (!isCardNumber(digits)) continue;
      spans.push({ start: offset + begin.start, end: offset + group.start + group.digits.length });
      first = last;
      break;
    }
  }
  return spans;
}

/** Card numbers begin with 2 to 9, or with 1 and have 15 digits (UATP): this spares zeros and times in milliseconds. */
function isCardNumber(digits: string): boolean {
  if (digits.length < MIN_DIGITS || digits.length > MAX_DIGITS) return false;
  if (digits.startsWith("0") || (digits.startsWith("1") && digits.length !== 15)) return false;
  return passesLuhn(digits);
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    const weighed = index % 2 === 0 ? digit : digit * 2;
    sum += weighed > 9 ? weighed - 9 : weighed;
  }
  return sum % 10 === 0;
}
