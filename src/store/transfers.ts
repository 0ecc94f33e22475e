/** Writes transfers and moves them through their lifecycle, many at once, each guarded by the state it must be in. */
import { sql } from "kysely";
import { RemitError } from "../domain/errors.ts";
import type { HoldReason } from "../domain/hold-reason.ts";
import { statesAccepting } from "../domain/lifecycle.ts";
import { TRANSFER_LIFECYCLE, type TransferEvent, type TransferState } from "../domain/transfer.ts";
import type { Queries, Transaction, Value } from "./store.ts";

const AT_ONCE = 1_000;

export interface NewTransfer {
  readonly id: bigint;
  readonly sellerId: bigint;
  readonly endToEndId: string;
  readonly currency: string;
  readonly amount: bigint;
  readonly hold?: HoldReason;
  readonly reasonCode?: string;
  readonly replacesId?: bigint;
}

export async function insertTransfers(
  tx: Transaction,
  head: { readonly marketplaceId: bigint; readonly businessDate: string; readonly now: Date },
  transfers: readonly NewTransfer[],
): Promise<void> {
  const at = head.now.toISOString();
  await tx.insertMany(
    "transfers",
    [
      "id",
      "marketplace_id",
      "seller_id",
      "end_to_end_id",
      "currency",
      "amount",
      "state",
      "hold_reason",
      "reason_code",
      "replaces_id",
      "business_date",
      "held_at",
      "created_at",
      "changed_at",
    ],
    transfers.map((transfer): Value[] => [
      transfer.id,
      head.marketplaceId,
      transfer.sellerId,
      transfer.endToEndId,
      transfer.currency,
      transfer.amount,
      transfer.hold === undefined ? "SCHEDULED" : "ON_HOLD",
      transfer.hold ?? null,
      transfer.reasonCode ?? null,
      transfer.replacesId ?? null,
      head.businessDate,
      transfer.hold === undefined ? null : at,
      at,
      at,
    ]),
  );
}

export interface HeldChange {
  readonly id: bigint;
  readonly amount: bigint;
  readonly event: Extract<TransferEvent, "release" | "hold" | "cancel">;
  readonly reason?: HoldReason;
}

/** Gives held transfers a new amount, and releases, keeps or cancels them. */
export async function changeHeldTransfers(tx: Transaction, changes: readonly HeldChange[], now: Date): Promise<void> {
  for (let start = 0; start < changes.length; start += AT_ONCE) {
    const part = changes.slice(start, start + AT_ONCE);
    const values = part.map(({ id, amount, event, reason }) => {
      const state: TransferState = TRANSFER_LIFECYCLE.ON_HOLD[event];
      return sql`(CAST(${id} AS BIGINT), CAST(${amount} AS BIGINT), CAST(${state} AS TEXT), CAST(${reason ?? null} AS TEXT))`;
    });
    const { numAffectedRows } = await sql`
      UPDATE transfers SET amount = changes.amount, state = changes.state, hold_reason = changes.reason,
                           changed_at = ${now.toISOString()}
        FROM (SELECT column1 AS id, column2 AS amount, column3 AS state, column4 AS reason
                FROM (VALUES ${sql.join(values)}) AS listed) AS changes
       WHERE transfers.id = changes.id AND transfers.state = 'ON_HOLD'`.execute(tx.db);
    expectAll("held transfers", numAffectedRows, part.length);
  }
}

/** Moves transfers by one event; STORE_CONFLICT when one of them was not in a state that takes it. */
export async function moveTransfers(
  tx: Transaction,
  ids: readonly bigint[],
  event: TransferEvent,
  to: TransferState,
  now: Date,
): Promise<void> {
  const from = statesAccepting(TRANSFER_LIFECYCLE, event);
  for (let start = 0; start < ids.length; start += AT_ONCE) {
    const part = ids.slice(start, start + AT_ONCE);
    const { numUpdatedRows } = await tx.db
      .updateTable("transfers")
      .set({ state: to, changed_at: now.toISOString() })
      .where("id", "in", part)
      .where("state", "in", from)
      .executeTakeFirstOrThrow();
    expectAll(`transfers to ${event}`, numUpdatedRows, part.length);
  }
}

export function expectAll(where: string, changed: bigint | undefined, expected: number): void {
  if (changed !== BigInt(expected)) {
    throw new RemitError("STORE_CONFLICT", {
      where,
      found: `${changed ?? 0n} in the state they were read in`,
      expected: `${expected}`,
    });
  }
}

/** Lines of a transfer that is given up are open again, for the next settlement. */
export async function detachPayables(tx: Transaction, transferIds: readonly bigint[]): Promise<void> {
  for (let start = 0; start < transferIds.length; start += AT_ONCE) {
    await tx.db
      .updateTable("payables")
      .set({ transfer_id: null })
      .where("transfer_id", "in", transferIds.slice(start, start + AT_ONCE))
      .execute();
  }
}

export interface PayableTransfer {
  readonly id: bigint;
  readonly sellerId: bigint;
  readonly seller: string;
  readonly endToEndId: string;
  readonly currency: string;
  readonly amount: bigint;
  readonly onboarding: string;
  readonly accountHolder: string;
  readonly iban: string | null;
  readonly bic: string | null;
  readonly address: string | null;
  readonly accountChangedAt: string;
  readonly createdAt: string;
  /** A person holds this seller's payouts. */
  readonly isHeld: boolean;
  /** JSON of what the seller's settlement policy has of its own; null for nothing. */
  readonly sellerPolicy: string | null;
}

/** Transfers waiting for a file, with the account as it is now, in the order of their sellers. */
export async function scheduledTransfers(db: Queries, marketplaceId: bigint): Promise<readonly PayableTransfer[]> {
  const rows = await db
    .selectFrom("transfers")
    .innerJoin("sellers", "sellers.id", "transfers.seller_id")
    .select([
      "transfers.id",
      "transfers.seller_id",
      "sellers.ref as seller",
      "transfers.end_to_end_id",
      "transfers.currency",
      "transfers.amount",
      "sellers.onboarding",
      "sellers.account_holder",
      "sellers.iban",
      "sellers.bic",
      "sellers.address",
      "sellers.account_changed_at",
      "sellers.created_at",
      "sellers.held_by",
      "sellers.settlement_policy",
    ])
    .where("transfers.marketplace_id", "=", marketplaceId)
    .where("transfers.state", "=", "SCHEDULED")
    .orderBy("sellers.ref")
    .orderBy("transfers.end_to_end_id")
    .execute();
  return rows.map((row) => ({
    id: row.id,
    sellerId: row.seller_id,
    seller: row.seller,
    endToEndId: row.end_to_end_id,
    currency: row.currency,
    amount: row.amount,
    onboarding: row.onboarding,
    accountHolder: row.account_holder,
    iban: row.iban,
    bic: row.bic,
    address: row.address,
    accountChangedAt: row.account_changed_at,
    createdAt: row.created_at,
    isHeld: row.held_by !== null,
    sellerPolicy: row.settlement_policy,
  }));
}

/** Holds scheduled transfers, each with its reason. */
export async function holdTransfers(
  tx: Transaction,
  holds: readonly { readonly id: bigint; readonly reason: HoldReason }[],
  now: Date,
): Promise<void> {
  for (const reason of new Set(holds.map((hold) => hold.reason))) {
    const ids = holds.filter((hold) => hold.reason === reason).map(({ id }) => id);
    for (let start = 0; start < ids.length; start += AT_ONCE) {
      const part = ids.slice(start, start + AT_ONCE);
      const { numUpdatedRows } = await tx.db
        .updateTable("transfers")
        .set({ state: "ON_HOLD", hold_reason: reason, held_at: now.toISOString(), changed_at: now.toISOString() })
        .where("id", "in", part)
        .where("state", "=", "SCHEDULED")
        .executeTakeFirstOrThrow();
      expectAll("transfers to hold", numUpdatedRows, part.length);
    }
  }
}

/** One transfer as a decision about it needs it; undefined when there is none. */
export async function transferByReference(db: Queries, endToEndId: string) {
  const row = await db
    .selectFrom("transfers")
    .select(["id", "marketplace_id", "seller_id", "amount", "currency", "state", "hold_reason", "business_date"])
    .where("end_to_end_id", "=", endToEndId)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    id: row.id,
    marketplaceId: row.marketplace_id,
    sellerId: row.seller_id,
    amount: row.amount,
    currency: row.currency,
    state: row.state,
    holdReason: row.hold_reason,
    businessDate: row.business_date,
  };
}
