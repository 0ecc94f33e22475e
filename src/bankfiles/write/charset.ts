/** Text as a bank takes it: NFC, converted by the EPC's table, line breaks and runs of spaces made one space. */
import { CONVERSIONS, GERMAN, PROSE } from "./charset-table.ts";

/** `epc`: EPC217-08. `german`: EPC217-08 with ae oe ue ss. `extended`: Latin letters stay (Swiss Payment Standards). */
export type Charset = "epc" | "german" | "extended";

/** One form for ids and texts: `a-z A-Z 0-9 / - ? : ( ) . , ' +` and space (EPC217-08). */
const PERMITTED_ONLY = /^[A-Za-z0-9/\-?:().,'+ ]*$/;
const PERMITTED_CHARACTER = /^[A-Za-z0-9/\-?:().,'+ ]$/;

/** Basic Latin, Latin-1 letters and signs, Latin Extended-A, the Romanian comma letters, the euro sign. */
const EXTENDED_ONLY = /^[\x20-\x7e\xa1-\xac\xae-\xff\u0100-\u017f\u0218-\u021b\u20ac]*$/;

const LOOSE_SPACE = /^ | $| {2}/;

/** White space, line breaks and control characters become a space; U+007F to U+009F are in the table, as full stops. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this rule is about
const SPACE = /[\s\u0000-\u001f\u200b]/u;

/** Whether every character of the text may stand in a file of this character set as it is. */
export function isPermitted(text: string, charset: Charset): boolean {
  return charset === "extended" ? EXTENDED_ONLY.test(text) : PERMITTED_ONLY.test(text);
}

/**
 * The text as it is written: composed (NFC) first, so that `u` and a separate diaeresis become `ü` and then `u` or `ue`,
 * then converted character by character, then trimmed with single spaces. What no table knows becomes a full stop.
 * Lengths are measured on the result; this never shortens. Idempotent.
 */
export function convertText(text: string, charset: Charset): string {
  if (isPermitted(text, charset)) return LOOSE_SPACE.test(text) ? tidy(text) : text;
  let converted = "";
  for (const character of text.normalize("NFC")) converted += convertCharacter(character, charset);
  return tidy(converted);
}

function tidy(text: string): string {
  return text.replace(/ {2,}/g, " ").trim();
}

function convertCharacter(character: string, charset: Charset): string {
  if (SPACE.test(character)) return " ";
  if (charset === "extended" ? EXTENDED_ONLY.test(character) : PERMITTED_CHARACTER.test(character)) return character;
  const german = charset === "german" ? GERMAN[character] : undefined;
  return german ?? PROSE[character] ?? CONVERSIONS.get(character) ?? ".";
}
