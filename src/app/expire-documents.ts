/** Documents whose last day is over: EXPIRED and told, and finance looks at the validated sellers who stand on them. */
import { type NewException, openExceptions } from "../store/exceptions.ts";
import { allMarketplaces, turnOfMarketplace } from "../store/marketplaces.ts";
import { expireDocuments as expireAll, type LapsedDocument, lapsedDocuments } from "../store/onboarding.ts";
import { recordStatusChanges } from "../store/status-changes.ts";
import type { Context } from "./context.ts";

/** Answers how many expired. An expired document stops nobody's payouts by itself: a person decides about the seller. */
export async function expireDocuments(context: Context, businessDate: string): Promise<number> {
  const now = context.clock();
  const { db } = context.store;
  if ((await lapsedDocuments(db, businessDate)).length === 0) return 0;
  // Who validates a seller looks at his documents.
  const apart = { alone: (await allMarketplaces(db)).map(({ ref }) => turnOfMarketplace(ref)) };
  return context.store.write(async (tx) => {
    const lapsed = await lapsedDocuments(tx.db, businessDate);
    await expireAll(
      tx,
      lapsed.map(({ id }) => id),
      now,
    );
    for (const marketplaceId of new Set(lapsed.map((document) => document.marketplaceId))) {
      const own = lapsed.filter((document) => document.marketplaceId === marketplaceId);
      const changes = own.map(({ ref }) => ({ kind: "document" as const, ref, status: "EXPIRED" }));
      await recordStatusChanges(tx, marketplaceId, changes, now);
    }
    const matters = lapsed.filter(({ onboarding }) => onboarding === "VALIDATED").map(exceptionOf);
    await openExceptions(tx, matters, businessDate, now);
    return lapsed.length;
  }, apart);
}

function exceptionOf({ marketplaceId, ref, type, seller, expiresOn }: LapsedDocument): NewException {
  return {
    identity: `DOCUMENT_EXPIRED/${marketplaceId}/${ref}`,
    marketplaceId,
    reason: "DOCUMENT_EXPIRED",
    subjectKind: "seller",
    subjectRef: seller ?? ref,
    says: `document ${ref}, ${type}, was valid until ${expiresOn}; expected a new one, or a decision about the seller`,
    owner: "operations",
  };
}
