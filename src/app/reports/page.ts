/** A report as a page: figures, sections, tables and charts, all values typed; how it looks is the templates' business. */
import type { Money } from "../../domain/money.ts";
import type { ReportHead } from "./report-head.ts";

export type Tone = "good" | "warn" | "bad" | "plain";

/** A word of a lifecycle, shown as a label. */
export interface StateCell {
  readonly kind: "state";
  readonly text: string;
  readonly tone: Tone;
}

/** A date, an identifier, a hash: shown in a fixed-width face. */
export interface CodeCell {
  readonly kind: "code";
  readonly text: string;
}

export type PageCell = string | number | bigint | Money | StateCell | CodeCell | null;

export interface Column {
  readonly title: string;
  /** Name in the CSV's first line. */
  readonly name: string;
  readonly align: "left" | "right";
}

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly PageCell[])[];
  readonly total?: readonly PageCell[];
  /** What stands in place of the rows when there are none. */
  readonly empty: string;
  /** How many rows the page leaves out, and where they are. */
  readonly leftOut?: string;
}

export interface BarChart {
  readonly kind: "bars";
  readonly title: string;
  readonly bars: readonly {
    readonly label: string;
    readonly value: bigint;
    readonly shown: string;
    readonly tone?: Tone;
  }[];
}

export interface LineChart {
  readonly kind: "line";
  readonly title: string;
  /** In basis points, 0 to 10,000; undefined where nothing was measured. */
  readonly points: readonly { readonly label: string; readonly basisPoints?: number }[];
}

export interface Section {
  readonly title: string;
  readonly says?: string;
  readonly charts?: readonly (BarChart | LineChart)[];
  readonly tables?: readonly Table[];
}

export interface Figure {
  readonly label: string;
  readonly value: PageCell;
  readonly note?: string;
}

export interface Page {
  readonly head: ReportHead;
  readonly title: string;
  /** The answer in one sentence. */
  readonly verdict: { readonly tone: Tone; readonly says: string };
  readonly figures: readonly Figure[];
  readonly sections: readonly Section[];
  /** Lines to sign on paper. */
  readonly signatures?: readonly string[];
}

/** Rows of a page's table that a browser and a printer still take; the CSV has all. */
export const ROWS_SHOWN = 1_000;

export function left(title: string, name: string): Column {
  return { title, name, align: "left" };
}

export function right(title: string, name: string): Column {
  return { title, name, align: "right" };
}

export function state(text: string, tone: Tone = "plain"): StateCell {
  return { kind: "state", text, tone };
}

export function code(text: string): CodeCell {
  return { kind: "code", text };
}

/** The table with at most `ROWS_SHOWN` rows and a sentence about the others. */
export function shortened(table: Table, csv: string, most: number = ROWS_SHOWN): Table {
  const more = table.rows.length - most;
  if (more <= 0) return table;
  return {
    ...table,
    rows: table.rows.slice(0, most),
    leftOut: `${more} more rows are in ${csv}; the totals count all of them.`,
  };
}

/** `1 transfer`, `2 transfers`. */
export function counted(count: number, one: string, many: string = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
