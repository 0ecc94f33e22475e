/** Decides, without writing anything, what a settlement pays each seller and why not: the one code for preview and for real. */

import type { BankProfile } from "../bankfiles/profile/profile.ts";
import { checkTransfers } from "../bankfiles/write/check-transfers.ts";
import type { Pain001Transfer } from "../bankfiles/write/transfer.ts";
import type { HoldReason } from "../domain/hold-reason.ts";
import { isPayoutDay } from "../domain/payout-schedule.ts";
import { limitsFor, reserveOf, type SettlementPolicy } from "../domain/policies.ts";
import { decideSettlement, isCooling, type SellerPosition, type SettlementDecision } from "../domain/settlement.ts";
import type { Marketplace } from "../store/marketplaces.ts";
import { emptyPositions, feesKept, type OpenPosition, openPositions, paidOn } from "../store/open-positions.ts";
import { sellerPolicyOf } from "../store/policies.ts";
import { NOT_DUE } from "../store/settlements.ts";
import type { Queries } from "../store/store.ts";

export interface PlannedLine {
  readonly position: OpenPosition;
  /** Fees that the operator takes into his own balance. */
  readonly feesTaken: bigint;
  /** Kept back of this payout. */
  readonly reserve: bigint;
  /** What a cashout of a part leaves for later; a settlement leaves nothing. */
  readonly rest: bigint;
  /** Open lines and held transfer together, less the reserve: what would be paid. */
  readonly net: bigint;
  readonly outcome: "TRANSFER" | "HOLD" | "CARRIED" | "NOTHING";
  readonly reason?: HoldReason | typeof NOT_DUE;
  /** A held payout of an earlier day may go although this day pays nothing new. */
  readonly releasesHeld: boolean;
  /** Calendar days from now until what is kept back is released. */
  readonly reserveDays: number;
  /** The limit of a debt, by amount and by age, where the policy has one. */
  readonly debtLimit: DebtLimit;
  /** Nothing about this seller differs from what the last settlement left. */
  readonly unchanged: boolean;
}

export interface DebtLimit {
  readonly amount?: bigint;
  readonly days?: number;
}

/** `now` decides about cooling periods only; everything else goes by the business date. */
export async function planSettlement(
  db: Queries,
  marketplace: Marketplace,
  profile: BankProfile,
  date: string,
  now: Date,
): Promise<readonly PlannedLine[]> {
  const open = await openPositions(db, marketplace, date);
  const fees = takesFees(marketplace) ? await feesKept(db, marketplace.id, marketplace.operatorId) : new Map();
  const positions = await withOperator(db, marketplace, open, fees);
  const problems = accountProblems(positions, profile);
  const paid = hasDayLimit(marketplace, positions) ? await paidOn(db, marketplace.id, date) : new Map<string, bigint>();
  return positions.map((position, index) => {
    const key = `${position.sellerId}/${position.currency}`;
    const accountProblem = problems.get(index);
    return planLine(
      {
        position,
        policy: sellerPolicyOf(marketplace.settlementPolicy, { settlement_policy: position.sellerPolicy }),
        feesKept: position.sellerId === marketplace.operatorId ? (fees.get(position.currency) ?? 0n) : 0n,
        paidToday: paid.get(key) ?? 0n,
        ...(accountProblem === undefined ? {} : { accountProblem }),
      },
      { marketplace, date, now },
    );
  });
}

/** What was paid on a day is looked up only where somebody's limit asks for it. */
function hasDayLimit({ row }: Marketplace, positions: readonly OpenPosition[]): boolean {
  const limit = '"maximumPerDay"';
  return row.settlement_policy.includes(limit) || positions.some(({ sellerPolicy }) => sellerPolicy?.includes(limit));
}

function takesFees({ settlementPolicy }: Marketplace): boolean {
  return settlementPolicy.operatorPayout === "SALES_AND_FEES";
}

/** The operator has fees to take in also when nothing else of his is open. */
async function withOperator(
  db: Queries,
  marketplace: Marketplace,
  positions: readonly OpenPosition[],
  fees: ReadonlyMap<string, bigint>,
): Promise<readonly OpenPosition[]> {
  const there = new Set(
    positions.filter(({ sellerId }) => sellerId === marketplace.operatorId).map(({ currency }) => currency),
  );
  const missing = [...fees.keys()].filter((currency) => !there.has(currency)).sort();
  return missing.length === 0
    ? positions
    : [...(await emptyPositions(db, marketplace.id, marketplace.operatorId, missing)), ...positions];
}

export interface SellerCase {
  readonly position: OpenPosition;
  readonly policy: SettlementPolicy;
  readonly feesKept: bigint;
  readonly paidToday: bigint;
  readonly accountProblem?: NonNullable<SellerPosition["accountProblem"]>;
}

export interface SettlementDay {
  readonly marketplace: Marketplace;
  readonly date: string;
  readonly now: Date;
}

function planLine(seller: SellerCase, day: SettlementDay): PlannedLine {
  const { position, policy } = seller;
  const isOperator = position.sellerId === day.marketplace.operatorId;
  const operatorWaits = isOperator && day.marketplace.settlementPolicy.operatorPayout === "NONE";
  if (operatorWaits || !isPayoutDay(policy.schedule ?? { kind: "DAILY" }, day.date)) return notDue(seller, day);
  const fresh = freshOf(seller);
  const gross = fresh + position.carried + (position.held?.amount ?? 0n);
  const reserve = reserveOf(position.netSales, gross, policy.reserve);
  const net = gross - reserve;
  const decision = decide(seller, net, day);
  const reason = "reason" in decision ? decision.reason : waitsOnly(position, net) ? "ACQUIRER_NOT_PAID" : undefined;
  const nothingNew = fresh === 0n && !hasFreshLines(seller);
  const sameHold = decision.outcome === "HOLD" && isAsHeld(position, net, reason);
  const stillCarried = decision.outcome === "CARRIED" && position.held === undefined;
  return {
    ...frameOf(seller, day.marketplace.row.currency),
    feesTaken: seller.feesKept,
    reserve,
    releasesHeld: false,
    net,
    outcome: decision.outcome,
    ...(reason === undefined ? {} : { reason }),
    unchanged:
      nothingNew && (sameHold || stillCarried || (decision.outcome === "NOTHING" && position.held === undefined)),
  };
}

/** Nothing can be paid now, because the acquirer has not. */
function waitsOnly({ waiting }: OpenPosition, net: bigint): boolean {
  return net === 0n && waiting > 0n;
}

/** Whether one transfer is held with this very amount, for this very reason. */
function isAsHeld({ held }: OpenPosition, net: bigint, reason: string | undefined): boolean {
  return held?.all.length === 1 && held.reason === reason && held.amount === net;
}

/** The same for every outcome. */
function frameOf({ position, policy }: SellerCase, home: string) {
  const { maximumDebt } = limitsFor(policy, position.currency, home);
  return {
    position,
    rest: 0n,
    reserveDays: policy.reserve?.days ?? 0,
    debtLimit: {
      ...(maximumDebt === undefined ? {} : { amount: maximumDebt }),
      ...(policy.maximumDebtDays === undefined ? {} : { days: policy.maximumDebtDays }),
    },
  };
}

/**
 * What matured becomes available for a cashout, and stays open for the day on which it is due. A payout that was due
 * before and held goes as soon as its reason is gone, unless a debt has come up since.
 */
function notDue(seller: SellerCase, day: SettlementDay): PlannedLine {
  const { maturing, releasing, carried, held } = seller.position;
  const inDebt = freshOf(seller) - seller.feesKept + carried < 0n;
  const releasesHeld = held !== undefined && !inDebt && decide(seller, held.amount, day).outcome === "TRANSFER";
  return {
    ...frameOf(seller, day.marketplace.row.currency),
    feesTaken: 0n,
    reserve: 0n,
    releasesHeld,
    net: 0n,
    outcome: "NOTHING",
    reason: NOT_DUE,
    unchanged: maturing === 0n && releasing === 0n && !releasesHeld,
  };
}

/** What the last settlement of the seller did not see yet. */
export function freshOf({ position, feesKept }: SellerCase): bigint {
  const { sales, fees, refunds, other, released } = position;
  return sales - fees + refunds + other + released + feesKept;
}

function hasFreshLines({ position, feesKept }: SellerCase): boolean {
  const { sales, fees, refunds, other, released, maturing, releasing } = position;
  return [sales, fees, refunds, other, released, maturing, releasing, feesKept].some((amount) => amount !== 0n);
}

/** Whether `net` can be paid to the seller on this day, and why not. */
export function decide(seller: SellerCase, net: bigint, { marketplace, now }: SettlementDay): SettlementDecision {
  const { position, policy, paidToday, accountProblem } = seller;
  const { onboarding, isHeld, accountChangedAt: changedAt, createdAt } = position;
  return decideSettlement(
    {
      onboarding,
      isHeld,
      net,
      paidToday,
      isCooling: isCooling({ changedAt, createdAt }, now, policy.coolingHours),
      ...(accountProblem === undefined ? {} : { accountProblem }),
    },
    limitsFor(policy, position.currency, marketplace.row.currency),
  );
}

const REASON_OF_FINDING: Readonly<Record<string, SellerPosition["accountProblem"]>> = {
  CURRENCY_NOT_TAKEN: "CURRENCY_NOT_CARRIED",
  SERVICE_NOT_TAKEN: "CURRENCY_NOT_CARRIED",
  IBAN_NOT_REACHED: "ACCOUNT_NOT_SEPA",
};
/** Limits of the amount are the policy's business, not the account's. */
const NOT_THE_ACCOUNT = new Set(["AMOUNT_RANGE", "ID_DUPLICATE"]);

/** The first thing that keeps each account from being paid, found by the very check that the file writer makes. */
export function accountProblems(
  positions: readonly OpenPosition[],
  profile: BankProfile,
): ReadonlyMap<number, SellerPosition["accountProblem"]> {
  const problems = new Map<number, SellerPosition["accountProblem"]>();
  for (const { index, code } of checkTransfers(positions.map(probeOf), profile, {
    maxFindings: Number.MAX_SAFE_INTEGER,
  })) {
    if (!NOT_THE_ACCOUNT.has(code) && !problems.has(index)) {
      problems.set(index, REASON_OF_FINDING[code] ?? "NO_ACCOUNT");
    }
  }
  return problems;
}

function probeOf(position: OpenPosition, index: number): Pain001Transfer {
  return {
    endToEndId: `PROBE-${index}`,
    amountMinor: 1n,
    currency: position.currency,
    creditor: {
      name: position.accountHolder,
      iban: position.iban ?? "",
      ...(position.bic === undefined ? {} : { bic: position.bic }),
    },
  };
}
