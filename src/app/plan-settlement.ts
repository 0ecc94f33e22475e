/** Decides, without writing anything, what a settlement pays each seller and why not: the one code for preview and for real. */

import type { BankProfile } from "../bankfiles/profile/profile.ts";
import { checkTransfers } from "../bankfiles/write/check-transfers.ts";
import type { Pain001Transfer } from "../bankfiles/write/transfer.ts";
import type { HoldReason } from "../domain/hold-reason.ts";
import { decideSettlement, type SellerPosition } from "../domain/settlement.ts";
import type { Marketplace } from "../store/marketplaces.ts";
import { type OpenPosition, openPositions } from "../store/settlements.ts";
import type { Queries } from "../store/store.ts";

export interface PlannedLine {
  readonly position: OpenPosition;
  /** Open lines and held transfer together: what would be paid. */
  readonly net: bigint;
  readonly outcome: "TRANSFER" | "HOLD" | "CARRIED" | "NOTHING";
  readonly reason?: HoldReason;
  /** Nothing about this seller differs from what the last settlement left. */
  readonly unchanged: boolean;
}

export async function planSettlement(
  db: Queries,
  marketplace: Marketplace,
  profile: BankProfile,
  date: string,
): Promise<readonly PlannedLine[]> {
  const positions = await openPositions(db, marketplace.id, date);
  const problems = accountProblems(positions, profile);
  return positions.map((position, index) => planLine(position, problems.get(index), marketplace));
}

function planLine(
  position: OpenPosition,
  accountProblem: SellerPosition["accountProblem"],
  marketplace: Marketplace,
): PlannedLine {
  const fresh = position.sales - position.fees + position.refunds + position.other;
  const net = fresh + position.carried + (position.held?.amount ?? 0n);
  const decision = decideSettlement(
    { onboarding: position.onboarding, net, ...(accountProblem === undefined ? {} : { accountProblem }) },
    marketplace.settlementPolicy,
  );
  const reason = "reason" in decision ? decision.reason : undefined;
  const nothingNew = fresh === 0n && position.maturing === 0n && !hasFreshLines(position);
  const sameHold = decision.outcome === "HOLD" && position.held?.reason === reason && position.held?.amount === net;
  const stillCarried = decision.outcome === "CARRIED" && position.held === undefined;
  return {
    position,
    net,
    outcome: decision.outcome,
    ...(reason === undefined ? {} : { reason }),
    unchanged: nothingNew && (sameHold || stillCarried || decision.outcome === "NOTHING"),
  };
}

function hasFreshLines({ sales, fees, refunds, other }: OpenPosition): boolean {
  return sales !== 0n || fees !== 0n || refunds !== 0n || other !== 0n;
}

const REASON_OF_FINDING: Readonly<Record<string, SellerPosition["accountProblem"]>> = {
  CURRENCY_NOT_TAKEN: "CURRENCY_NOT_CARRIED",
  SERVICE_NOT_TAKEN: "CURRENCY_NOT_CARRIED",
  IBAN_NOT_REACHED: "ACCOUNT_NOT_SEPA",
};
/** Limits of the amount are the policy's business, not the account's. */
const NOT_THE_ACCOUNT = new Set(["AMOUNT_RANGE", "ID_DUPLICATE"]);

/** The first thing that keeps each account from being paid, found by the very check that the file writer makes. */
function accountProblems(
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
