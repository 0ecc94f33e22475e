/** Text as a bank takes it: NFC, converted by the EPC's table, line breaks and runs of spaces made one space. */
import { CONVERSIONS, GERMAN, PROSE } from "./charset-table.ts";

/** `epc`: EPC217-08. `german`: EPC217-08 with ae oe ue ss. `extended`: Latin letters stay (Swiss Payment Standards). */
export type Charset = "epc" | "german" | "extended";

/** What may stand in ids and texts of every bank besides the space (EPC217-08). */
const EPC = new Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/-?:().,'+");

/** Basic Latin, Latin-1 letters and signs, Latin Extended-A, the Romanian comma letters, the euro sign. */
const EXTENDED = /^[\x21-\x7e\xa1-\xac\xae-\xff\u0100-\u017f\u0218-\u021b\u20ac]$/;

/** White space, line breaks and control characters become a space; U+007F to U+009F are in the table, as full stops. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this rule is about
const SPACE = /[\s\u0000-\u001f\u200b]/u;

/** Characters below this are looked up by code; it covers the Latin, Greek and Cyrillic letters of the table. */
const TABLE_SIZE = 0x500;
const SPACE_CODE = 0x20;
/** The first combining mark: text of lower codes only is composed already. */
const COMBINING = 0x300;

interface Table {
  /** 1 where a character stays as it is; the space is not among them. */
  readonly permitted: Uint8Array;
  /** What each character becomes. */
  readonly written: readonly string[];
}

const TABLES: Readonly<Record<Charset, Table>> = {
  epc: tableOf("epc"),
  german: tableOf("german"),
  extended: tableOf("extended"),
};

function tableOf(charset: Charset): Table {
  const written = Array.from({ length: TABLE_SIZE }, (_none, code) =>
    convertCharacter(String.fromCharCode(code), charset),
  );
  const permitted = Uint8Array.from(written, (text, code) =>
    code !== SPACE_CODE && text === String.fromCharCode(code) ? 1 : 0,
  );
  return { permitted, written };
}

/** Whether every character of the text may stand in a file of this character set as it is. */
export function isPermitted(text: string, charset: Charset): boolean {
  return [...text].every((character) => convertCharacter(character, charset) === character);
}

/**
 * The text as it is written: composed (NFC) first, so that `u` and a separate diaeresis become `ü` and then `u` or `ue`,
 * then converted character by character, then trimmed with single spaces. What no table knows becomes a full stop.
 * Lengths are measured on the result; this never shortens. Idempotent.
 */
export function convertText(text: string, charset: Charset): string {
  const table = TABLES[charset];
  return isWritten(text, table.permitted) ? text : convert(text, charset, table);
}

/** Whether the text is permitted and has no space at its ends or beside another: then nothing needs to be done. */
function isWritten(text: string, permitted: Uint8Array): boolean {
  let before = SPACE_CODE;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === SPACE_CODE ? before === SPACE_CODE : permitted[code] !== 1) return false;
    before = code;
  }
  return before !== SPACE_CODE;
}

function convert(text: string, charset: Charset, { written, permitted }: Table): string {
  let converted = "";
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= COMBINING) return convertComposed(text.normalize("NFC"), charset);
    converted += written[code] ?? ".";
  }
  return isWritten(converted, permitted) ? converted : tidy(converted);
}

/** By code points, for text beyond the plain Latin letters. */
function convertComposed(text: string, charset: Charset): string {
  let converted = "";
  for (const character of text) converted += convertCharacter(character, charset);
  return tidy(converted);
}

function tidy(text: string): string {
  return text.replace(/ {2,}/g, " ").trim();
}

function convertCharacter(character: string, charset: Charset): string {
  if (SPACE.test(character)) return " ";
  if (charset === "extended" ? EXTENDED.test(character) : EPC.has(character)) return character;
  const german = charset === "german" ? GERMAN[character] : undefined;
  return german ?? PROSE[character] ?? CONVERSIONS.get(character) ?? ".";
}
