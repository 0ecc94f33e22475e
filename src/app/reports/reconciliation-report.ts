/** The reconciliation report as a value: what of the banks' lines is explained, what is still not booked, what is missing. */
import { addDays, daysBetween } from "../../domain/calendar.ts";
import type { Finding } from "../../domain/finding.ts";
import { type Money, money } from "../../domain/money.ts";
import { statementContinuity } from "../../recon/continuity.ts";
import { RECON_DEFAULTS } from "../../recon/recon-input.ts";
import type { Marketplace } from "../../store/marketplaces.ts";
import {
  type EntryTotal,
  entryTotals,
  matchTotals,
  openLines,
  type StatementRow,
  statementsOf,
  suspenseOf,
  type UnbookedState,
  unbookedTotals,
} from "../../store/reports/bank-lines.ts";
import { openMatters } from "../../store/reports/open-matters.ts";
import type { Queries } from "../../store/store.ts";
import { statementTotals } from "../statement-totals.ts";
import { maskedText } from "./masked-text.ts";
import { aged, type OpenMatter } from "./open-matters-report.ts";
import { type ReportHead, reportHead } from "./report-head.ts";

/** Days of bank lines that the report looks back on; open lines are shown whatever their age. */
export const PERIOD_DAYS = 30;
const OPEN_LINES = 500;

export interface LineTotal {
  readonly state: EntryTotal["state"];
  readonly direction: EntryTotal["direction"];
  readonly entries: number;
  readonly amount: Money;
}

export interface DayRate {
  readonly bookingDate: string;
  readonly entries: number;
  readonly matched: number;
  /** Matched lines of all that are not ignored, in basis points, rounded down; undefined when there are none. */
  readonly basisPoints?: number;
}

export interface ReconciliationReport {
  readonly head: ReportHead;
  /** First and last booking date of the lines that are counted. */
  readonly period: { readonly from: string; readonly to: string };
  readonly lines: readonly LineTotal[];
  readonly rate?: number;
  readonly days: readonly DayRate[];
  /** What this date's reconciliation matched. */
  readonly matches: readonly {
    readonly effect: string;
    readonly rule: string;
    readonly matches: number;
    readonly entries: number;
    readonly amount: Money;
  }[];
  readonly openLines: readonly {
    readonly bookingDate: string;
    readonly direction: EntryTotal["direction"];
    readonly amount: Money;
    readonly state: EntryTotal["state"];
    readonly reason?: string;
    readonly ageDays: number;
    readonly identity: string;
  }[];
  readonly unbooked: readonly {
    readonly state: UnbookedState;
    readonly executionDate: string;
    readonly transfers: number;
    readonly amount: Money;
    readonly overdue: boolean;
  }[];
  readonly suspense: readonly Money[];
  readonly statements: {
    readonly count: number;
    readonly lastDate?: string;
    readonly lastClosing?: Money;
    readonly findings: readonly Finding[];
  };
  readonly exceptions: readonly OpenMatter[];
}

export async function loadReconciliation(
  db: Queries,
  marketplace: Marketplace,
  businessDate: string,
  now: Date,
): Promise<ReconciliationReport> {
  const { id, row } = marketplace;
  const period = { from: addDays(businessDate, -PERIOD_DAYS), to: businessDate };
  const totals = await entryTotals(db, id, period);
  const rate = rateOf(totals);
  return {
    head: reportHead(marketplace, businessDate, now),
    period,
    lines: byState(totals),
    ...(rate.basisPoints === undefined ? {} : { rate: rate.basisPoints }),
    days: byDay(totals),
    matches: (await matchTotals(db, id, businessDate)).map(({ kind, rule, currency, matches, entries, amount }) => ({
      effect: kind,
      rule,
      matches: Number(matches),
      entries: Number(entries),
      amount: money(currency, amount),
    })),
    openLines: (await openLines(db, id, OPEN_LINES)).map((line) => ({
      bookingDate: line.booking_date,
      direction: line.direction,
      amount: money(line.currency, line.amount),
      state: line.state,
      ...(line.state_reason === null ? {} : { reason: line.state_reason }),
      ageDays: Math.max(0, daysBetween(line.booking_date, businessDate)),
      identity: maskedText(line.identity),
    })),
    unbooked: await unbooked(db, id, businessDate),
    suspense: (await suspenseOf(db, id))
      .filter(({ balance }) => balance !== 0n)
      .map(({ currency, balance }) => money(currency, balance)),
    statements: statementsReport(await statementsOf(db, row.debtor_iban, period)),
    exceptions: aged(await openMatters(db, id), businessDate),
  };
}

function byState(totals: readonly EntryTotal[]): readonly LineTotal[] {
  const sums = new Map<string, LineTotal>();
  for (const { currency, direction, state, entries, amount } of totals) {
    const key = `${currency} ${direction} ${state}`;
    const before = sums.get(key);
    sums.set(key, {
      state,
      direction,
      entries: (before?.entries ?? 0) + Number(entries),
      amount: money(currency, (before?.amount.minor ?? 0n) + amount),
    });
  }
  return [...sums.keys()].sort().flatMap((key) => sums.get(key) ?? []);
}

function byDay(totals: readonly EntryTotal[]): readonly DayRate[] {
  const days = [...new Set(totals.map(({ booking_date }) => booking_date))];
  return days.map((bookingDate) => ({
    bookingDate,
    ...rateOf(totals.filter(({ booking_date }) => booking_date === bookingDate)),
  }));
}

function rateOf(totals: readonly EntryTotal[]): Omit<DayRate, "bookingDate"> {
  const counted = totals.filter(({ state }) => state !== "IGNORED");
  const sum = (rows: readonly EntryTotal[]) => rows.reduce((count, { entries }) => count + Number(entries), 0);
  const entries = sum(counted);
  const matched = sum(counted.filter(({ state }) => state === "MATCHED"));
  return { entries, matched, ...(entries === 0 ? {} : { basisPoints: Math.floor((matched * 10_000) / entries) }) };
}

async function unbooked(db: Queries, marketplaceId: bigint, businessDate: string) {
  const rows = await unbookedTotals(db, marketplaceId);
  return rows.map(({ state, currency, execution_date, transfers, amount }) => ({
    state,
    executionDate: execution_date,
    transfers: Number(transfers),
    amount: money(currency, amount),
    overdue: state !== "IN_FILE" && daysBetween(execution_date, businessDate) > RECON_DEFAULTS.overdueDays,
  }));
}

function statementsReport(rows: readonly StatementRow[]): ReconciliationReport["statements"] {
  const last = rows.at(-1);
  const totals = rows.flatMap(statementTotals);
  return {
    count: rows.length,
    ...(last?.closing_date == null ? {} : { lastDate: last.closing_date }),
    ...(last?.closing == null || last.currency === null ? {} : { lastClosing: money(last.currency, last.closing) }),
    findings: statementContinuity(totals),
  };
}
