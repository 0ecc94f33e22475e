/** Documents and decisions of onboarding: what a seller has handed in, what was decided of it, who holds him. */
import { DOCUMENT_LIFECYCLE, type DocumentState } from "../domain/document.ts";
import { statesAccepting } from "../domain/lifecycle.ts";
import type { OnboardingState } from "../domain/seller.ts";
import type { Queries, Transaction } from "./store.ts";
import { expectAll } from "./transfers.ts";

const AT_ONCE = 500;
/** States that an expiry ends. */
const OPEN = statesAccepting(DOCUMENT_LIFECYCLE, "expire");

export interface KnownDocument {
  readonly id: bigint;
  readonly ref: string;
  readonly type: string;
  readonly state: DocumentState;
  readonly sellerId: bigint | null;
}

export async function documentsByRef(
  db: Queries,
  marketplaceId: bigint,
  refs: readonly string[],
): Promise<Map<string, KnownDocument>> {
  const known = new Map<string, KnownDocument>();
  for (let start = 0; start < refs.length; start += AT_ONCE) {
    const rows = await db
      .selectFrom("documents")
      .select(["id", "ref", "type", "state", "seller_id"])
      .where("marketplace_id", "=", marketplaceId)
      .where("ref", "in", refs.slice(start, start + AT_ONCE))
      .execute();
    for (const { seller_id, ...row } of rows) known.set(row.ref, { ...row, sellerId: seller_id });
  }
  return known;
}

/** Links documents to their seller; one that is another seller's is a conflict. */
export async function linkDocuments(tx: Transaction, sellerId: bigint, ids: readonly bigint[]): Promise<void> {
  if (ids.length === 0) return;
  const { numUpdatedRows } = await tx.db
    .updateTable("documents")
    .set({ seller_id: sellerId })
    .where("id", "in", ids)
    .where(({ or, eb }) => or([eb("seller_id", "is", null), eb("seller_id", "=", sellerId)]))
    .executeTakeFirstOrThrow();
  expectAll("documents of a seller", numUpdatedRows, ids.length);
}

/** Documents of a seller by state; none handed in, none counted. */
export async function documentStatesOf(db: Queries, sellerId: bigint): Promise<readonly KnownDocument[]> {
  const rows = await db
    .selectFrom("documents")
    .select(["id", "ref", "type", "state", "seller_id"])
    .where("seller_id", "=", sellerId)
    .orderBy("id")
    .execute();
  return rows.map(({ seller_id, ...row }) => ({ ...row, sellerId: seller_id }));
}

export interface DocumentChange {
  readonly id: bigint;
  readonly from: DocumentState;
  readonly to: DocumentState;
  readonly by: string;
  readonly reason: string | null;
}

export async function moveDocument(tx: Transaction, change: DocumentChange, now: Date): Promise<void> {
  const { id, from, to, by, reason } = change;
  const { numUpdatedRows } = await tx.db
    .updateTable("documents")
    .set({ state: to, decided_by: by, decided_at: now.toISOString(), reason })
    .where("id", "=", id)
    .where("state", "=", from)
    .executeTakeFirstOrThrow();
  expectAll("a document", numUpdatedRows, 1);
}

export async function moveSeller(
  tx: Transaction,
  id: bigint,
  from: OnboardingState,
  to: OnboardingState,
): Promise<void> {
  const { numUpdatedRows } = await tx.db
    .updateTable("sellers")
    .set({ onboarding: to })
    .where("id", "=", id)
    .where("onboarding", "=", from)
    .executeTakeFirstOrThrow();
  expectAll("a seller's onboarding", numUpdatedRows, 1);
}

/** Holds a seller's payouts, or lets them go (`null`). */
export async function holdSeller(
  tx: Transaction,
  id: bigint,
  hold: { readonly by: string; readonly why: string } | null,
  now: Date,
): Promise<void> {
  const { numUpdatedRows } = await tx.db
    .updateTable("sellers")
    .set({
      held_by: hold?.by ?? null,
      held_why: hold?.why ?? null,
      held_at: hold === null ? null : now.toISOString(),
    })
    .where("id", "=", id)
    .executeTakeFirstOrThrow();
  expectAll("a seller to hold", numUpdatedRows, 1);
}

export interface LapsedDocument {
  readonly id: bigint;
  readonly marketplaceId: bigint;
  readonly ref: string;
  readonly type: string;
  readonly expiresOn: string;
  /** Whose it is; null for nobody's yet. */
  readonly seller: string | null;
  readonly onboarding: OnboardingState | null;
}

/** Validated or waiting documents whose last day is before `today`. */
export async function lapsedDocuments(db: Queries, today: string): Promise<readonly LapsedDocument[]> {
  const rows = await db
    .selectFrom("documents")
    .leftJoin("sellers", "sellers.id", "documents.seller_id")
    .select(["documents.id", "documents.marketplace_id", "documents.ref", "documents.type", "documents.expires_on"])
    .select(["sellers.ref as seller", "sellers.onboarding"])
    .where("documents.expires_on", "<", today)
    .where("documents.state", "in", OPEN)
    .orderBy("documents.id")
    .execute();
  return rows.map(({ marketplace_id, expires_on, ...row }) => ({
    ...row,
    marketplaceId: marketplace_id,
    expiresOn: expires_on ?? "",
  }));
}

export async function expireDocuments(tx: Transaction, ids: readonly bigint[], now: Date): Promise<void> {
  for (let start = 0; start < ids.length; start += AT_ONCE) {
    const part = ids.slice(start, start + AT_ONCE);
    const { numUpdatedRows } = await tx.db
      .updateTable("documents")
      .set({ state: "EXPIRED", decided_by: "remit", decided_at: now.toISOString() })
      .where("id", "in", part)
      .where("state", "in", OPEN)
      .executeTakeFirstOrThrow();
    expectAll("documents to expire", numUpdatedRows, part.length);
  }
}
