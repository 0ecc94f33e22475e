import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeReports } from "../../../src/app/make-reports.ts";
import { settle } from "../../../src/app/settle.ts";
import { writeSellerStatement } from "../../../src/app/write-seller-statement.ts";
import {
  accountNumber,
  DAY,
  type ImportRecord,
  MARKETPLACE,
  marketplace,
  type PlantedMarket,
  plantedMarket,
  refund,
  sale,
  seller,
} from "./planted-market.ts";

let market: PlantedMarket;

/** 10 % and 20 % VAT on it; a tenth of net sales is kept back for one day. */
const AGREED = {
  fees: [{ basisPoints: 1_000, vatBasisPoints: 2_000 }],
  settlement: { delayDays: 0, minimumPayout: 100, reserve: { basisPoints: 1_000, days: 1 } },
};

const with_ = (id: string, more: Readonly<Record<string, unknown>>): ImportRecord => ({
  ...seller(id, `Shop ${id}`, accountNumber(20 + id.length)),
  ...more,
});
const declared = (type: string, id: string, who: string, amount: number, more = {}): ImportRecord => {
  return { type, marketplace: MARKETPLACE, id, seller: who, amount, ...more };
};

beforeAll(async () => {
  market = await plantedMarket();
  await market.plant([
    marketplace(AGREED),
    with_("plain", {}),
    with_("debtor", {}),
    with_("unknown", { onboarding: "CREATED" }),
    with_("asks", { settlement: { schedule: { kind: "MANUAL" } } }),
    ...["plain", "debtor", "unknown", "asks"].flatMap((id) => sale(`O-${id}`, id, 10_001, DAY.eve)),
    ...sale("O-own", "OPERATOR", 5_003, DAY.eve),
  ]);
  await market.night(DAY.first);
  await market.plant([
    ...sale("P-plain", "plain", 7_777, DAY.first),
    refund("R-plain", "O-plain", "plain", 1_111, DAY.first),
    refund("R-debtor", "O-debtor", "debtor", 9_001, DAY.first),
    ...sale("P-unknown", "unknown", 333, DAY.first),
    declared("operator_fee", "F", "plain", 120, { vat: 20 }),
    declared("cashin", "C", "plain", 500),
  ]);
  await market.night(DAY.second);
  market.context.setClock(`${DAY.second}T10:00:00Z`);
  await market.plant([
    { type: "cashout", marketplace: MARKETPLACE, id: "X", scope: "seller", seller: "asks", amount: 2_500 },
    ...sale("Q-unknown", "unknown", 4_444, DAY.second),
    refund("R2-debtor", "O-debtor", "debtor", 500, DAY.second),
  ]);
  // The same day once more: what was on hold and owed is taken in again.
  await settle(market.context, DAY.second);
  await makeReports(market.context, DAY.second);
});
afterAll(() => market.close());

const text = (form: string) =>
  readFileSync(join(market.reports, DAY.second, MARKETPLACE, `settlement.${form}`), "utf8");

const NAMES = [
  ..."sales fees vat refunds other carried held_before reserve released rest".split(" "),
  ..."net held carried_forward paid".split(" "),
] as const;
const TITLES: Readonly<Record<string, string>> = {
  Sales: "sales",
  Fees: "fees",
  "VAT on fees": "vat",
  Refunds: "refunds",
  Other: "other",
  Carried: "carried",
  "Held before": "held_before",
  Reserve: "reserve",
  Released: "released",
  "Left for later": "rest",
  Net: "net",
  "On hold": "held",
  Debt: "carried_forward",
  Paid: "paid",
};

type Row = Readonly<Record<string, bigint>>;

/** As a person with a pencil does it. */
function addsUp(row: Row): void {
  const of = (name: string) => row[name] ?? 0n;
  const sum = of("sales") - of("fees") - of("vat") + of("refunds") + of("other") + of("carried") + of("held_before");
  expect(sum - of("reserve") + of("released") - of("rest")).toBe(of("net"));
  expect(of("net") - of("held") - of("carried_forward")).toBe(of("paid"));
}

const cents = (decimal: string) =>
  BigInt(decimal.replaceAll("\u202f", "").replace("\u2212", "-").replace(".", "") || "0");

function csvRows(): Row[] {
  const rows: Record<string, string>[] = parse(text("csv"), { columns: true });
  return rows.map((row) => Object.fromEntries(NAMES.map((name) => [name, cents(row[name] ?? "")])));
}

/** Rows of the sellers' table of the page, and its total. */
function htmlRows(): { rows: Row[]; total: Row } {
  const table = /<table>[\s\S]*?<\/table>/.exec(text("html"))?.[0] ?? "";
  const cells = (part: string, tag: string) =>
    [...part.matchAll(new RegExp(`<${tag}[^>]*>([\\s\\S]*?)</${tag}>`, "g"))].map(([, inner = ""]) =>
      inner.replace(/<[^>]*>/g, "").trim(),
    );
  const titles = cells(/<thead>[\s\S]*<\/thead>/.exec(table)?.[0] ?? "", "th");
  const rowOf = (part: string): Row =>
    Object.fromEntries(
      cells(part, "td").flatMap((cell, index) => {
        const name = TITLES[titles[index] ?? ""];
        return name === undefined ? [] : [[name, cents(cell)]];
      }),
    );
  const body = /<tbody>[\s\S]*<\/tbody>/.exec(table)?.[0] ?? "";
  const rows = [...body.matchAll(/<tr>[\s\S]*?<\/tr>/g)].map(([part]) => rowOf(part));
  return { rows, total: rowOf(/<tfoot>[\s\S]*<\/tfoot>/.exec(table)?.[0] ?? "") };
}

const JSON_NAMES: Readonly<Record<string, string>> = {
  held_before: "heldBefore",
  carried_forward: "carriedForward",
};

function jsonRows(): { rows: Row[]; total: Row } {
  const [eur] = JSON.parse(text("json")).currencies;
  const rowOf = (line: Record<string, { minor: string }>): Row =>
    Object.fromEntries(NAMES.map((name) => [name, BigInt(line[JSON_NAMES[name] ?? name]?.minor ?? "x")]));
  return { rows: eur.lines.map(rowOf), total: rowOf(eur.totals) };
}

describe("every line of the daily settlement adds up on paper: sales - fees - VAT - refunds, debts, reserves and holds are what is paid", () => {
  it("in the list, the page and the exact form, which say the same", () => {
    const [csv, html, json] = [csvRows(), htmlRows(), jsonRows()];
    expect(csv.length).toBeGreaterThanOrEqual(7);
    for (const row of [...csv, ...html.rows, ...json.rows]) addsUp(row);
    expect(json.rows).toEqual(csv);
    for (const [index, row] of html.rows.entries()) expect(csv[index]).toMatchObject(row);
  });

  it("in its total too, though what was settled twice on the day stands in two lines", () => {
    const [html, json] = [htmlRows(), jsonRows()];
    for (const total of [html.total, json.total]) addsUp(total);
    expect(json.total).toMatchObject(html.total);
  });

  it("with something in every column", () => {
    const { rows } = jsonRows();
    expect(NAMES.filter((name) => rows.every((row) => row[name] === 0n))).toEqual([]);
    expect(Object.keys(htmlRows().total).sort()).toEqual([...NAMES].sort());
  });
});

describe("every line of the sellers' statements adds up on paper", () => {
  const SELLER_BUCKETS = ["pending", "available", "held", "reserved", "in_transit", "fees"];
  const lines = (): Record<string, string>[] =>
    parse(readFileSync(join(market.reports, DAY.second, MARKETPLACE, "seller-statements.csv"), "utf8"), {
      columns: true,
    });
  const moved = (line: Record<string, string>) =>
    SELLER_BUCKETS.reduce((sum, bucket) => sum + cents(line[bucket] ?? ""), 0n);

  it("gross less fee and VAT is what a sale, a refund or a declared fee changes", () => {
    const ofMoney = lines().filter(({ gross }) => gross !== "");
    for (const line of ofMoney) {
      expect(cents(line.gross ?? "") - cents(line.fee ?? "") - cents(line.vat ?? "")).toBe(moved(line));
    }
    expect(new Set(ofMoney.map(({ line }) => line))).toEqual(
      new Set(["sale", "refund", "operator's fee declared later"]),
    );
    expect(ofMoney.filter(({ vat }) => vat !== "0.00").length).toBeGreaterThan(4);
  });

  it("what is reserved, released or held only changes its place", () => {
    const within = lines().filter(({ line = "" }) => /reserve|hold|delay over/.test(line));
    expect(within.length).toBeGreaterThan(4);
    for (const line of within) expect(moved(line)).toBe(0n);
  });

  it("on the page as in the list", async () => {
    await writeSellerStatement(market.context, { marketplace: MARKETPLACE, seller: "plain", businessDate: DAY.second });
    const page = readFileSync(join(market.reports, DAY.second, MARKETPLACE, "sellers", "plain.html"), "utf8");
    expect(page).toMatch(/>VAT<\/th>/);
    expect(page).toMatch(/>Reserved<\/th>/);
  });
});
