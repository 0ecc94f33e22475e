/** Renders a page with the templates of `templates/reports` into one HTML file that needs nothing else and runs nothing. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { Eta } from "eta";
import { formatMinor, type Money } from "../../domain/money.ts";
import { packageFile } from "../../package-file.ts";
import { BAR, drawBars, drawLine, LINE } from "./chart-geometry.ts";
import type { Page, PageCell } from "./page.ts";

const TEMPLATES = packageFile("templates/reports");

/** Narrow no-break space between thousands (ISO 80000-1), minus sign before what is below zero. */
const THIN = "\u202f";
const MINUS = "\u2212";
const LONGEST_WORD = 26;

/** Compiled once; every value is escaped, the pieces of a page are put together unescaped by name only. */
const eta = new Eta({ views: TEMPLATES, cache: true, autoEscape: true, escapeFunction: escapeHtml });
const css = readFileSync(`${TEMPLATES}/report.css`, "utf8");
/** Only this very style sheet applies: no script, no image, no font, no connection, no form, no frame. */
const csp =
  `default-src 'none'; style-src 'sha256-${createHash("sha256").update(css).digest("base64")}'; ` +
  "base-uri 'none'; form-action 'none'";

export function renderHtml(page: Page): string {
  return eta.render("./report", {
    page,
    css,
    csp,
    shown,
    isNumber,
    isLong,
    drawBars,
    drawLine,
    BAR,
    LINE,
    instantText,
  });
}

/** Text of HTML content or of a quoted attribute; control characters, which no name is written with, become visible. */
export function escapeHtml(value: unknown): string {
  return String(value)
    .replace(/[\p{Cc}\p{Cs}]/gu, (sign) => (sign === "\n" || sign === "\t" ? " " : "\ufffd"))
    .replace(/[&<>"'`]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function isNumber(cell: PageCell): boolean {
  return typeof cell === "number" || typeof cell === "bigint" || isMoney(cell);
}

/** Whether a text has a word that no column has room for: only then may it be broken anywhere. */
function isLong(cell: PageCell): boolean {
  return shown(cell)
    .split(/[\s\u00ad-]+/)
    .some(({ length }) => length > LONGEST_WORD);
}

function isMoney(cell: PageCell): cell is Money {
  return typeof cell === "object" && cell !== null && "minor" in cell;
}

/** A cell as a person reads it: `1 234.50`, `12 000`, a text. */
export function shown(cell: PageCell): string {
  if (cell === null) return "";
  if (isMoney(cell)) return grouped(formatMinor(cell.minor, cell.currency));
  if (typeof cell === "object") return cell.text;
  return typeof cell === "string" ? cell : grouped(String(cell));
}

function grouped(decimal: string): string {
  const [whole = "", fraction] = decimal.replace("-", "").split(".");
  const digits = whole.replace(/\B(?=(\d{3})+$)/g, THIN);
  return `${decimal.startsWith("-") ? MINUS : ""}${digits}${fraction === undefined ? "" : `.${fraction}`}`;
}

/** `2026-11-20T06:30:00.000Z` -> `2026-11-20 06:30 UTC`. */
export function instantText(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}
