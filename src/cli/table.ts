/** Tables that fit the terminal. */
import Table from "cli-table3";
import type { Finding } from "../domain/finding.ts";

/** When output goes to a file or a pipe, nothing is cut. */
const UNLIMITED = 1_000;

/** A table with a head; columns that do not fit the terminal's width are narrowed, the widest first, and their cells wrapped. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width = process.stdout.columns ?? UNLIMITED,
): string {
  if (rows.length === 0) return "nothing";
  const drawn = new Table({
    head: [...head],
    colWidths: columnWidths([head, ...rows], width),
    wordWrap: true,
    wrapOnWordBoundary: false,
    style: { head: [], border: [] },
    chars: PLAIN,
  });
  drawn.push(...rows.map((row) => [...row]));
  return drawn.toString().replace(/ +$/gm, "");
}

export function findingsTable(findings: readonly Finding[]): string {
  return table(
    ["code", "where", "found", "expected"],
    findings.map(({ code, where, found, expected }) => [code, where, found, expected]),
  );
}

/** No lines between rows: a table is also read by grep. */
const PLAIN = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: " ",
};

const PADDING = 2;
const NARROWEST = 8;

function columnWidths(rows: readonly (readonly string[])[], width: number): number[] {
  const count = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, column) => {
    return PADDING + Math.max(...rows.map((row) => longestLine(row[column] ?? "")));
  });
  let excess = widths.reduce((sum, one) => sum + one, 0) + count - 1 - width;
  while (excess > 0) {
    const widest = widths.indexOf(Math.max(...widths));
    const cell = widths[widest] ?? 0;
    if (cell <= NARROWEST) break;
    const step = Math.min(excess, Math.max(1, cell - secondWidest(widths, widest)), cell - NARROWEST);
    widths[widest] = cell - step;
    excess -= step;
  }
  return widths;
}

function secondWidest(widths: readonly number[], except: number): number {
  return Math.max(NARROWEST, ...widths.filter((_, index) => index !== except));
}

function longestLine(text: string): number {
  return Math.max(...text.split("\n").map((line) => line.length));
}
