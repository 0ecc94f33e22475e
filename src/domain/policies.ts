/** What a marketplace has agreed: when it captures, when and to whom it pays. All amounts are minor units of its currency. */

export interface CapturePolicy {
  /** How long an authorisation lives when the gateway does not say: days until capture is no longer guaranteed, and impossible. */
  readonly honourDays: number;
  readonly validityDays: number;
  /** An authorisation that would lapse within this many hours is captured now, whatever its planned day. */
  readonly marginHours: number;
}

export interface SettlementPolicy {
  /** Days between capture and payout. */
  readonly delayDays: number;
  readonly delayCounts: "CALENDAR_DAYS" | "BANKING_DAYS";
  /** A payout below this waits for more. */
  readonly minimumPayout: bigint;
  /** A payout above this waits for a person; absent for no limit. */
  readonly maximumPayout?: bigint;
}

export const DEFAULT_CAPTURE_POLICY: CapturePolicy = { honourDays: 6, validityDays: 7, marginHours: 24 };
export const DEFAULT_SETTLEMENT_POLICY: SettlementPolicy = {
  delayDays: 1,
  delayCounts: "CALENDAR_DAYS",
  minimumPayout: 1n,
};
