/** What a marketplace has agreed: when it captures, when and to whom it pays. All amounts are minor units of its currency. */
import type { FeeRefund } from "./fees.ts";
import { basisPointsOf } from "./money.ts";
import type { PayoutSchedule } from "./payout-schedule.ts";

export interface CapturePolicy {
  /** How long an authorisation lives when the gateway does not say: days until capture is no longer guaranteed, and impossible. */
  readonly honourDays: number;
  readonly validityDays: number;
  /** An authorisation that would lapse within this many hours is captured now, whatever its planned day. */
  readonly marginHours: number;
}

/** Minor units of one currency. */
export interface PayoutLimits {
  /** A payout below this waits for more. */
  readonly minimumPayout: bigint;
  /** A payout above this waits for a person; absent for no limit. */
  readonly maximumPayout?: bigint;
  /** What one seller is paid on one business date, cashouts included. */
  readonly maximumPerDay?: bigint;
  /** A debt above this is an exception. */
  readonly maximumDebt?: bigint;
}

/** A share of what a seller sells is kept back, and released after so many calendar days. */
export interface ReservePolicy {
  readonly basisPoints: bigint;
  readonly days: number;
}

export const CHARGED_TO = ["SELLER", "OPERATOR"] as const;

export interface ChargebackPolicy {
  /** Who bears what the bank charges for a chargeback. */
  readonly chargedTo: (typeof CHARGED_TO)[number];
  /** The charge where the record gives none. */
  readonly charge?: bigint;
  /** What becomes of the operator's fee; absent: as in a refund. */
  readonly fee?: FeeRefund;
}

/** What is settled of the operator's own: nothing by itself, his sales, or his sales and the fees he keeps. */
export const OPERATOR_PAYOUTS = ["NONE", "SALES", "SALES_AND_FEES"] as const;
export type OperatorPayout = (typeof OPERATOR_PAYOUTS)[number];

/** When a captured sale can be paid out: after its delay, or only once the acquirer's money for it is at the bank too. */
export const PAID_WHEN = ["CAPTURED", "ACQUIRER_PAID"] as const;
export type PaidWhen = (typeof PAID_WHEN)[number];

/** What is absent has its default: paid every day, no reserve, no cooling, the operator paid his sales. */
export interface SettlementPolicy extends PayoutLimits {
  /** Days between capture and payout. */
  readonly delayDays: number;
  readonly delayCounts: "CALENDAR_DAYS" | "BANKING_DAYS";
  readonly schedule?: PayoutSchedule;
  readonly reserve?: ReservePolicy;
  /** A debt older than so many days is an exception. */
  readonly maximumDebtDays?: number;
  /** Hours after a change of account in which nothing is paid. */
  readonly coolingHours?: number;
  readonly chargeback?: ChargebackPolicy;
  readonly operatorPayout?: OperatorPayout;
  readonly paidWhen?: PaidWhen;
  /** Limits in other currencies than the marketplace's; one that is not listed has none. */
  readonly currencies?: Readonly<Record<string, Partial<PayoutLimits>>>;
}

export const DEFAULT_CAPTURE_POLICY: CapturePolicy = { honourDays: 6, validityDays: 7, marginHours: 24 };
export const DEFAULT_SETTLEMENT_POLICY: SettlementPolicy = {
  delayDays: 1,
  delayCounts: "CALENDAR_DAYS",
  minimumPayout: 1n,
};

/** The limits for payouts in `currency`, where the policy's own amounts are in `home`. */
export function limitsFor(policy: SettlementPolicy, currency: string, home: string): PayoutLimits {
  return currency === home ? policy : { minimumPayout: 1n, ...policy.currencies?.[currency] };
}

/**
 * What is kept back of a settlement: the share of its net sales, rounded half up, as far as the payout reaches: a reserve
 * never makes a debt, and days with more refunds than sales keep back nothing.
 */
export function reserveOf(netSales: bigint, payout: bigint, reserve: ReservePolicy | undefined): bigint {
  if (reserve === undefined || netSales <= 0n || payout <= 0n) return 0n;
  const share = basisPointsOf(netSales, reserve.basisPoints);
  return share > payout ? payout : share;
}
