/** The exceptions report on paper and as CSV; the reconciliation report shows the same table. */
import { csvLine } from "./csv.ts";
import type { Severity } from "./exception-next.ts";
import type { HeldPayout, OpenMatter, OpenMattersReport } from "./open-matters-report.ts";
import { code, left, type Page, type PageCell, right, shortened, state, type Table, type Tone } from "./page.ts";

const TONES: Readonly<Record<Severity, Tone>> = { alarm: "bad", exception: "warn", notice: "plain" };

export function openMattersPage({ head, exceptions, held }: OpenMattersReport): Page {
  const alarms = exceptions.filter(({ severity }) => severity === "alarm").length;
  const oldest = exceptions.reduce((most, { ageDays }) => Math.max(most, ageDays), 0);
  return {
    head,
    title: "Exceptions",
    verdict: verdictOf(exceptions.length, alarms, held.length),
    figures: [
      { label: "Open exceptions", value: exceptions.length },
      { label: "Alarms", value: alarms, note: "money may be lost or paid twice" },
      { label: "Oldest, days", value: oldest },
      { label: "Payouts on hold", value: held.length },
    ],
    sections: [
      { title: "Exceptions", tables: [shortened(exceptionTable(exceptions), "exceptions.csv")] },
      {
        title: "Payouts on hold",
        says: "Money that is owed and not paid: why, whose turn it is, and what releases it.",
        tables: [shortened(heldTable(held), "exceptions.csv")],
      },
    ],
  };
}

function verdictOf(open: number, alarms: number, held: number): Page["verdict"] {
  if (alarms > 0) return { tone: "bad", says: `${alarms} of ${open} open exceptions are alarms: look at them first.` };
  if (open > 0) return { tone: "warn", says: `${open} open ${open === 1 ? "exception waits" : "exceptions wait"}.` };
  if (held > 0)
    return { tone: "plain", says: `No open exception; ${held} ${held === 1 ? "payout is" : "payouts are"} on hold.` };
  return { tone: "good", says: "No open exception and no payout on hold." };
}

export function exceptionTable(exceptions: readonly OpenMatter[]): Table {
  return {
    columns: [
      left("Weight", "severity"),
      left("Reason", "reason"),
      left("About", "subject"),
      left("Says", "says"),
      right("Amount", "amount"),
      left("Owner", "owner"),
      right("Age, days", "age_days"),
      left("Next", "next"),
    ],
    rows: exceptions.map((matter): readonly PageCell[] => [
      state(matter.severity, TONES[matter.severity]),
      code(matter.reason),
      `${matter.subjectKind} ${matter.subject}`,
      matter.says,
      matter.amount ?? null,
      matter.state === "ASSIGNED" ? `${matter.owner} (assigned)` : matter.owner,
      matter.ageDays,
      matter.next,
    ]),
    empty: "Nothing is open.",
  };
}

function heldTable(held: readonly HeldPayout[]): Table {
  return {
    columns: [
      left("Seller", "seller"),
      left("Name", "name"),
      right("Amount", "amount"),
      left("Reason", "reason"),
      left("Says", "says"),
      left("Whose turn", "owner"),
      right("Age, days", "age_days"),
      left("Next", "next"),
    ],
    rows: held.map((payout): readonly PageCell[] => [
      code(payout.seller),
      payout.name,
      payout.amount,
      code(payout.reason),
      payout.bankCode === undefined ? payout.says : `${payout.says}: ${payout.bankCode}`,
      payout.owner,
      payout.ageDays ?? null,
      payout.next,
    ]),
    empty: "No payout is on hold.",
  };
}

/** Exceptions and held payouts in one list: `kind` tells them apart. */
export function* openMattersCsv({ head, exceptions, held }: OpenMattersReport): Generator<string> {
  yield csvLine([
    "business_date",
    "kind",
    "severity",
    "reason",
    "subject_kind",
    "subject",
    "says",
    "currency",
    "amount",
    "owner",
    "state",
    "opened_on",
    "age_days",
    "next",
  ]);
  for (const matter of exceptions) {
    const { severity, reason, subjectKind, subject, says, amount, owner, openedOn, ageDays, next } = matter;
    const money = [amount?.currency ?? null, amount ?? null];
    yield csvLine([
      head.businessDate,
      "exception",
      severity,
      reason,
      subjectKind,
      subject,
      says,
      ...money,
      owner,
      matter.state,
      openedOn,
      ageDays,
      next,
    ]);
  }
  for (const { reason, seller, says, bankCode, amount, owner, ageDays, next } of held) {
    const why = bankCode === undefined ? says : `${says}: ${bankCode}`;
    const money = [amount.currency, amount];
    const age = ageDays ?? null;
    yield csvLine([
      head.businessDate,
      "hold",
      "notice",
      reason,
      "seller",
      seller,
      why,
      ...money,
      owner,
      "ON_HOLD",
      null,
      age,
      next,
    ]);
  }
}
