/** Reads what waits for somebody: open exceptions, and payouts on hold. */
import type { ExceptionRow } from "../rows/exchange-rows.ts";
import type { Queries } from "../store.ts";

export type OpenException = Pick<
  ExceptionRow,
  "reason" | "subject_kind" | "subject_ref" | "says" | "amount" | "currency" | "state" | "owner" | "opened_on"
>;

/** Everything not resolved, the oldest first; `undefined` asks for what belongs to no marketplace. */
export async function openMatters(db: Queries, marketplaceId: bigint | undefined): Promise<readonly OpenException[]> {
  return db
    .selectFrom("exceptions")
    .select(["reason", "subject_kind", "subject_ref", "says", "amount", "currency", "state", "owner", "opened_on"])
    .where("state", "<>", "RESOLVED")
    .where("marketplace_id", marketplaceId === undefined ? "is" : "=", marketplaceId ?? null)
    .orderBy("opened_on")
    .orderBy("id")
    .execute();
}

export interface HeldTransfer {
  readonly seller: string;
  readonly name: string;
  readonly end_to_end_id: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly hold_reason: string | null;
  /** The bank's code, on a payout that it refused or returned before. */
  readonly reason_code: string | null;
  readonly held_at: string | null;
}

export async function heldPayouts(db: Queries, marketplaceId: bigint): Promise<readonly HeldTransfer[]> {
  return db
    .selectFrom("transfers")
    .innerJoin("sellers", "sellers.id", "transfers.seller_id")
    .select(["sellers.ref as seller", "sellers.legal_name as name", "transfers.end_to_end_id", "transfers.amount"])
    .select(["transfers.currency", "transfers.hold_reason", "transfers.reason_code", "transfers.held_at"])
    .where("transfers.marketplace_id", "=", marketplaceId)
    .where("transfers.state", "=", "ON_HOLD")
    .orderBy("transfers.held_at")
    .orderBy("transfers.id")
    .execute();
}
