/** The use case of a cashout by a person or a program: once for its id, now, or refused with what would have been possible. */
import { RemitError } from "../domain/errors.ts";
import { OPERATOR } from "../domain/order.ts";
import { recordAudit } from "../store/audit-log.ts";
import { cashoutByRef } from "../store/cashouts.ts";
import { sellerByRef } from "../store/listings/balances.ts";
import { allMarketplaces, type Marketplace, turnOfMarketplace } from "../store/marketplaces.ts";
import type { Transaction } from "../store/store.ts";
import { cashOut } from "./cash-out.ts";
import type { Context } from "./context.ts";
import { contentHash } from "./import/content-hash.ts";
import type { CashoutRecord } from "./import/records.ts";

export interface CashoutGiven {
  readonly marketplace: string;
  /** The caller's id: asking again with it pays nothing more. */
  readonly id: string;
  /** Absent for the operator himself. */
  readonly seller?: string;
  /** Minor units, above zero; absent for all that is available. */
  readonly amount?: bigint;
  /** Absent for the marketplace's. */
  readonly currency?: string;
}

export interface CashoutGranted {
  readonly endToEndId: string;
  readonly amount: bigint;
  readonly currency: string;
}

/**
 * NOT_FOUND for an unknown marketplace or seller, DUPLICATE_DIFFERS for an id that was used for another cashout,
 * INPUT_INVALID with code, field, found and expected for what cannot be paid: then nothing is posted.
 */
export async function requestCashout(context: Context, given: CashoutGiven, date: string): Promise<CashoutGranted> {
  const apart = { alone: [turnOfMarketplace(given.marketplace)] };
  return context.store.write(async (tx) => {
    const marketplace = (await allMarketplaces(tx.db)).find(({ ref }) => ref === given.marketplace);
    if (marketplace === undefined) throw unknown("marketplace", given.marketplace);
    const { row } = marketplace;
    const hash = contentHash(recordOf(given));
    const known = await cashoutByRef(tx.db, marketplace.id, given.id);
    if (known !== undefined) {
      if (known.contentHash === hash) return known;
      const expected = "the cashout it was first given for, or another id";
      throw new RemitError("DUPLICATE_DIFFERS", { where: "id", found: given.id, expected });
    }
    const sellerId = await sellerIdOf(tx, marketplace, given.seller ?? OPERATOR);
    const request = {
      ref: given.id,
      sellerId,
      currency: given.currency ?? row.currency,
      contentHash: hash,
      ...(given.amount === undefined ? {} : { amount: given.amount }),
    };
    const now = context.clock();
    const result = await cashOut(tx, request, { marketplace, profile: context.profile(row.bank_profile), date, now });
    if (result.kind === "refused") {
      const { code, found, expected } = result;
      const where = code === "PAYOUT_REFUSED" ? "seller" : "amount";
      throw new RemitError("INPUT_INVALID", { findings: [{ code, where, found, expected }] });
    }
    const { endToEndId, amount } = result;
    await recordAudit(tx, { actor: context.actor, action: "cashout", subject: given.id, detail: endToEndId, now });
    return { endToEndId, amount, currency: request.currency };
  }, apart);
}

/** The same content as the record of an import, so that both ways know each other's cashouts. */
function recordOf({ marketplace, id, seller, amount, currency }: CashoutGiven): CashoutRecord {
  return { type: "cashout", marketplace, id, seller: seller ?? OPERATOR, amount, currency };
}

async function sellerIdOf(tx: Transaction, { id }: Marketplace, ref: string): Promise<bigint> {
  const seller = await sellerByRef(tx.db, id, ref);
  if (seller === undefined) throw unknown("seller", ref);
  return seller.id;
}

function unknown(what: string, found: string): RemitError {
  return new RemitError("NOT_FOUND", { where: what, found, expected: `a ${what} that was imported` });
}
