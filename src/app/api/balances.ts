/** What one seller of a marketplace has, at each stage on the way to his account. */
import type { Bucket } from "../../domain/ledger.ts";
import { accountsOfSeller, paidToSeller, sellerByRef } from "../../store/listings/balances.ts";
import type { Caller } from "../api-keys.ts";
import type { Context } from "../context.ts";
import { notFound } from "./page.ts";

/** Stages in the order in which money passes them; `fees` are the operator's own. */
const STAGES = {
  pending: "PENDING",
  available: "AVAILABLE",
  held: "HELD",
  reserved: "RESERVED",
  inTransit: "IN_TRANSIT",
  fees: "FEES",
} as const satisfies Record<string, Bucket>;

type Stage = keyof typeof STAGES;

/** Text of minor units; a negative `available` is a debt that the next settlement carries. NOT_FOUND for an unknown seller. */
export async function balancesOf({ store: { db } }: Pick<Context, "store">, caller: Caller, ref: string) {
  const { marketplaceId } = caller;
  const seller = await sellerByRef(db, marketplaceId, ref);
  if (seller === undefined) throw notFound("seller", ref);
  const accounts = await accountsOfSeller(db, marketplaceId, seller.id);
  const paid = new Map((await paidToSeller(db, seller.id)).map((row) => [row.currency, row.paid]));
  const currencies = [...new Set([...accounts.map(({ currency }) => currency), ...paid.keys()])].sort();
  const balanceOf = (currency: string, stage: Stage) =>
    String(accounts.find((one) => one.currency === currency && one.bucket === STAGES[stage])?.balance ?? 0n);
  return {
    seller: seller.ref,
    onboarding: seller.onboarding,
    balances: currencies.map((currency) => ({
      currency,
      pending: balanceOf(currency, "pending"),
      available: balanceOf(currency, "available"),
      held: balanceOf(currency, "held"),
      reserved: balanceOf(currency, "reserved"),
      inTransit: balanceOf(currency, "inTransit"),
      fees: balanceOf(currency, "fees"),
      paid: paid.get(currency) ?? "0",
    })),
  };
}
