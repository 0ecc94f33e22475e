/** Seller statements: one CSV of all sellers, streamed, and one page for a seller who asks. */
import { type Movement, SELLER_BUCKETS, type SellerBucket } from "../../domain/ledger.ts";
import type { Money } from "../../domain/money.ts";
import { type CsvCell, csvLine } from "./csv.ts";
import { code, left, type Page, type PageCell, right, type Section, shortened, type Table } from "./page.ts";
import type { ReportHead } from "./report-head.ts";
import type { Buckets, StatementHead, StatementLine, StatementPart } from "./seller-statements.ts";

const BUCKETS: Readonly<Record<SellerBucket, string>> = {
  PENDING: "Delay running",
  AVAILABLE: "Available",
  HELD: "On hold",
  RESERVED: "Reserved",
  IN_TRANSIT: "In transit",
  FEES: "Fees",
};

/** Movements as a seller reads them; those that never touch a seller's bucket are named all the same. */
export const MOVEMENT_TEXT: Readonly<Record<string, string>> = {
  SALE_CAPTURED: "sale",
  FEE_CAPTURED: "operator's fee",
  DELAY_OVER: "delay over",
  REFUNDED: "refund",
  FEE_REFUNDED: "operator's fee given back",
  FEES_TAKEN_IN: "fees taken in by the operator",
  CHARGED_BACK: "chargeback",
  CHARGEBACK_CHARGED: "charge for a chargeback",
  FEE_DECLARED: "operator's fee declared later",
  CASHED_IN: "cashed in",
  HELD: "put on hold",
  RELEASED: "released from hold",
  RESERVED: "reserved",
  RESERVE_RELEASED: "reserve released",
  ACQUIRER_PAID_IN: "acquirer paid in",
  ACQUIRER_CHARGED: "acquirer's charge",
  FROZEN_IN_FILE: "transfer ordered",
  WITHDRAWN: "transfer withdrawn",
  BOOKED: "transfer paid",
  REJECTED: "transfer rejected by the bank",
  RETURNED: "transfer returned by the bank",
  RETURN_CHARGED: "return charge taken over",
  BANK_CHARGED: "bank charge",
  UNEXPECTED_CREDIT: "unexpected credit",
  UNEXPECTED_DEBIT: "unexpected debit",
};

function textOf(movement: Movement): string {
  return MOVEMENT_TEXT[movement] ?? movement.toLowerCase().replaceAll("_", " ");
}

const COLUMNS = [
  "business_date",
  "seller",
  "name",
  "currency",
  "line",
  "order",
  "item",
  "end_to_end_id",
  "gross",
  "fee",
  "vat",
  ...SELLER_BUCKETS.map((bucket) => bucket.toLowerCase()),
];

/** Balances stand in the lines `opening` and `closing`, changes in those between: the columns add up. */
export async function* sellerStatementsCsv(
  businessDate: string,
  parts: AsyncIterable<StatementPart>,
): AsyncGenerator<string> {
  yield csvLine(COLUMNS);
  let head: StatementHead | undefined;
  for await (const part of parts) {
    if (part.kind === "head") {
      if (head !== undefined) yield balanceLine(businessDate, head, "closing");
      head = part;
      yield balanceLine(businessDate, head, "opening");
    } else if (head !== undefined) {
      yield movementLine(businessDate, head, part);
    }
  }
  if (head !== undefined) yield balanceLine(businessDate, head, "closing");
}

function balanceLine(date: string, head: StatementHead, when: "opening" | "closing"): string {
  const { seller, name, currency } = head;
  return csvLine([date, seller, name, currency, when, null, null, null, null, null, null, ...inOrder(head[when])]);
}

function movementLine(date: string, { seller, name, currency }: StatementHead, line: StatementLine): string {
  const about: readonly CsvCell[] = [line.order ?? null, line.item ?? null, line.endToEndId ?? null];
  const amounts: readonly CsvCell[] = [line.gross ?? null, line.fee ?? null, line.vat ?? null, ...inOrder(line.change)];
  return csvLine([date, seller, name, currency, textOf(line.movement), ...about, ...amounts]);
}

function inOrder(buckets: Buckets): readonly Money[] {
  return SELLER_BUCKETS.map((bucket) => buckets[bucket]);
}

/** The page of one seller; `parts` are those of that seller alone. */
export async function sellerStatementPage(
  head: ReportHead,
  seller: { readonly ref: string; readonly name: string },
  parts: AsyncIterable<StatementPart>,
): Promise<Page> {
  const statements: { readonly head: StatementHead; readonly lines: StatementLine[] }[] = [];
  for await (const part of parts) {
    if (part.kind === "head") statements.push({ head: part, lines: [] });
    else statements.at(-1)?.lines.push(part);
  }
  const moved = statements.reduce((sum, { lines }) => sum + lines.length, 0);
  return {
    head,
    title: `Seller statement, ${seller.name}`,
    verdict: {
      tone: "plain",
      says: `Seller ${seller.ref}: ${moved === 0 ? "nothing moved" : `${moved} movements`} on this date.`,
    },
    figures: statements.flatMap(({ head: { currency, closing } }) => [
      { label: `Available, ${currency}`, value: closing.AVAILABLE },
      { label: `Delay running, ${currency}`, value: closing.PENDING },
      { label: `On hold, ${currency}`, value: closing.HELD },
      { label: `In transit, ${currency}`, value: closing.IN_TRANSIT },
    ]),
    sections: statements.map(statementSection),
  };
}

function statementSection({
  head,
  lines,
}: {
  readonly head: StatementHead;
  readonly lines: readonly StatementLine[];
}): Section {
  // Buckets in which nothing stands and nothing moved only make the page wider.
  const used = SELLER_BUCKETS.filter(
    (bucket) =>
      head.opening[bucket].minor !== 0n ||
      head.closing[bucket].minor !== 0n ||
      lines.some(({ change }) => change[bucket].minor !== 0n),
  );
  const hasVat = lines.some(({ vat }) => vat !== undefined && vat.minor !== 0n);
  const amountsOf = ({ gross, fee, vat }: StatementLine): readonly PageCell[] =>
    (hasVat ? [gross, fee, vat] : [gross, fee]).map((amount) => amount ?? null);
  const blank = (buckets: Buckets): readonly PageCell[] =>
    used.map((bucket) => (buckets[bucket].minor === 0n ? null : buckets[bucket]));
  const movements: Table = {
    columns: [
      left("Movement", "line"),
      left("Order, item or transfer", "about"),
      right("Gross", "gross"),
      right("Fee", "fee"),
      ...(hasVat ? [right("VAT", "vat")] : []),
      ...used.map((bucket) => right(BUCKETS[bucket], bucket.toLowerCase())),
    ],
    rows: lines.map((line): readonly PageCell[] => [
      textOf(line.movement),
      code([line.order, line.item, line.endToEndId].filter((text) => text !== undefined).join(" ")),
      ...amountsOf(line),
      ...blank(line.change),
    ]),
    empty: "Nothing moved on this date.",
  };
  const short = shortened(movements, "seller-statements.csv");
  const noAmounts = hasVat ? [null, null, null] : [null, null];
  const opening = ["Opening balance", null, ...noAmounts, ...used.map((bucket) => head.opening[bucket])];
  return {
    title: `Movements, ${head.currency}`,
    says: "Opening balance and all movements together are the closing balance, column by column.",
    tables: [
      {
        ...short,
        rows: [opening, ...short.rows],
        total: ["Closing balance", null, ...noAmounts, ...used.map((bucket) => head.closing[bucket])],
      },
    ],
  };
}
