/** The daily settlement report on paper and as CSV. */
import { formatMinor, type Money, money } from "../../domain/money.ts";
import { csvLine } from "./csv.ts";
import {
  type BarChart,
  type Column,
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
import { shown } from "./render-html.ts";
import {
  type CurrencySettlement,
  type DatedProof,
  type FileTie,
  LINE_AMOUNTS,
  type LineAmount,
  type ProofStage,
  type SettlementReport,
  type SettlementReportLine,
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

/** In the order in which a person adds them up; fees, VAT, reserve and rest are taken off. */
const AMOUNT_COLUMNS: Readonly<Record<LineAmount, Column>> = {
  sales: right("Sales", "sales"),
  fees: right("Fees", "fees"),
  vat: right("VAT on fees", "vat"),
  refunds: right("Refunds", "refunds"),
  other: right("Other", "other"),
  carried: right("Carried", "carried"),
  heldBefore: right("Held before", "held_before"),
  reserve: right("Reserve", "reserve"),
  released: right("Released", "released"),
  rest: right("Left for later", "rest"),
  net: right("Net", "net"),
  held: right("On hold", "held"),
  carriedForward: right("Debt", "carried_forward"),
  paid: right("Paid", "paid"),
};

/** These stand on every page; the others only where something is in them. */
const ALWAYS: ReadonlySet<LineAmount> = new Set(["sales", "fees", "refunds", "net", "paid"]);

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
      {
        label: `Operator's fees of the day, ${own.currency}`,
        value: own.totals.fees,
        ...(own.totals.vat.minor === 0n ? {} : { note: `and VAT of ${shown(own.totals.vat)}` }),
      },
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
      says: "Sales less fees and their VAT, with refunds, other lines, what was carried, what was on hold before and reserves: the net, which is paid, on hold or a debt. Columns of nothing are left out.",
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

function settlementTable({ lines, totals }: CurrencySettlement): Table {
  const used = LINE_AMOUNTS.filter(
    (name) => ALWAYS.has(name) || totals[name].minor !== 0n || lines.some((line) => line[name].minor !== 0n),
  );
  return {
    columns: [
      left("Seller", "seller"),
      left("Name", "name"),
      ...used.map((name) => AMOUNT_COLUMNS[name]),
      left("Outcome", "outcome"),
      left("Transfer or reason", "transfer_or_reason"),
    ],
    rows: lines.map((line) => lineRow(line, used)),
    total: ["Total", null, ...used.map((name) => totals[name])],
    empty: "No seller had anything to settle on this date.",
  };
}

function lineRow(line: SettlementReportLine, used: readonly LineAmount[]): readonly PageCell[] {
  const { text, tone } = OUTCOMES[line.outcome];
  const held = line.outcome === "HOLD" || line.outcome === "CARRIED";
  return [
    code(line.seller),
    line.name,
    ...used.map((name) => line[name]),
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
    "seller",
    "name",
    ...LINE_AMOUNTS.map((name) => AMOUNT_COLUMNS[name].name),
    "outcome",
    "superseded",
    "end_to_end_id",
    "transfer_state",
    "reason",
    "reason_says",
  ]);
  for (const { currency, lines } of currencies) {
    for (const line of lines) {
      yield csvLine([
        head.businessDate,
        currency,
        line.run,
        line.seller,
        line.name,
        ...LINE_AMOUNTS.map((name) => line[name]),
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
