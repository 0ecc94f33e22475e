/** The balances of a marketplace: its operator's and every seller's, by currency (seed 001, `clients/balances`). */
import { formatMinor } from "../domain/money.ts";
import { balancesOfMarketplaces } from "../store/listings/balances.ts";
import type { Context } from "./context.ts";

export type BalanceRow = Awaited<ReturnType<typeof listBalances>>[number];

/**
 * Decimal text of the currency. `payable` is what a cashout could take of `available`: less what is scheduled already; a
 * debt is a negative `available`, with the business date since when it is carried.
 */
export async function listBalances({ store }: Pick<Context, "store">, marketplace?: string) {
  const rows = await balancesOfMarketplaces(store.db, marketplace);
  return rows.map((row) => {
    const text = (minor: bigint) => formatMinor(minor, row.currency);
    return {
      marketplace: row.marketplace,
      seller: row.seller,
      currency: row.currency,
      pending: text(row.pending),
      available: text(row.available),
      scheduled: text(row.scheduled),
      payable: text(row.available > row.scheduled ? row.available - row.scheduled : 0n),
      held: text(row.held),
      reserved: text(row.reserved),
      inTransit: text(row.in_transit),
      fees: text(row.fees),
      debtSince: row.debt_since,
    };
  });
}
