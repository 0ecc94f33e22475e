/** The daily settlement report as a value: what each seller is owed, what became of it, and the proof that nothing was lost. */
import { HOLD_REASONS } from "../../domain/hold-reason.ts";
import { type Money, money } from "../../domain/money.ts";
import type { Marketplace } from "../../store/marketplaces.ts";
import { currenciesOf } from "../../store/proof.ts";
import {
  type FilesTotal,
  filesOfDate,
  othersInFiles,
  type PlaceTotal,
  type SettledLine,
  type StoredProof,
  settledByPlace,
  settledLines,
  storedProofs,
  type TransferPlace,
} from "../../store/reports/settlement-of-day.ts";
import { NOT_DUE } from "../../store/settlements.ts";
import type { Queries } from "../../store/store.ts";
import { conservationProof, type Proof } from "../conservation-proof.ts";
import { type ReportHead, reportHead } from "./report-head.ts";

export interface SettlementReportLine {
  readonly seller: string;
  readonly name: string;
  /** Which settlement of the day: 1, or more when the day was settled again. */
  readonly run: number;
  readonly sales: Money;
  /** Above zero: kept by the operator, without its VAT. */
  readonly fees: Money;
  readonly vat: Money;
  /** Below zero. */
  readonly refunds: Money;
  readonly other: Money;
  /** What earlier settlements left open: a debt when below zero. */
  readonly carried: Money;
  /** A payout that was on hold until now and is part of the net. */
  readonly heldBefore: Money;
  /** Kept back of this net, and released of what was kept back before. */
  readonly reserve: Money;
  readonly released: Money;
  /** What a cashout of a part leaves for later. */
  readonly rest: Money;
  /** sales - fees - vat + refunds + other + carried + heldBefore - reserve + released - rest. */
  readonly net: Money;
  /** Where the net is: on hold, carried forward as a debt (below zero), or paid. */
  readonly held: Money;
  readonly carriedForward: Money;
  readonly paid: Money;
  readonly outcome: SettledLine["outcome"];
  readonly endToEndId?: string;
  /** As it stands when the report is made. */
  readonly transferState?: string;
  readonly reason?: string;
  readonly reasonSays?: string;
  /** A later settlement of the same day decided about this money again. */
  readonly superseded: boolean;
}

export const LINE_AMOUNTS = [
  ...["sales", "fees", "vat", "refunds", "other", "carried", "heldBefore", "reserve", "released", "rest"],
  ...["net", "held", "carriedForward", "paid"],
] as const satisfies readonly (keyof SettlementReportLine)[];
export type LineAmount = (typeof LINE_AMOUNTS)[number];

export interface Tally {
  readonly count: number;
  readonly amount: Money;
}

/** Settled transfers beside the files of the date: `difference` is zero or the files do not pay what was settled. */
export interface FileTie {
  readonly settled: Tally;
  readonly places: readonly (Tally & { readonly place: TransferPlace })[];
  readonly fromOtherDays: Tally;
  readonly files: Tally & { readonly files: number };
  readonly difference: Money;
}

export interface DatedProof {
  readonly takenAt: "settlement" | "report";
  readonly at: string;
  readonly captured: Money;
  readonly cashedIn: Money;
  readonly refunded: Money;
  readonly stages: readonly { readonly stage: ProofStage; readonly amount: Money }[];
  /** captured + cashedIn - refunded - all stages: zero, or the books are broken. */
  readonly difference: Money;
}

export const PROOF_STAGES = [
  "pending",
  "available",
  "held",
  "reserved",
  "inTransit",
  "paid",
  "operatorFees",
  "operatorOwn",
] as const satisfies readonly (keyof Proof)[];
export type ProofStage = (typeof PROOF_STAGES)[number];

export interface CurrencySettlement {
  readonly currency: string;
  readonly lines: readonly SettlementReportLine[];
  /** Of the day: what one settlement of it held or carried and the next took in is counted once. */
  readonly totals: Readonly<Record<LineAmount, Money>>;
  readonly transfers: Tally;
  readonly holds: readonly (Tally & { readonly reason: string; readonly says: string })[];
  readonly carried: Tally;
  readonly tie: FileTie;
  /** As the last settlement of the day stored it, if there was one, and as it is now. */
  readonly proofs: readonly DatedProof[];
}

export interface SettlementReport {
  readonly head: ReportHead;
  readonly currencies: readonly CurrencySettlement[];
}

export async function loadSettlementReport(
  db: Queries,
  marketplace: Marketplace,
  businessDate: string,
  now: Date,
): Promise<SettlementReport> {
  const { id } = marketplace;
  const lines = await settledLines(db, id, businessDate);
  const proofs = await storedProofs(db, id, businessDate);
  const places = await settledByPlace(db, id, businessDate);
  const files = await filesOfDate(db, id, businessDate);
  const others = await othersInFiles(db, id, businessDate);
  const currencies: CurrencySettlement[] = [];
  for (const currency of await currenciesOf(db, id)) {
    const own = <Row extends { readonly currency: string }>(rows: readonly Row[]) =>
      rows.filter((row) => row.currency === currency);
    const current = datedProof(await conservationProof(db, id, currency), "report", now.toISOString());
    currencies.push({
      ...settlementOf(currency, own(lines)),
      tie: fileTie(currency, own(places), own(others)[0], own(files)[0]),
      proofs: [...lastStored(own(proofs)), current],
    });
  }
  return { head: reportHead(marketplace, businessDate, now), currencies };
}

function settlementOf(currency: string, rows: readonly SettledLine[]): Omit<CurrencySettlement, "tie" | "proofs"> {
  const rowsOf = new Map<bigint, SettledLine[]>();
  for (const row of rows) {
    const own = rowsOf.get(row.seller_id);
    if (own === undefined) rowsOf.set(row.seller_id, [row]);
    else own.push(row);
  }
  const lines = rows.map((row) => reportLine(row, isSuperseded(row, rowsOf.get(row.seller_id) ?? [])));
  const valid = lines.filter(({ superseded }) => !superseded);
  const held = valid.filter(({ outcome }) => outcome === "HOLD");
  return {
    currency,
    lines,
    totals: totalsOf(currency, lines),
    transfers: tally(
      currency,
      valid.filter(({ outcome }) => outcome === "TRANSFER"),
    ),
    holds: [...new Set(held.map(({ reason = "" }) => reason))].sort().map((reason) => ({
      reason,
      says: holdSays(reason) ?? reason,
      ...tally(
        currency,
        held.filter((line) => line.reason === reason),
      ),
    })),
    carried: tally(
      currency,
      valid.filter(({ outcome }) => outcome === "CARRIED"),
    ),
  };
}

/** Whether a later settlement of the day took in what this one held or carried. A cashout leaves held payouts as they are. */
function isSuperseded({ run, outcome }: SettledLine, ofSeller: readonly SettledLine[]): boolean {
  const later = ofSeller.filter((row) => row.run > run && row.reason !== NOT_DUE);
  if (outcome === "HOLD") return later.some(({ held }) => held !== 0n);
  return outcome !== "TRANSFER" && later.length > 0;
}

function totalsOf(currency: string, lines: readonly SettlementReportLine[]): CurrencySettlement["totals"] {
  const sums: Record<string, bigint> = {};
  const add = (name: LineAmount, minor: bigint): void => {
    sums[name] = (sums[name] ?? 0n) + minor;
  };
  for (const line of lines) {
    for (const name of LINE_AMOUNTS) if (!(line.superseded && AT_THE_END.has(name))) add(name, line[name].minor);
    if (!line.superseded) continue;
    add("heldBefore", -line.held.minor);
    add("carried", -line.carriedForward.minor);
  }
  const entries = LINE_AMOUNTS.map((name) => [name, money(currency, sums[name] ?? 0n)] as const);
  return Object.fromEntries(entries) as Record<LineAmount, Money>;
}

const AT_THE_END: ReadonlySet<LineAmount> = new Set(["net", "held", "carriedForward", "paid"]);

function tally(currency: string, lines: readonly { readonly net: Money }[]): Tally {
  return {
    count: lines.length,
    amount: money(
      currency,
      lines.reduce((sum, { net }) => sum + net.minor, 0n),
    ),
  };
}

function reportLine(row: SettledLine, superseded: boolean): SettlementReportLine {
  const amount = (minor: bigint) => money(row.currency, minor);
  const { sales, fees, fee_vat, refunds, other, carried, held, reserve, released, rest, net, outcome, reason } = row;
  const says = reason === null ? undefined : holdSays(reason);
  const where = (place: SettledLine["outcome"]) => amount(outcome === place ? net : 0n);
  return {
    seller: row.seller,
    name: row.legal_name,
    run: Number(row.run),
    sales: amount(sales),
    fees: amount(fees - fee_vat),
    vat: amount(fee_vat),
    refunds: amount(refunds),
    other: amount(other),
    carried: amount(carried),
    heldBefore: amount(held),
    reserve: amount(released - reserve),
    released: amount(released),
    rest: amount(-rest),
    net: amount(net),
    held: where("HOLD"),
    carriedForward: where("CARRIED"),
    paid: where("TRANSFER"),
    outcome,
    ...(row.end_to_end_id === null ? {} : { endToEndId: row.end_to_end_id }),
    ...(row.transfer_state === null ? {} : { transferState: row.transfer_state }),
    ...(reason === null ? {} : { reason }),
    ...(says === undefined ? {} : { reasonSays: says }),
    superseded,
  };
}

/** The sentence of a hold reason; undefined for a reason that is not in the table. */
export function holdSays(reason: string): string | undefined {
  return Object.hasOwn(HOLD_REASONS, reason) ? HOLD_REASONS[reason as keyof typeof HOLD_REASONS].says : undefined;
}

function fileTie(
  currency: string,
  places: readonly PlaceTotal[],
  others: Omit<FilesTotal, "files"> | undefined,
  files: FilesTotal | undefined,
): FileTie {
  const of = (count: bigint, minor: bigint): Tally => ({ count: Number(count), amount: money(currency, minor) });
  const inFiles = places.find(({ place }) => place === "FILE_OF_THE_DAY");
  const expected = (inFiles?.amount ?? 0n) + (others?.amount ?? 0n);
  return {
    settled: of(
      places.reduce((sum, { transfers }) => sum + BigInt(transfers), 0n),
      places.reduce((sum, { amount }) => sum + amount, 0n),
    ),
    places: places.map(({ place, transfers, amount }) => ({ place, ...of(transfers, amount) })),
    fromOtherDays: of(others?.transfers ?? 0n, others?.amount ?? 0n),
    files: { files: Number(files?.files ?? 0n), ...of(files?.transfers ?? 0n, files?.amount ?? 0n) },
    difference: money(currency, (files?.amount ?? 0n) - expected),
  };
}

function lastStored(stored: readonly StoredProof[]): readonly DatedProof[] {
  const last = stored.at(-1);
  if (last === undefined || last.proof === "") return [];
  const text = JSON.parse(last.proof) as Readonly<Record<keyof Proof, string>>;
  const amounts = Object.entries(text).filter(([name]) => name !== "currency");
  const proof = Object.fromEntries(amounts.map(([name, value]) => [name, BigInt(value)]));
  return [datedProof({ ...proof, currency: last.currency } as Proof, "settlement", last.created_at)];
}

function datedProof(proof: Proof, takenAt: DatedProof["takenAt"], at: string): DatedProof {
  const amount = (minor: bigint) => money(proof.currency, minor);
  return {
    takenAt,
    at,
    captured: amount(proof.captured),
    cashedIn: amount(proof.cashedIn),
    refunded: amount(proof.refunded),
    stages: PROOF_STAGES.map((stage) => ({ stage, amount: amount(proof[stage]) })),
    difference: amount(proof.difference),
  };
}
