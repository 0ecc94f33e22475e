/** The daily settlement report on paper and as CSV. */
import { formatMinor, type Money, money } from "../../domain/money.ts";
import { csvLine } from "./csv.ts";
import {
  type BarChart,
  type Column,
  code,
  counted,
  csvCell,
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
import { shown } from "./render-html.ts";
import type {
  CurrencySettlement,
  DatedProof,
  FileTie,
  ProofStage,
  SettlementReport,
  SettlementReportLine,
} from "./settlement-report.ts";

const STAGES: Readonly<Record<ProofStage, string>> = {
  pending: "Sellers, delay running",
  available: "Sellers, available",
  held: "Sellers, on hold",
  reserved: "Sellers, reserved",
  inTransit: "In transit to accounts",
  paid: "Paid, booked by the bank",
  operatorFees: "Operator's fees",
  operatorOwn: "Operator's own sales",
};

const PLACES: Readonly<Record<FileTie["places"][number]["place"], string>> = {
  FILE_OF_THE_DAY: "in files of this date",
  OTHER_FILE: "in a file of another date",
  HELD: "held since, by the last check before the file",
  WAITING: "waiting for the next file",
  ENDED: "cancelled or given up",
};

const OUTCOMES: Readonly<Record<SettlementReportLine["outcome"], { readonly text: string; readonly tone: Tone }>> = {
  TRANSFER: { text: "transfer", tone: "good" },
  HOLD: { text: "on hold", tone: "warn" },
  CARRIED: { text: "debt carried", tone: "bad" },
  NOTHING: { text: "nothing due", tone: "plain" },
};

const LINE_COLUMNS: readonly Column[] = [
  left("Seller", "seller"),
  left("Name", "name"),
  right("Sales", "sales"),
  right("Fees", "fees"),
  right("Refunds", "refunds"),
  right("Other", "other"),
  right("Carried", "carried"),
  right("Held before", "held_before"),
  right("Net", "net"),
  left("Outcome", "outcome"),
  left("Transfer or reason", "transfer_or_reason"),
];

export function settlementPage(report: SettlementReport): Page {
  const { head, currencies } = report;
  return {
    head,
    title: "Daily settlement",
    verdict: verdictOf(currencies),
    figures: currencies.flatMap((own) => [
      {
        label: `Transfers, ${own.currency}`,
        value: own.transfers.amount,
        note: counted(own.transfers.count, "transfer"),
      },
      {
        label: `On hold, ${own.currency}`,
        value: sumOf(own.currency, own.holds),
        note: counted(
          own.holds.reduce((sum, { count }) => sum + count, 0),
          "seller",
        ),
      },
      { label: `Debt carried, ${own.currency}`, value: own.carried.amount, note: counted(own.carried.count, "seller") },
      { label: `Operator's fees of the day, ${own.currency}`, value: own.totals.fees },
    ]),
    sections: currencies.flatMap(sectionsOf),
  };
}

function verdictOf(currencies: readonly CurrencySettlement[]): Page["verdict"] {
  const broken = currencies.flatMap(({ currency, proofs, tie }) => [
    ...proofs.flatMap(({ difference }) =>
      difference.minor === 0n ? [] : [`${decimal(difference)} ${currency} captured are in no bucket`],
    ),
    ...(tie.difference.minor === 0n
      ? []
      : [`the files differ from what was settled by ${decimal(tie.difference)} ${currency}`]),
  ]);
  if (broken.length > 0) return { tone: "bad", says: `The books do not add up: ${broken.join("; ")}.` };
  if (currencies.length === 0) return { tone: "plain", says: "This marketplace has no money in its books yet." };
  return {
    tone: "good",
    says: "Every captured cent is in exactly one place, and the files pay what was settled.",
  };
}

function sectionsOf(own: CurrencySettlement): readonly Section[] {
  const lines = settlementTable(own);
  return [
    {
      title: `Sellers, ${own.currency}`,
      says: "Sales less fees, with refunds, other lines, what was carried and what was on hold before: the net.",
      tables: [shortened(lines, "settlement.csv")],
    },
    ...(own.holds.length === 0
      ? []
      : [{ title: `Why money is held, ${own.currency}`, tables: [holdTable(own)] } satisfies Section]),
    { title: `From settlement to files, ${own.currency}`, tables: [tieTable(own.tie)] },
    {
      title: `Conservation proof, ${own.currency}`,
      says: "Captured and cashed in, less refunded, stands to the cent in the stages below; the sums come from tables that do not derive from each other.",
      charts: own.proofs.slice(-1).map(stageChart),
      tables: [proofTable(own.proofs)],
    },
  ];
}

function settlementTable({ currency, lines, totals }: CurrencySettlement): Table {
  const valid = lines.filter(({ superseded }) => !superseded);
  const total = (name: "carried" | "heldBefore" | "net") =>
    money(
      currency,
      valid.reduce((sum, line) => sum + line[name].minor, 0n),
    );
  return {
    columns: LINE_COLUMNS,
    rows: lines.map(lineRow),
    total: [
      "Total",
      null,
      totals.sales,
      totals.fees,
      totals.refunds,
      totals.other,
      total("carried"),
      total("heldBefore"),
      total("net"),
    ],
    empty: "No seller had anything to settle on this date.",
  };
}

function lineRow(line: SettlementReportLine): readonly PageCell[] {
  const { text, tone } = OUTCOMES[line.outcome];
  const held = line.outcome === "HOLD" || line.outcome === "CARRIED";
  return [
    code(line.seller),
    line.name,
    line.sales,
    line.fees,
    line.refunds,
    line.other,
    line.carried,
    line.heldBefore,
    line.net,
    line.superseded ? state("settled again", "plain") : state(text, tone),
    held ? (line.reasonSays ?? line.reason ?? null) : line.endToEndId === undefined ? null : code(line.endToEndId),
  ];
}

function holdTable({ currency, holds }: CurrencySettlement): Table {
  return {
    columns: [left("Reason", "reason"), left("Says", "says"), right("Sellers", "sellers"), right("Amount", "amount")],
    rows: holds.map(({ reason, says, count, amount }) => [code(reason), says, count, amount]),
    total: ["Total", null, holds.reduce((sum, { count }) => sum + count, 0), sumOf(currency, holds)],
    empty: "Nothing is held.",
  };
}

function tieTable({ settled, places, fromOtherDays, files, difference }: FileTie): Table {
  return {
    columns: [left("", "what"), right("Transfers", "transfers"), right("Amount", "amount")],
    rows: [
      ["Settled as transfers on this date", settled.count, settled.amount],
      ...places.map(({ place, count, amount }) => [`\u2003of these ${PLACES[place]}`, count, amount]),
      ["Settled earlier, or issued again, in files of this date", fromOtherDays.count, fromOtherDays.amount],
      [`Files of this date (${files.files})`, files.count, files.amount],
    ],
    total: ["Difference between the files and what they should pay", null, difference],
    empty: "",
  };
}

function proofTable(proofs: readonly DatedProof[]): Table {
  const row = (label: string, pick: (proof: DatedProof) => Money): readonly PageCell[] => [label, ...proofs.map(pick)];
  const stages = proofs[0]?.stages ?? [];
  return {
    columns: [
      left("", "stage"),
      ...proofs.map(({ takenAt, at }) =>
        right(
          `${takenAt === "settlement" ? "At the settlement" : "At this report"}, ${at.slice(0, 16).replace("T", " ")}`,
          takenAt,
        ),
      ),
    ],
    rows: [
      row("Captured from cards", ({ captured }) => captured),
      row("Cashed in", ({ cashedIn }) => cashedIn),
      row("Refunded", ({ refunded }) => money(refunded.currency, -refunded.minor)),
      ...stages.map(({ stage, amount }, index) =>
        row(`\u2003${STAGES[stage]}`, (proof) => proof.stages[index]?.amount ?? amount),
      ),
    ],
    total: row("Difference", ({ difference }) => difference),
    empty: "",
  };
}

function stageChart({ stages }: DatedProof): BarChart {
  return {
    kind: "bars",
    title: "Money by stage",
    bars: stages.map(({ stage, amount }) => ({
      label: STAGES[stage],
      value: amount.minor,
      shown: shown(amount),
      tone: stage === "held" ? "warn" : stage === "paid" ? "good" : "plain",
    })),
  };
}

/** One line a seller and settlement run; amounts are plain numbers. */
export function* settlementCsv({ head, currencies }: SettlementReport): Generator<string> {
  yield csvLine([
    "business_date",
    "currency",
    "run",
    ...LINE_COLUMNS.slice(0, -2).map(({ name }) => name),
    "outcome",
    "superseded",
    "end_to_end_id",
    "transfer_state",
    "reason",
    "reason_says",
  ]);
  for (const { currency, lines } of currencies) {
    for (const line of lines) {
      const amounts = lineRow(line).slice(0, -2).map(csvCell);
      yield csvLine([
        head.businessDate,
        currency,
        line.run,
        ...amounts,
        line.outcome,
        line.superseded ? "yes" : "no",
        line.endToEndId ?? null,
        line.transferState ?? null,
        line.reason ?? null,
        line.reasonSays ?? null,
      ]);
    }
  }
}

function sumOf(currency: string, parts: readonly { readonly amount: Money }[]): Money {
  return money(
    currency,
    parts.reduce((sum, { amount }) => sum + amount.minor, 0n),
  );
}

function decimal({ minor, currency }: Money): string {
  return formatMinor(minor, currency);
}
