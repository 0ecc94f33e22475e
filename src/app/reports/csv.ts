/** Lines of CSV (RFC 4180) that a spreadsheet opens as data: no text cell is ever taken for a formula, amounts stay numbers. */
import { formatMinor, type Money } from "../../domain/money.ts";

/** A number is only what has a numeric type; a text that looks like one is still a text. */
export type CsvCell = string | number | bigint | Money | null;

/** White space, control and format characters: spreadsheets skip them before they look whether a formula begins. */
const SKIPPED = "[\\s\\p{Cc}\\p{Cf}\\p{Zs}]*";
/** The ASCII signs that begin a formula, and their full-width forms, which East Asian settings take for the same. */
const FORMULA = "[=+\\-@\\uFF1D\\uFF0B\\uFF0D\\uFF20]";
const DANGEROUS = new RegExp(`^${SKIPPED}${FORMULA}|^[\\t\\r\\n\\0]`, "u");
/** Where the list separator is a semicolon or a tab, or a line is cut in two, a cell begins in the middle of a text. */
const INNER_START = new RegExp(`([;\\t\\r\\n]${SKIPPED})(?=${FORMULA})`, "gu");
const NEEDS_QUOTES = /[",;\t\r\n\0]|^\s|\s$/;

/** One line with its CRLF. */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(csvField).join(",")}\r\n`;
}

function csvField(cell: CsvCell): string {
  if (cell === null) return "";
  if (typeof cell === "string") return quoted(withoutFormula(cell));
  if (typeof cell === "object") return formatMinor(cell.minor, cell.currency);
  return String(cell);
}

/** The text with an apostrophe wherever a spreadsheet would begin to calculate (OWASP, CSV injection). */
export function withoutFormula(text: string): string {
  const inner = text.replace(INNER_START, "$1'");
  return DANGEROUS.test(text) ? `'${inner}` : inner;
}

function quoted(text: string): string {
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
