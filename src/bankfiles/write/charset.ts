/** Text as a bank takes it: NFC, converted by the EPC's table, line breaks and runs of spaces made one space. */
import { CONVERSIONS, GERMAN, PROSE } from "./charset-table.ts";

/** `epc`: EPC217-08. `german`: EPC217-08 with ae oe ue ss. `extended`: Latin letters stay (Swiss Payment Standards). */
export type Charset = "epc" | "german" | "extended";

/** What may stand in ids and texts of every bank besides the space (EPC217-08), as a class of a regular expression. */
const EPC = "A-Za-z0-9/\\-?:().,'+";

/** Basic Latin, Latin-1 letters and signs, Latin Extended-A, the Romanian comma letters, the euro sign. */
const EXTENDED = "\\x21-\\x7e\\xa1-\\xac\\xae-\\xff\\u0100-\\u017f\\u0218-\\u021b\\u20ac";

/** White space, line breaks and control characters become a space; U+007F to U+009F are in the table, as full stops. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they must be named here, because they are what is replaced
const SPACE = /[\s\u0000-\u001f\u200b]/u;

/** Characters below this are looked up by code; it covers the Latin, Greek and Cyrillic letters of the table. */
const TABLE_SIZE = 0x500;
/** The first combining mark and all above it: text of lower codes only is composed already. */
const BEYOND_TABLE = /[\u0300-\uffff]/;
/** Longer than any text that may be written. Each word of a match takes room on a stack, which very long text overflows. */
const MATCHED_LENGTH = 1_000;

interface Table {
  /** One character that stays as it is; the space is not among them. */
  readonly permitted: RegExp;
  /** Text to which nothing needs to be done: every character permitted, single spaces within. */
  readonly plain: RegExp;
  /** Each character that is neither permitted nor a space. */
  readonly others: RegExp;
  /** What each character becomes. */
  readonly written: readonly string[];
}

const TABLES: Readonly<Record<Charset, Table>> = {
  epc: tableOf("epc", EPC),
  german: tableOf("german", EPC),
  extended: tableOf("extended", EXTENDED),
};

function tableOf(charset: Charset, characters: string): Table {
  const permitted = new RegExp(`^[${characters}]$`);
  return {
    permitted,
    plain: new RegExp(`^[${characters}]+(?: [${characters}]+)*$`),
    others: new RegExp(`[^${characters} ]`, "g"),
    written: Array.from({ length: TABLE_SIZE }, (_none, code) =>
      convertCharacter(String.fromCharCode(code), charset, permitted),
    ),
  };
}

/** Whether every character of the text may stand in a file of this character set as it is. */
export function isPermitted(text: string, charset: Charset): boolean {
  const { permitted } = TABLES[charset];
  return [...text].every((character) => convertCharacter(character, charset, permitted) === character);
}

/**
 * The text as it is written: composed (NFC) first, so that `u` and a separate diaeresis become `ü` and then `u` or `ue`,
 * then converted character by character, then trimmed with single spaces. What no table knows becomes a full stop.
 * Lengths are measured on the result; this never shortens. Idempotent.
 */
export function convertText(text: string, charset: Charset): string {
  const { plain, others, written, permitted } = TABLES[charset];
  // One expression: a loop over the characters took half as long again, and three times as long until it was compiled.
  if (text.length <= MATCHED_LENGTH && plain.test(text)) return text;
  if (BEYOND_TABLE.test(text)) return convertComposed(text.normalize("NFC"), charset, permitted);
  return tidy(text.replace(others, (character) => written[character.charCodeAt(0)] ?? "."));
}

/** By code points, for text beyond the plain Latin letters. */
function convertComposed(text: string, charset: Charset, permitted: RegExp): string {
  let converted = "";
  for (const character of text) converted += convertCharacter(character, charset, permitted);
  return tidy(converted);
}

const LOOSE_SPACE = / {2}|^ | $/;

function tidy(text: string): string {
  return LOOSE_SPACE.test(text) ? text.replace(/ {2,}/g, " ").trim() : text;
}

function convertCharacter(character: string, charset: Charset, permitted: RegExp): string {
  if (SPACE.test(character)) return " ";
  if (permitted.test(character)) return character;
  const german = charset === "german" ? GERMAN[character] : undefined;
  return german ?? PROSE[character] ?? CONVERSIONS.get(character) ?? ".";
}
