/** Changes rows that an import says something new about; every change of a state is guarded by the state that was read. */
import { sql } from "kysely";
import { RemitError } from "../domain/errors.ts";
import type { MarketplaceRow, OrderRow, SellerRow, TokenRow } from "./rows/marketplace-rows.ts";
import type { Transaction } from "./store.ts";

const AT_ONCE = 500;

/** Runs `change` for at most 500 of the rows at a time and expects it to change each of them. */
async function changeEach<Row>(
  rows: readonly Row[],
  what: string,
  change: (part: readonly Row[]) => Promise<bigint>,
): Promise<void> {
  for (let start = 0; start < rows.length; start += AT_ONCE) {
    const part = rows.slice(start, start + AT_ONCE);
    const changed = await change(part);
    if (changed !== BigInt(part.length)) {
      throw new RemitError("STORE_CONFLICT", { where: what, found: `${changed} changed`, expected: `${part.length}` });
    }
  }
}

export async function updateMarketplace(tx: Transaction, id: bigint, row: Partial<MarketplaceRow>): Promise<void> {
  await tx.db.updateTable("marketplaces").set(row).where("id", "=", id).execute();
}

export type SellerChange = Pick<
  SellerRow,
  | "id"
  | "legal_name"
  | "account_holder"
  | "iban"
  | "bic"
  | "address"
  | "onboarding"
  | "account_changed_at"
  | "content_hash"
  | "settlement_policy"
>;

export function updateSellers(tx: Transaction, sellers: readonly SellerChange[]): Promise<void> {
  return changeEach(sellers, "sellers", async (part) => {
    const values = part.map(
      (
        seller,
      ) => sql`(CAST(${seller.id} AS BIGINT), ${seller.legal_name}, ${seller.account_holder}, ${seller.iban}, ${seller.bic},
        ${seller.address}, ${seller.onboarding}, ${seller.account_changed_at}, ${seller.content_hash}, ${seller.settlement_policy})`,
    );
    const { numAffectedRows } = await sql`
      UPDATE sellers SET legal_name = listed.column2, account_holder = listed.column3, iban = listed.column4,
             bic = listed.column5, address = listed.column6, onboarding = listed.column7,
             account_changed_at = listed.column8, content_hash = listed.column9,
             settlement_policy = listed.column10
        FROM (VALUES ${sql.join(values)}) AS listed
       WHERE sellers.id = listed.column1`.execute(tx.db);
    return numAffectedRows ?? 0n;
  });
}

export type OrderStanding = Pick<OrderRow, "state" | "order_cycle" | "order_status">;

/** Gives orders that stood at `before` the standing `after`. */
export function updateOrders(
  tx: Transaction,
  ids: readonly bigint[],
  before: OrderStanding,
  after: OrderStanding,
): Promise<void> {
  return changeEach(ids, "orders", async (part) => {
    const { numAffectedRows } = await sql`
      UPDATE orders SET state = ${after.state}, order_cycle = ${after.order_cycle}, order_status = ${after.order_status}
       WHERE state = ${before.state} AND order_status = ${before.order_status} AND id IN (${sql.join(part)})`.execute(
      tx.db,
    );
    return numAffectedRows ?? 0n;
  });
}

export interface TransactionChange {
  readonly id: bigint;
  readonly before: { readonly detailedStatus: string; readonly captured: bigint; readonly refunded: bigint };
  readonly status: string;
  readonly detailedStatus: string;
  readonly captured: bigint;
  readonly cancelled: bigint;
  readonly refunded: bigint;
  readonly capturedAt: string | null;
}

export function updateTransactions(tx: Transaction, changes: readonly TransactionChange[]): Promise<void> {
  return changeEach(changes, "transactions", async (part) => {
    const values = part.map(
      ({
        before,
        ...after
      }) => sql`(CAST(${after.id} AS BIGINT), ${before.detailedStatus}, CAST(${before.captured} AS BIGINT),
        CAST(${before.refunded} AS BIGINT), ${after.status}, ${after.detailedStatus}, CAST(${after.captured} AS BIGINT),
        CAST(${after.cancelled} AS BIGINT), CAST(${after.refunded} AS BIGINT), ${after.capturedAt})`,
    );
    const { numAffectedRows } = await sql`
      UPDATE transactions SET status = listed.column5, detailed_status = listed.column6, captured = listed.column7,
             cancelled = listed.column8, refunded = listed.column9, captured_at = listed.column10
        FROM (VALUES ${sql.join(values)}) AS listed
       WHERE transactions.id = listed.column1 AND transactions.detailed_status = listed.column2
         AND transactions.captured = listed.column3 AND transactions.refunded = listed.column4`.execute(tx.db);
    return numAffectedRows ?? 0n;
  });
}

export async function updateToken(
  tx: Transaction,
  before: Pick<TokenRow, "id" | "state">,
  after: Pick<TokenRow, "state" | "gateway_token" | "content_hash">,
): Promise<void> {
  const { numUpdatedRows } = await tx.db
    .updateTable("tokens")
    .set(after)
    .where("id", "=", before.id)
    .where("state", "=", before.state)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) {
    throw new RemitError("STORE_CONFLICT", { where: "tokens", found: `${numUpdatedRows} changed`, expected: "1" });
  }
}

/** Holds items for a reason, or releases them (`null`), and with them what is payable of them and not settled yet. */
export async function holdItems(tx: Transaction, itemIds: readonly bigint[], reason: string | null): Promise<void> {
  await changeEach(itemIds, "items", async (part) => {
    const { numAffectedRows } = await sql`
      UPDATE items SET held_reason = ${reason} WHERE id IN (${sql.join(part)})`.execute(tx.db);
    return numAffectedRows ?? 0n;
  });
}

/** The payables of items held or released; those that a settlement has taken up stay as they are. */
export async function holdPayables(
  tx: Transaction,
  orderIds: readonly bigint[],
  itemIds: readonly bigint[],
  reason: string | null,
): Promise<void> {
  for (let start = 0; start < itemIds.length; start += AT_ONCE) {
    await sql`
      UPDATE payables SET held_reason = ${reason}
       WHERE transfer_id IS NULL AND settled = 0 AND kind = 'SALE'
         AND order_id IN (${sql.join(orderIds)}) AND item_id IN (${sql.join(itemIds.slice(start, start + AT_ONCE))})`.execute(
      tx.db,
    );
  }
}
