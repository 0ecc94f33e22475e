/** Collects what is wrong with the records of one file: the first ten thousand findings whole, the rest as a count. */

import { maskIban } from "../../domain/account-number.ts";
import { ibanSpans, maskCardNumbers } from "../../domain/card-number.ts";
import type { Finding } from "../../domain/finding.ts";

/** Every code an import may find, and what it says. */
export const IMPORT_FINDINGS = {
  FILE_UNREADABLE: "the file cannot be read",
  FORMAT_UNKNOWN: "the file's name does not say its format",
  TEXT_NOT_UTF8: "the text is not UTF-8",
  LINE_TOO_LONG: "one record is larger than any record may be",
  JSON_INVALID: "the text is not JSON",
  CSV_INVALID: "the row does not fit its header",
  TYPE_UNKNOWN: "the record does not say what it is",
  FIELD_MISSING: "a field is missing",
  FIELD_UNKNOWN: "the record has a field that its kind does not have",
  FIELD_REPEATED: "a field stands twice in one object",
  FIELD_INVALID: "the value is not one the field can have",
  ID_INVALID: "an id is not usable as an id",
  AMOUNT_INVALID: "an amount is not a whole number of minor units",
  SUM_DIFFERS: "amounts do not add up",
  AMOUNT_EXCEEDED: "an amount is more than what is there",
  CURRENCY_UNKNOWN: "the currency is not in ISO 4217",
  CURRENCY_DIFFERS: "the currency is not the one of the record it belongs to",
  IBAN_INVALID: "the IBAN is not valid",
  BIC_INVALID: "the BIC is not valid",
  CARD_NUMBER: "a card number stands in a text, where it must never be",
  TIERS_OVERLAP: "tiers of a fee do not ascend",
  RULES_OVERLAP: "two fee rules are for the same sales at the same time",
  NOTHING_AVAILABLE: "nothing is available for a cashout",
  PAYOUT_REFUSED: "the seller cannot be paid now",
  NOT_FOUND: "the record refers to one that does not exist yet",
  DUPLICATE_DIFFERS: "the id exists with other content",
  TRANSITION_REFUSED: "the record does not apply in this state",
  AUTHORISATION_EXPIRED: "the authorisation has expired",
  SELLER_NEEDED: "the operation must say whose items it is for",
} as const satisfies Record<string, string>;

export type ImportFindingCode = keyof typeof IMPORT_FINDINGS;

/** More than anybody reads, and little enough to keep. */
const MOST_LISTED = 10_000;
const LONGEST_SHOWN = 60;

export class ImportFindings {
  readonly #listed: { readonly line: number; readonly finding: Finding }[] = [];
  #count = 0;

  add(code: ImportFindingCode, where: string, found: string, expected: string, line = 0): void {
    this.#count += 1;
    if (this.#listed.length < MOST_LISTED) {
      this.#listed.push({ line, finding: { code, where, found: shownText(found), expected } });
    }
  }

  /** In the order of the lines, whichever check found them first. */
  get listed(): readonly Finding[] {
    return this.#listed.toSorted((a, b) => a.line - b.line).map(({ finding }) => finding);
  }

  /** All of them, also those that are not listed. */
  get count(): number {
    return this.#count;
  }
}

/** Text of an input as it may be shown: card numbers and IBANs masked, control characters visible, cut to a line. */
export function shownText(text: string): string {
  const masked = maskIbans(maskCardNumbers(text));
  const cut = masked.length > LONGEST_SHOWN ? `${masked.slice(0, LONGEST_SHOWN)}…` : masked;
  return cut.replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function maskIbans(text: string): string {
  let masked = "";
  let position = 0;
  for (const { start, end } of ibanSpans(text)) {
    masked += text.slice(position, start) + maskIban(text.slice(start, end));
    position = end;
  }
  return masked + text.slice(position);
}
