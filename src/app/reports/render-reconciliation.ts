/** The reconciliation report on paper and as CSV. */
import { percent } from "./chart-geometry.ts";
import { csvLine } from "./csv.ts";
import {
  code,
  counted,
  left,
  type Page,
  type PageCell,
  right,
  type Section,
  shortened,
  state,
  type Table,
  type Tone,
} from "./page.ts";
import type { ReconciliationReport } from "./reconciliation-report.ts";
import { shown } from "./render-html.ts";
import { exceptionTable } from "./render-open-matters.ts";

const STATE_TONES: Readonly<Record<ReconciliationReport["lines"][number]["state"], Tone>> = {
  MATCHED: "good",
  PARTLY_MATCHED: "warn",
  UNMATCHED: "bad",
  IGNORED: "plain",
};

/** Days on the chart of the match rate. */
const DAYS_SHOWN = 14;

export function reconciliationPage(report: ReconciliationReport): Page {
  const { head, rate, unbooked, statements, exceptions, suspense } = report;
  const waiting = unbooked.reduce((sum, { transfers }) => sum + transfers, 0);
  return {
    head,
    title: "Reconciliation",
    verdict: verdictOf(report),
    figures: [
      {
        label: "Match rate",
        value: rate === undefined ? "none yet" : percent(rate),
        note: `of bank lines since ${report.period.from}`,
      },
      { label: "Bank lines open", value: report.openLines.length },
      { label: "Transfers not booked yet", value: waiting },
      {
        label: "Statements",
        value: statements.count,
        ...(statements.lastDate === undefined ? {} : { note: `last of ${statements.lastDate}` }),
      },
      ...suspense.map((value) => ({
        label: `In suspense, ${value.currency}`,
        value,
        note: "booked by the bank, explained by nobody",
      })),
      { label: "Open exceptions", value: exceptions.length },
    ],
    sections: [
      linesSection(report),
      matchedSection(report),
      unbookedSection(report),
      statementSection(report),
      openSection(report),
    ],
  };
}

function verdictOf({ openLines, statements, exceptions, unbooked }: ReconciliationReport): Page["verdict"] {
  const faults = [
    ...(openLines.length === 0 ? [] : [`${counted(openLines.length, "bank line is", "bank lines are")} not explained`]),
    ...(statements.findings.length === 0 ? [] : [`${counted(statements.findings.length, "break")} between statements`]),
    ...(unbooked.some(({ overdue }) => overdue) ? ["transfers are overdue"] : []),
    ...(exceptions.length === 0 ? [] : [`${counted(exceptions.length, "exception is", "exceptions are")} open`]),
  ];
  if (faults.length === 0) {
    return {
      tone: "good",
      says: "Every bank line is explained, the statements follow each other, nothing is overdue.",
    };
  }
  const alarm = exceptions.some(({ severity }) => severity === "alarm");
  return { tone: alarm ? "bad" : "warn", says: `To look at: ${faults.join("; ")}.` };
}

function linesSection({ period, lines, days }: ReconciliationReport): Section {
  const shown = days.slice(-DAYS_SHOWN);
  return {
    title: "Bank lines by state",
    says: `Lines booked from ${period.from} to ${period.to}.`,
    ...(shown.length < 2 ? {} : { charts: [rateChart(shown)] }),
    tables: [
      {
        columns: [
          left("State", "state"),
          left("Direction", "direction"),
          right("Lines", "lines"),
          left("Currency", "currency"),
          right("Amount", "amount"),
        ],
        rows: lines.map(({ state: is, direction, entries, amount }) => [
          state(words(is), STATE_TONES[is]),
          direction === "CRDT" ? "credit" : "debit",
          entries,
          amount.currency,
          amount,
        ]),
        empty: "No bank line was booked in this period.",
      },
      {
        columns: [
          left("Booked on", "booking_date"),
          right("Lines", "lines"),
          right("Matched", "matched"),
          right("Match rate", "match_rate"),
        ],
        rows: shown.map(({ bookingDate, entries, matched, basisPoints }) => [
          code(bookingDate),
          entries,
          matched,
          basisPoints === undefined ? null : percent(basisPoints),
        ]),
        empty: "No day with bank lines.",
      },
    ],
  };
}

function rateChart(days: ReconciliationReport["days"]): NonNullable<Section["charts"]>[number] {
  return {
    kind: "line",
    title: "Match rate by booking day",
    points: days.map(({ bookingDate, basisPoints }) => ({
      label: bookingDate.slice(5),
      ...(basisPoints === undefined ? {} : { basisPoints }),
    })),
  };
}

function matchedSection({ matches }: ReconciliationReport): Section {
  const table: Table = {
    columns: [
      left("Effect", "effect"),
      left("Rule", "rule"),
      right("Bank lines", "bank_lines"),
      right("Matches", "matches"),
      left("Currency", "currency"),
      right("Amount", "amount"),
    ],
    rows: matches.map(({ effect, rule, entries, matches: count, amount }) => [
      words(effect),
      words(rule),
      entries,
      count,
      amount.currency,
      amount,
    ]),
    empty: "Nothing was matched on this date.",
  };
  return {
    title: "Matched on this date",
    says: "What the reconciliation of this date explained, and by which rule.",
    tables: [table],
  };
}

function unbookedSection({ unbooked }: ReconciliationReport): Section {
  const rows = unbooked.map(({ state: is, executionDate, transfers, amount, overdue }): readonly PageCell[] => [
    code(executionDate),
    words(is),
    transfers,
    amount.currency,
    amount,
    overdue ? state("overdue", "bad") : state("in time", "plain"),
  ]);
  return {
    title: "Transfers not booked yet",
    says: "In a file, sent or accepted. Accepted is not paid: only a booked statement line is.",
    tables: [
      {
        columns: [
          left("Execution date", "execution_date"),
          left("State", "state"),
          right("Transfers", "transfers"),
          left("Currency", "currency"),
          right("Amount", "amount"),
          left("Due", "due"),
        ],
        rows,
        empty: "Every transfer that left is booked.",
      },
    ],
  };
}

function statementSection({ statements }: ReconciliationReport): Section {
  const closing = statements.lastClosing;
  const last =
    closing === undefined
      ? ""
      : ` The last one, of ${statements.lastDate ?? "no date"}, closes with ${shown(closing)} ${closing.currency}.`;
  return {
    title: "Statements",
    says: `${counted(statements.count, "end-of-day statement")} in the period.${last}`,
    tables: [
      {
        columns: [
          left("Finding", "finding"),
          left("Where", "where"),
          left("Found", "found"),
          left("Expected", "expected"),
        ],
        rows: statements.findings.map(({ code: finding, where, found, expected }) => [
          code(finding),
          where,
          found,
          expected,
        ]),
        empty: "Balances and numbers follow each other without a gap.",
      },
    ],
  };
}

function openSection({ openLines, exceptions }: ReconciliationReport): Section {
  const lines: Table = {
    columns: [
      left("Booked on", "booking_date"),
      left("Direction", "direction"),
      left("Currency", "currency"),
      right("Amount", "amount"),
      left("State", "state"),
      left("Why", "why"),
      right("Age, days", "age_days"),
    ],
    rows: openLines.map(({ bookingDate, direction, amount, state: is, reason, ageDays }) => [
      code(bookingDate),
      direction === "CRDT" ? "credit" : "debit",
      amount.currency,
      amount,
      state(words(is), STATE_TONES[is]),
      reason === undefined ? null : code(reason),
      ageDays,
    ]),
    empty: "No bank line is open.",
  };
  return {
    title: "Open lines and exceptions",
    tables: [shortened(lines, "reconciliation.csv"), shortened(exceptionTable(exceptions), "exceptions.csv")],
  };
}

/** `PARTLY_MATCHED` -> `partly matched`. */
function words(name: string): string {
  return name.toLowerCase().replaceAll("_", " ");
}

/** One list of everything counted: `part` says which table a line belongs to. */
export function* reconciliationCsv(report: ReconciliationReport): Generator<string> {
  const { head, lines, matches, unbooked, openLines, statements } = report;
  const date = head.businessDate;
  yield csvLine(["business_date", "part", "what", "detail", "date", "count", "currency", "amount", "age_days"]);
  for (const { state: is, direction, entries, amount } of lines) {
    yield csvLine([date, "lines", is, direction, null, entries, amount.currency, amount, null]);
  }
  for (const { effect, rule, matches: count, amount } of matches) {
    yield csvLine([date, "matched", effect, rule, null, count, amount.currency, amount, null]);
  }
  for (const { state: is, executionDate, transfers, amount, overdue } of unbooked) {
    const due = overdue ? "overdue" : "in time";
    yield csvLine([date, "not booked", is, due, executionDate, transfers, amount.currency, amount, null]);
  }
  for (const { state: is, reason, bookingDate, amount, ageDays } of openLines) {
    yield csvLine([date, "open line", is, reason ?? null, bookingDate, 1, amount.currency, amount, ageDays]);
  }
  for (const { code: finding, where, found, expected } of statements.findings) {
    yield csvLine([
      date,
      "statement",
      finding,
      `${where}: ${found}, expected ${expected}`,
      null,
      null,
      null,
      null,
      null,
    ]);
  }
}
