/** The capture-deadline outlook as a value: how much is authorised and not captured, by the days that are left for it. */
import { type Money, money } from "../../domain/money.ts";
import type { Marketplace } from "../../store/marketplaces.ts";
import {
  type DeadlineTotal,
  deadlineTotals,
  lapsingValidations,
  waitingTotals,
} from "../../store/reports/authorisation-deadlines.ts";
import type { Queries } from "../../store/store.ts";
import { type ReportHead, reportHead } from "./report-head.ts";
import type { Tally } from "./settlement-report.ts";

/** Whole days until a deadline; `MORE` counts everything from that day on, -1 what has passed. */
export const MORE = 7;

export interface OutlookRow {
  /** -1: the deadline has passed; 0 to 6; 7: seven or more. */
  readonly daysLeft: number;
  /** By the day until which a capture is guaranteed. */
  readonly guaranteed: Tally;
  /** By the day after which a capture is impossible. */
  readonly lapsing: Tally;
  /** Of the lapsing ones those that a person must validate first. */
  readonly toValidate: Tally;
}

export interface CaptureOutlook {
  readonly head: ReportHead;
  readonly currencies: readonly { readonly currency: string; readonly rows: readonly OutlookRow[] }[];
  /** Must be validated by a person and lapse within 48 hours, the first to lapse first. */
  readonly validate: readonly {
    readonly transaction: string;
    readonly order: string;
    readonly amount: Money;
    readonly expiresAt: string;
    /** Rounded down; below zero when it has lapsed. */
    readonly hoursLeft: number;
  }[];
  /** Not authorised yet: the authorisation is asked the day before the capture. */
  readonly waiting: readonly (Tally & { readonly captureOn: string })[];
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WARNING_HOURS = 48;
const LISTED = 500;

export async function loadCaptureOutlook(
  db: Queries,
  marketplace: Marketplace,
  businessDate: string,
  now: Date,
): Promise<CaptureOutlook> {
  const { id } = marketplace;
  const after = (ms: number) => new Date(now.getTime() + ms).toISOString();
  const bounds = Array.from({ length: MORE + 1 }, (_, days) => after(days * DAY_MS));
  const honour = await deadlineTotals(db, id, "honour_until", bounds);
  const expiry = await deadlineTotals(db, id, "expires_at", bounds);
  const validate = await lapsingValidations(db, id, after(WARNING_HOURS * HOUR_MS), LISTED);
  const currencies = [...new Set([...honour, ...expiry].map(({ currency }) => currency))].sort();
  return {
    head: reportHead(marketplace, businessDate, now),
    currencies: currencies.map((currency) => ({ currency, rows: rowsOf(currency, honour, expiry) })),
    validate: validate.map(({ ref, order_ref, amount, currency, expires_at, honour_until }) => {
      const expiresAt = expires_at ?? honour_until ?? "";
      const hoursLeft = Math.floor((Date.parse(expiresAt) - now.getTime()) / HOUR_MS);
      return { transaction: ref, order: order_ref, amount: money(currency, amount), expiresAt, hoursLeft };
    }),
    waiting: (await waitingTotals(db, id)).map(({ capture_on, currency, transactions, amount }) => ({
      captureOn: capture_on,
      count: Number(transactions),
      amount: money(currency, amount),
    })),
  };
}

function rowsOf(
  currency: string,
  honour: readonly DeadlineTotal[],
  expiry: readonly DeadlineTotal[],
): readonly OutlookRow[] {
  return Array.from({ length: MORE + 2 }, (_, passed) => {
    const of = (totals: readonly DeadlineTotal[], status?: string): Tally => {
      const own = totals.filter(
        (total) =>
          total.currency === currency &&
          Number(total.passed) === passed &&
          (status === undefined || total.detailed_status === status),
      );
      return {
        count: own.reduce((sum, { transactions }) => sum + Number(transactions), 0),
        amount: money(
          currency,
          own.reduce((sum, { amount }) => sum + amount, 0n),
        ),
      };
    };
    return {
      daysLeft: passed - 1,
      guaranteed: of(honour),
      lapsing: of(expiry),
      toValidate: of(expiry, "AUTHORISED_TO_VALIDATE"),
    };
  });
}
