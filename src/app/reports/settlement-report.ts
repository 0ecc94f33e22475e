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
import type { Queries } from "../../store/store.ts";
import { conservationProof, type Proof } from "../conservation-proof.ts";
import { type ReportHead, reportHead } from "./report-head.ts";

export interface SettlementReportLine {
  readonly seller: string;
  readonly name: string;
  /** Which settlement of the day: 1, or more when the day was settled again. */
  readonly run: number;
  readonly sales: Money;
  /** Above zero: kept by the operator. */
  readonly fees: Money;
  /** Below zero. */
  readonly refunds: Money;
  readonly other: Money;
  /** What earlier settlements left open: a debt when below zero. */
  readonly carried: Money;
  /** A payout that was on hold until now and is part of the net. */
  readonly heldBefore: Money;
  /** sales - fees + refunds + other + carried + heldBefore. */
  readonly net: Money;
  readonly outcome: SettledLine["outcome"];
  readonly endToEndId?: string;
  /** As it stands when the report is made. */
  readonly transferState?: string;
  readonly reason?: string;
  readonly reasonSays?: string;
  /** A later settlement of the same day decided about this money again. */
  readonly superseded: boolean;
}

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
  readonly totals: { readonly sales: Money; readonly fees: Money; readonly refunds: Money; readonly other: Money };
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
  const lastRun = new Map<bigint, bigint>();
  for (const { seller_id, run } of rows) lastRun.set(seller_id, run);
  const lines = rows.map((row) =>
    reportLine(row, row.outcome !== "TRANSFER" && lastRun.get(row.seller_id) !== row.run),
  );
  const valid = lines.filter(({ superseded }) => !superseded);
  const sum = (name: "sales" | "fees" | "refunds" | "other") =>
    money(
      currency,
      lines.reduce((total, line) => total + line[name].minor, 0n),
    );
  const held = valid.filter(({ outcome }) => outcome === "HOLD");
  return {
    currency,
    lines,
    totals: { sales: sum("sales"), fees: sum("fees"), refunds: sum("refunds"), other: sum("other") },
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
  const { sales, fees, refunds, other, carried, net, outcome, reason } = row;
  const says = reason === null ? undefined : holdSays(reason);
  return {
    seller: row.seller,
    name: row.legal_name,
    run: Number(row.run),
    sales: amount(sales),
    fees: amount(fees),
    refunds: amount(refunds),
    other: amount(other),
    carried: amount(carried),
    heldBefore: amount(net - (sales - fees + refunds + other + carried)),
    net: amount(net),
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
