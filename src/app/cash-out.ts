/** A cashout: a payout asked for now, of all that is available or a part of it (seed 001, `cashouts`). */
import type { BankProfile } from "../bankfiles/profile/profile.ts";
import { HOLD_REASONS } from "../domain/hold-reason.ts";
import { limitsFor, reserveOf } from "../domain/policies.ts";
import { acquirerCovers } from "../store/acquirer-cover.ts";
import { insertCashout } from "../store/cashouts.ts";
import type { Marketplace } from "../store/marketplaces.ts";
import { feesKept, type OpenPosition, paidOn, positionOf } from "../store/open-positions.ts";
import { sellerPolicyOf } from "../store/policies.ts";
import { lastRun } from "../store/settlements.ts";
import type { Transaction } from "../store/store.ts";
import { applySettlement } from "./apply-settlement.ts";
import { bookAll } from "./book-operations.ts";
import { coverDebt } from "./keep-debts.ts";
import { accountProblems, decide, freshOf, type PlannedLine, type SellerCase } from "./plan-settlement.ts";

export interface CashoutRequest {
  /** The caller's id: the idempotency key. */
  readonly ref: string;
  readonly sellerId: bigint;
  readonly currency: string;
  /** Minor units; absent for all that is available. */
  readonly amount?: bigint;
  readonly contentHash: string;
}

export interface CashoutDay {
  readonly marketplace: Marketplace;
  /** Without it the account is looked at when the transfer's file is written. */
  readonly profile?: BankProfile;
  readonly date: string;
  readonly now: Date;
}

export type CashoutResult =
  | { readonly kind: "paid"; readonly endToEndId: string; readonly amount: bigint }
  | {
      readonly kind: "refused";
      readonly code: "NOTHING_AVAILABLE" | "AMOUNT_EXCEEDED" | "PAYOUT_REFUSED";
      readonly found: string;
      readonly expected: string;
    };

/**
 * Makes a transfer of what is available to the seller, in the caller's transaction. What cannot be paid is refused and
 * changes nothing: a cashout is never held. Everything that has happened is booked first, so that a refund counts that
 * no settlement has seen; the transaction is serializable, so that no two cashouts spend the same money.
 */
export async function cashOut(tx: Transaction, request: CashoutRequest, day: CashoutDay): Promise<CashoutResult> {
  const { marketplace, date, now } = day;
  await bookAll(tx, marketplace, date);
  const seller = await sellerCase(tx, request, day);
  const { position } = seller;
  const open = freshOf(seller) + position.carried;
  const reserve = reserveOf(position.netSales, open, seller.policy.reserve);
  const available = open - reserve;
  const amount = request.amount ?? available;
  const refusal = refusalOf(seller, { amount, available, reserve, debt: open < 0n ? -open : 0n }, day);
  if (refusal !== undefined) return refusal;
  const line: PlannedLine = {
    position,
    feesTaken: seller.feesKept,
    reserve,
    rest: available - amount,
    releasesHeld: false,
    net: amount,
    outcome: "TRANSFER",
    reserveDays: seller.policy.reserve?.days ?? 0,
    debtLimit: {},
    unchanged: false,
  };
  const run = (await lastRun(tx.db, marketplace.id, date, request.currency)) + 1n;
  const covers = await acquirerCovers(tx.db, marketplace);
  const head = { marketplaceId: marketplace.id, businessDate: date, currency: request.currency, run, now, covers };
  const { transfers } = await applySettlement(tx, marketplace, head, [line]);
  const [transfer] = transfers;
  if (transfer === undefined) throw new Error(`cashout ${request.ref} made no transfer`);
  await coverDebt(tx, marketplace, position, now);
  await insertCashout(tx, { ...request, amount, marketplaceId: marketplace.id, transferId: transfer.id, date, now });
  return { kind: "paid", endToEndId: transfer.endToEndId, amount };
}

async function sellerCase(tx: Transaction, request: CashoutRequest, day: CashoutDay): Promise<SellerCase> {
  const { marketplace, date } = day;
  const { sellerId, currency } = request;
  const { held: _heldApart, ...position } = await positionOf(tx.db, marketplace, { sellerId, currency, date });
  const takesFees =
    sellerId === marketplace.operatorId && marketplace.settlementPolicy.operatorPayout === "SALES_AND_FEES";
  const kept = takesFees ? await feesKept(tx.db, marketplace.id, sellerId) : new Map<string, bigint>();
  const paid = await paidOn(tx.db, marketplace.id, date, sellerId);
  const accountProblem = problemOf(position, day);
  return {
    position,
    policy: sellerPolicyOf(marketplace.settlementPolicy, { settlement_policy: position.sellerPolicy }),
    feesKept: kept.get(currency) ?? 0n,
    paidToday: paid.get(`${sellerId}/${currency}`) ?? 0n,
    ...(accountProblem === undefined ? {} : { accountProblem }),
  };
}

function problemOf(position: OpenPosition, { profile }: CashoutDay): SellerCase["accountProblem"] {
  if (profile !== undefined) return accountProblems([position], profile).get(0);
  return position.iban === undefined ? "NO_ACCOUNT" : undefined;
}

interface Sums {
  readonly amount: bigint;
  readonly available: bigint;
  readonly reserve: bigint;
  readonly debt: bigint;
}

function refusalOf(
  seller: SellerCase,
  { amount, available, reserve, debt }: Sums,
  day: CashoutDay,
): Extract<CashoutResult, { kind: "refused" }> | undefined {
  if (available <= 0n) {
    const found = debt > 0n ? `a debt of ${debt}` : "nothing";
    const paid =
      seller.position.waiting > 0n ? `, beside ${seller.position.waiting} that the acquirer has not paid` : "";
    return { kind: "refused", code: "NOTHING_AVAILABLE", found, expected: `money whose delay is over${paid}` };
  }
  if (amount > available) {
    const kept = reserve === 0n ? "" : ` beside the reserve of ${reserve}`;
    const expected = `at most ${available}, what is available${kept}`;
    return { kind: "refused", code: "AMOUNT_EXCEEDED", found: String(amount), expected };
  }
  const decision = decide(seller, amount, day);
  if (!("reason" in decision)) return undefined;
  return {
    kind: "refused",
    code: "PAYOUT_REFUSED",
    found: decision.reason,
    expected: expectedOf(seller, decision.reason, day),
  };
}

function expectedOf(
  { policy, position, paidToday }: SellerCase,
  reason: keyof typeof HOLD_REASONS,
  day: CashoutDay,
): string {
  const limits = limitsFor(policy, position.currency, day.marketplace.row.currency);
  if (reason === "BELOW_MINIMUM") return `at least ${limits.minimumPayout}`;
  if (reason === "LIMIT_EXCEEDED") return `at most ${limits.maximumPayout ?? limits.maximumPerDay ?? 0n} at once`;
  if (reason === "DAY_LIMIT_REACHED") return `at most ${(limits.maximumPerDay ?? 0n) - paidToday} more on this day`;
  return HOLD_REASONS[reason].clearsWhen || HOLD_REASONS[reason].says;
}
