/** Debts of sellers from settlement to settlement: since when, how much, and an exception where one is too large or too old. */
import { daysBetween } from "../domain/calendar.ts";
import { formatMinor } from "../domain/money.ts";
import { type NewException, openExceptions, resolveExceptions } from "../store/exceptions.ts";
import type { Marketplace } from "../store/marketplaces.ts";
import type { OpenPosition } from "../store/open-positions.ts";
import { type Debt, debtsOf, putDebts, removeDebts } from "../store/seller-debts.ts";
import { NOT_DUE } from "../store/settlements.ts";
import { recordStatusChanges } from "../store/status-changes.ts";
import type { Transaction } from "../store/store.ts";
import type { DebtLimit, PlannedLine } from "./plan-settlement.ts";

const keyOf = ({ sellerId, currency }: Pick<Debt, "sellerId" | "currency">): string => `${sellerId}/${currency}`;

interface DebtOfSeller extends Debt {
  readonly seller: string;
}

interface OldDebt extends DebtOfSeller {
  readonly limit: DebtLimit;
}

/**
 * Netting itself is the settlement's: a debt is an open negative sum. This remembers its age, tells the marketplace when
 * it is covered, and opens an exception above the policy's limits. Answers how many sellers are in debt.
 */
export async function keepDebts(
  tx: Transaction,
  marketplace: Marketplace,
  planned: readonly PlannedLine[],
  businessDate: string,
  now: Date,
): Promise<number> {
  const before = new Map((await debtsOf(tx.db, marketplace.id)).map((debt) => [keyOf(debt), debt]));
  const looked = planned.filter(({ reason }) => reason !== NOT_DUE);
  const owed = looked
    .filter(({ outcome }) => outcome === "CARRIED")
    .map(({ position, net, debtLimit }): OldDebt => {
      const { sellerId, seller, currency } = position;
      const since = before.get(keyOf(position))?.since ?? businessDate;
      return { sellerId, seller, currency, amount: -net, since, limit: debtLimit };
    });
  const covered = looked.flatMap(({ position, outcome }) => {
    const debt = before.get(keyOf(position));
    return debt !== undefined && outcome !== "CARRIED" ? [{ ...debt, seller: position.seller }] : [];
  });
  await putDebts(tx, marketplace.id, owed);
  const tooMuch = owed.filter((debt) => exceeds(debt, businessDate));
  await openExceptions(
    tx,
    tooMuch.map((debt) => exceptionOf(marketplace, debt, businessDate)),
    businessDate,
    now,
  );
  await forgetDebts(tx, marketplace, covered, now);
  return owed.length;
}

/** A cashout nets a debt as a settlement does: left standing, it would lend its age to the seller's next debt. */
export async function coverDebt(
  tx: Transaction,
  marketplace: Marketplace,
  { sellerId, seller, currency }: OpenPosition,
  now: Date,
): Promise<void> {
  const debts = await debtsOf(tx.db, marketplace.id, sellerId);
  const covered = debts.filter((debt) => debt.currency === currency).map((debt) => ({ ...debt, seller }));
  await forgetDebts(tx, marketplace, covered, now);
}

async function forgetDebts(
  tx: Transaction,
  marketplace: Marketplace,
  covered: readonly DebtOfSeller[],
  now: Date,
): Promise<void> {
  await removeDebts(tx, covered);
  const refs = covered.map(({ seller, currency, since }) => ({
    kind: "settlement" as const,
    ref: `debt/${currency}/${seller}/${since}`,
    status: "COVERED",
  }));
  await recordStatusChanges(tx, marketplace.id, refs, now);
  const gone = covered.map((debt) => identityOf(marketplace, debt));
  await resolveExceptions(tx, gone, "later sales covered the debt", now);
}

function exceeds({ amount, since, limit }: OldDebt, businessDate: string): boolean {
  if (limit.amount !== undefined && amount > limit.amount) return true;
  return limit.days !== undefined && daysBetween(since, businessDate) > limit.days;
}

/** One matter for one debt: it grows and ages without becoming another one. */
function identityOf({ ref }: Marketplace, { seller, currency, since }: Pick<OldDebt, "seller" | "currency" | "since">) {
  return `DEBT/${ref}/${seller}/${currency}/${since}`;
}

function exceptionOf(marketplace: Marketplace, debt: OldDebt, businessDate: string): NewException {
  const { seller, currency, amount, since, limit } = debt;
  const limits = [
    ...(limit.amount === undefined ? [] : [`at most ${formatMinor(limit.amount, currency)} ${currency}`]),
    ...(limit.days === undefined ? [] : [`for at most ${limit.days} days`]),
  ];
  return {
    identity: identityOf(marketplace, debt),
    marketplaceId: marketplace.id,
    reason: "DEBT_ABOVE_LIMIT",
    subjectKind: "seller",
    subjectRef: seller,
    says: `owes ${formatMinor(amount, currency)} ${currency} for ${daysBetween(since, businessDate)} days; expected ${limits.join(", ")}`,
    amount,
    currency,
    owner: "finance",
  };
}
