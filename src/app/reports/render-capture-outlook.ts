/** The capture-deadline outlook on paper and as CSV. */
import { money } from "../../domain/money.ts";
import { type CaptureOutlook, MORE, type OutlookRow } from "./capture-outlook.ts";
import { csvLine } from "./csv.ts";
import { code, counted, left, type Page, right, type Section, state, type Table, type Tone } from "./page.ts";
import { shown } from "./render-html.ts";
import type { Tally } from "./settlement-report.ts";

/** With fewer whole days left than this, somebody should look. */
const SOON = 2;

export function captureOutlookPage({ head, currencies, validate, waiting }: CaptureOutlook): Page {
  return {
    head,
    title: "Capture deadlines",
    verdict: verdictOf(currencies, validate.length),
    figures: [
      ...currencies.flatMap(({ currency, rows }) => [
        {
          label: `Authorised, ${currency}`,
          value: sum(rows, "guaranteed").amount,
          note: counted(sum(rows, "guaranteed").count, "authorisation"),
        },
        {
          label: `Lapses within 48 hours, ${currency}`,
          value: sum(soon(rows), "lapsing").amount,
          note: counted(sum(soon(rows), "lapsing").count, "authorisation"),
        },
      ]),
      { label: "To validate within 48 hours", value: validate.length },
    ],
    sections: [
      ...currencies.map((own) => daysSection(own)),
      {
        title: "To validate within 48 hours",
        says: "A person validates or cancels these; afterwards the money cannot be captured any more.",
        tables: [validateTable(validate)],
      },
      {
        title: "Authorisation still to be asked",
        says: "Asked the day before the capture.",
        tables: [waitingTable(waiting)],
      },
    ],
  };
}

function verdictOf(currencies: CaptureOutlook["currencies"], toValidate: number): Page["verdict"] {
  const lapsed = currencies.reduce((count, { rows }) => count + (rows[0]?.lapsing.count ?? 0), 0);
  const lapsing = currencies.reduce((count, { rows }) => count + sum(soon(rows), "lapsing").count, 0);
  if (lapsed > 0)
    return {
      tone: "bad",
      says: `${counted(lapsed, "authorisation has", "authorisations have")} lapsed without a capture.`,
    };
  if (toValidate > 0)
    return {
      tone: "warn",
      says: `${counted(toValidate, "authorisation waits", "authorisations wait")} for a person and will lapse within 48 hours.`,
    };
  if (lapsing > 0)
    return {
      tone: "plain",
      says: `${counted(lapsing, "authorisation lapses", "authorisations lapse")} within 48 hours; the next sweep captures what is due.`,
    };
  return { tone: "good", says: "No authorisation lapses within 48 hours." };
}

function soon(rows: readonly OutlookRow[]): readonly OutlookRow[] {
  return rows.filter(({ daysLeft }) => daysLeft >= 0 && daysLeft < SOON);
}

function sum(rows: readonly OutlookRow[], name: "guaranteed" | "lapsing" | "toValidate"): Tally {
  const currency = rows[0]?.guaranteed.amount.currency ?? "EUR";
  return {
    count: rows.reduce((count, row) => count + row[name].count, 0),
    amount: money(
      currency,
      rows.reduce((minor, row) => minor + row[name].amount.minor, 0n),
    ),
  };
}

function daysSection({ currency, rows }: CaptureOutlook["currencies"][number]): Section {
  const total = (name: "guaranteed" | "lapsing" | "toValidate") => [sum(rows, name).count, sum(rows, name).amount];
  return {
    title: `By days left, ${currency}`,
    says: "Guaranteed: until then a capture is honoured. Lapses: after that a capture is impossible. Days are 24 hours from when this report was made.",
    charts: [
      {
        kind: "bars",
        title: "Authorised and not captured, by days left until a capture is no longer guaranteed",
        bars: rows.map(({ daysLeft, guaranteed }) => ({
          label: daysText(daysLeft),
          value: guaranteed.amount.minor,
          shown: shown(guaranteed.amount),
          tone: toneOf(daysLeft),
        })),
      },
    ],
    tables: [
      {
        columns: [
          left("Days left", "days_left"),
          right("Guaranteed", "guaranteed"),
          right("Amount", "guaranteed_amount"),
          right("Lapses", "lapsing"),
          right("Amount", "lapsing_amount"),
          right("To validate", "to_validate"),
          right("Amount", "to_validate_amount"),
        ],
        rows: rows.map(({ daysLeft, guaranteed, lapsing, toValidate }) => [
          daysText(daysLeft),
          guaranteed.count,
          guaranteed.amount,
          lapsing.count,
          lapsing.amount,
          toValidate.count,
          toValidate.amount,
        ]),
        total: ["Total", ...total("guaranteed"), ...total("lapsing"), ...total("toValidate")],
        empty: "",
      },
    ],
  };
}

function daysText(daysLeft: number): string {
  if (daysLeft < 0) return "passed";
  if (daysLeft === 0) return "less than a day";
  return daysLeft === MORE ? `${MORE} days or more` : counted(daysLeft, "day");
}

function toneOf(daysLeft: number): Tone {
  if (daysLeft < 0) return "bad";
  return daysLeft < SOON ? "warn" : "plain";
}

function validateTable(validate: CaptureOutlook["validate"]): Table {
  return {
    columns: [
      left("Transaction", "transaction"),
      left("Order", "order"),
      left("Lapses at", "expires_at"),
      right("Hours left", "hours_left"),
      left("", "state"),
      left("Currency", "currency"),
      right("Amount", "amount"),
    ],
    rows: validate.map(({ transaction, order, expiresAt, hoursLeft, amount }) => [
      code(transaction),
      code(order),
      `${expiresAt.slice(0, 16).replace("T", " ")} UTC`,
      hoursLeft,
      hoursLeft < 0 ? state("lapsed", "bad") : hoursLeft < 24 ? state("today", "warn") : state("tomorrow", "plain"),
      amount.currency,
      amount,
    ]),
    empty: "Nothing waits for a validation that is due.",
  };
}

function waitingTable(waiting: CaptureOutlook["waiting"]): Table {
  return {
    columns: [
      left("Capture on", "capture_on"),
      right("Transactions", "transactions"),
      left("Currency", "currency"),
      right("Amount", "amount"),
    ],
    rows: waiting.map(({ captureOn, count, amount }) => [code(captureOn), count, amount.currency, amount]),
    empty: "Every transaction is authorised.",
  };
}

export function* captureOutlookCsv({ head, currencies }: CaptureOutlook): Generator<string> {
  yield csvLine([
    "business_date",
    "currency",
    "days_left",
    "guaranteed",
    "guaranteed_amount",
    "lapsing",
    "lapsing_amount",
    "to_validate",
    "to_validate_amount",
  ]);
  for (const { currency, rows } of currencies) {
    for (const { daysLeft, guaranteed, lapsing, toValidate } of rows) {
      const cells = [guaranteed, lapsing, toValidate].flatMap(({ count, amount }) => [count, amount]);
      yield csvLine([head.businessDate, currency, daysLeft, ...cells]);
    }
  }
}
