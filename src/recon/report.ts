/** The reconciliation report as a value: what matched, what did not, how old it is, whether the statements add up. */
import { daysBetween, isIsoDate } from "../domain/calendar.ts";
import type { Finding } from "../domain/finding.ts";
import { type StatementTotals, statementContinuity } from "./continuity.ts";
import type { ReconEntry } from "./recon-entry.ts";
import {
  type EntryState,
  type MatchEffect,
  RECON_EXCEPTIONS,
  type ReconException,
  type ReconResult,
} from "./recon-result.ts";

/** Lines of one currency and direction in one state. Amounts are minor units. */
export interface StateTotal {
  readonly currency: string;
  readonly direction: ReconEntry["direction"];
  readonly state: EntryState;
  readonly count: number;
  readonly amountMinor: bigint;
  readonly matchedMinor: bigint;
  readonly openMinor: bigint;
}

export interface EffectTotal {
  readonly currency: string;
  readonly effect: MatchEffect;
  readonly matches: number;
  readonly transfers: number;
  readonly payIns: number;
  readonly amountMinor: bigint;
  readonly chargesMinor: bigint;
}

export interface AgedException extends ReconException {
  readonly severity: "notice" | "exception" | "alarm";
  readonly says: string;
  /** Days from its date to `asOf`; undefined when the bank gave no date. */
  readonly ageDays?: number;
}

export interface ReconReport {
  readonly asOf: string;
  readonly totals: readonly StateTotal[];
  readonly effects: readonly EffectTotal[];
  /** Matched lines of all lines that are not ignored, in basis points, rounded down; undefined without lines. */
  readonly matchRateBasisPoints?: number;
  readonly proposals: number;
  /** Alarms first, then the oldest. */
  readonly exceptions: readonly AgedException[];
  /** Lines that only an advice or an intraday report has so far. */
  readonly unconfirmed: number;
  readonly statements: { readonly count: number; readonly findings: readonly Finding[] };
}

export interface ReportInput {
  readonly asOf: string;
  readonly entries: readonly ReconEntry[];
  readonly result: ReconResult;
  readonly statements: readonly StatementTotals[];
}

export function reconciliationReport({ asOf, entries, result, statements }: ReportInput): ReconReport {
  const counted = result.entries.filter(({ state }) => state !== "IGNORED");
  const matched = counted.filter(({ state }) => state === "MATCHED").length;
  const seen = new Set(result.entries.map(({ entry }) => entry));
  const unconfirmed = new Set(entries.filter((entry) => seen.has(entry.identity) && !entry.confirmed));
  return {
    asOf,
    totals: stateTotals(entries, result),
    effects: effectTotals(result),
    ...(counted.length === 0 ? {} : { matchRateBasisPoints: Math.floor((matched * 10_000) / counted.length) }),
    proposals: result.proposals.length,
    exceptions: agedExceptions(result.exceptions, asOf),
    unconfirmed: unconfirmed.size,
    statements: { count: statements.length, findings: statementContinuity(statements) },
  };
}

function stateTotals(entries: readonly ReconEntry[], result: ReconResult): readonly StateTotal[] {
  const byIdentity = new Map(entries.map((entry) => [entry.identity, entry]));
  const totals = new Map<string, StateTotal>();
  for (const { entry: identity, state, matchedMinor, openMinor } of result.entries) {
    const entry = byIdentity.get(identity);
    if (entry === undefined) continue;
    const { currency, direction, amountMinor } = entry;
    const key = [currency, direction, state].join(" ");
    const total = totals.get(key);
    totals.set(key, {
      currency,
      direction,
      state,
      count: (total?.count ?? 0) + 1,
      amountMinor: (total?.amountMinor ?? 0n) + amountMinor,
      matchedMinor: (total?.matchedMinor ?? 0n) + matchedMinor,
      openMinor: (total?.openMinor ?? 0n) + openMinor,
    });
  }
  return inKeyOrder(totals);
}

function effectTotals({ matches }: ReconResult): readonly EffectTotal[] {
  const totals = new Map<string, EffectTotal>();
  for (const { currency, effect, transfers, payIns, amountMinor, chargesMinor } of matches) {
    const key = `${currency} ${effect}`;
    const total = totals.get(key);
    totals.set(key, {
      currency,
      effect,
      matches: (total?.matches ?? 0) + 1,
      transfers: (total?.transfers ?? 0) + transfers.length,
      payIns: (total?.payIns ?? 0) + payIns.length,
      amountMinor: (total?.amountMinor ?? 0n) + amountMinor,
      chargesMinor: (total?.chargesMinor ?? 0n) + chargesMinor,
    });
  }
  return inKeyOrder(totals);
}

const WEIGHT = { alarm: 0, exception: 1, notice: 2 } as const;

function agedExceptions(exceptions: readonly ReconException[], asOf: string): readonly AgedException[] {
  const aged = exceptions.map((exception): AgedException => {
    const { severity, says } = RECON_EXCEPTIONS[exception.code];
    const known = isIsoDate(exception.since) && isIsoDate(asOf);
    return { ...exception, severity, says, ...(known ? { ageDays: daysBetween(exception.since, asOf) } : {}) };
  });
  return aged.sort((a, b) => WEIGHT[a.severity] - WEIGHT[b.severity] || (b.ageDays ?? 0) - (a.ageDays ?? 0));
}

function inKeyOrder<T>(totals: ReadonlyMap<string, T>): readonly T[] {
  return [...totals.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, total]) => total);
}
