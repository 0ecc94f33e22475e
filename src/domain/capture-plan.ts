/** Which captures an authorisation that is due needs: one for all of it, or one per seller. */
import type { IntegrationMode } from "./order.ts";

export interface DueTransaction {
  readonly id: bigint;
  readonly ref: string;
  /** What can still be captured: authorised - captured - cancelled, and not asked for already. */
  readonly open: bigint;
  /** The one seller of a transaction of the multi-authorisation mode. */
  readonly sellerId?: bigint;
  /** Sellers of the cart in its order, with what is still to be captured for each. */
  readonly sellers: readonly { readonly sellerId: bigint; readonly seller: string; readonly open: bigint }[];
}

export interface PlannedCapture {
  readonly transactionId: bigint;
  /** Deterministic: the same planned capture always has the same id, so a repeat can never be a second one. */
  readonly ref: string;
  readonly sellerId?: bigint;
  readonly amount: bigint;
}

/**
 * Multi-capture: one capture per seller of the cart (seed 001); the other modes: one for the whole. `attempt` counts the
 * captures that the transaction had before.
 */
export function planCaptures(due: DueTransaction, mode: IntegrationMode, attempt: number): readonly PlannedCapture[] {
  if (mode !== "MULTI_CAPTURE" || due.sellers.length === 0) {
    const own = due.sellerId === undefined ? {} : { sellerId: due.sellerId };
    return [{ transactionId: due.id, ref: `${due.ref}/capture-${attempt + 1}`, amount: due.open, ...own }];
  }
  let left = due.open;
  const captures: PlannedCapture[] = [];
  for (const { sellerId, seller, open } of due.sellers) {
    const amount = open < left ? open : left;
    if (amount <= 0n) continue;
    captures.push({ transactionId: due.id, ref: `${due.ref}/capture-${attempt + 1}/${seller}`, sellerId, amount });
    left -= amount;
  }
  return captures;
}
