/** Writes what a settlement decided, by sets. */
import { sql } from "kysely";
import type { HoldReason } from "../domain/hold-reason.ts";
import { type AcquirerCovers, waitingSales } from "./acquirer-cover.ts";
import { type OpenPosition, TEMPORARY_HOLDS } from "./open-positions.ts";
import type { Queries, Transaction, Value } from "./store.ts";

/** These are looked at again only with another account: the one they were held for is the same until it changes. */
const NEEDS_ACCOUNT = ["NO_ACCOUNT", "ACCOUNT_NOT_SEPA", "CURRENCY_NOT_CARRIED"] as const satisfies HoldReason[];
const REFUSED_BY_BANK = ["BANK_REJECTED", "BANK_RETURNED"] as const satisfies HoldReason[];

/**
 * Held re-issues whose seller is validated, and has another account or holder now than the one the bank refused. One that
 * a person let go and that was held again before its file goes when that reason is gone. Re-issues keep their own amount:
 * nothing joins them.
 */
export async function clearedReissues(db: Queries, marketplaceId: bigint) {
  return db
    .selectFrom("transfers")
    .innerJoin("sellers", "sellers.id", "transfers.seller_id")
    .innerJoin("transfers as refused", "refused.id", "transfers.replaces_id")
    .select([
      "transfers.id",
      "transfers.seller_id",
      "transfers.amount",
      "transfers.currency",
      "transfers.end_to_end_id",
      "sellers.account_changed_at",
      "sellers.created_at",
      "sellers.settlement_policy",
    ])
    .where("sellers.onboarding", "=", "VALIDATED")
    .where("sellers.held_by", "is", null)
    .where("transfers.marketplace_id", "=", marketplaceId)
    .where("transfers.state", "=", "ON_HOLD")
    .where("transfers.hold_reason", "in", TEMPORARY_HOLDS)
    .where("sellers.iban", "is not", null)
    .where(({ or, eb, ref }) =>
      or([
        eb("transfers.hold_reason", "not in", [...REFUSED_BY_BANK, ...NEEDS_ACCOUNT]),
        eb("sellers.account_changed_at", ">", ref("transfers.held_at")).and(
          "transfers.hold_reason",
          "in",
          NEEDS_ACCOUNT,
        ),
        eb("sellers.iban", "<>", ref("refused.creditor_iban")),
        eb("sellers.account_holder", "<>", ref("refused.creditor_name")),
      ]),
    )
    .orderBy("transfers.id")
    .execute();
}

/** Matured, but the seller's schedule does not pay on this day: the lines stay open, and nothing is settled of them. */
export const NOT_DUE = "NOT_DUE";

export interface SettlementLine {
  readonly position: OpenPosition;
  /** Fees that the operator takes into his own balance with this settlement. */
  readonly feesTaken: bigint;
  /** Kept back of it now. */
  readonly reserve: bigint;
  /** What a cashout of a part leaves for later. */
  readonly rest: bigint;
  /** sales - fees + refunds + other + feesTaken + released - reserve + carried + held - rest. */
  readonly net: bigint;
  readonly outcome: "TRANSFER" | "HOLD" | "CARRIED" | "NOTHING";
  readonly reason?: HoldReason | typeof NOT_DUE;
  readonly transferId?: bigint;
}

export interface SettlementHead {
  /** What of the acquirer's money is missing. */
  readonly covers: AcquirerCovers;
  readonly marketplaceId: bigint;
  readonly businessDate: string;
  readonly currency: string;
  readonly run: bigint;
  readonly now: Date;
}

/** How often this day was settled before, in this currency. */
export async function lastRun(db: Queries, marketplaceId: bigint, date: string, currency: string): Promise<bigint> {
  const row = await db
    .selectFrom("settlements")
    .select(({ fn }) => fn.max("run").as("run"))
    .where("marketplace_id", "=", marketplaceId)
    .where("business_date", "=", date)
    .where("currency", "=", currency)
    .executeTakeFirst();
  return row?.run ?? 0n;
}

export async function insertSettlement(
  tx: Transaction,
  head: SettlementHead,
  lines: readonly SettlementLine[],
): Promise<bigint> {
  const id = await tx.reserveIds("settlements", 1);
  await tx.db
    .insertInto("settlements")
    .values({
      id,
      marketplace_id: head.marketplaceId,
      business_date: head.businessDate,
      currency: head.currency,
      run: head.run,
      proof: "",
      created_at: head.now.toISOString(),
    })
    .execute();
  await tx.insertMany(
    "settlement_lines",
    [
      "settlement_id",
      "seller_id",
      "sales",
      "fees",
      "refunds",
      "other",
      "carried",
      "net",
      "outcome",
      "reason",
      "transfer_id",
      "reserve",
      "rest",
      "fee_vat",
      "released",
      "held",
    ],
    lines.map((line): Value[] => [id, ...lineValues(line)]),
  );
  return id;
}

function lineValues({ position, feesTaken, reserve, rest, net, outcome, reason, transferId }: SettlementLine): Value[] {
  const { sellerId, sales, fees, vat, refunds, other, carried, released, held } = position;
  if (reason === NOT_DUE) return [sellerId, 0n, 0n, 0n, 0n, 0n, 0n, outcome, reason, null, 0n, 0n, 0n, 0n, 0n];
  return [
    ...[sellerId, sales, fees, refunds, other + feesTaken, carried, net, outcome],
    ...[reason ?? null, transferId ?? null, released - reserve, -rest],
    ...[vat, released, held?.amount ?? 0n],
  ];
}

/** Everything open of the settled sellers matures; where a transfer or hold was made, the lines now belong to it. */
export async function settlePayables(tx: Transaction, settlementId: bigint, head: SettlementHead): Promise<void> {
  await sql`
    UPDATE payables SET transfer_id = lines.transfer_id, matured_on = coalesce(matured_on, ${head.businessDate}),
                        settled = CASE WHEN lines.reason = ${NOT_DUE} THEN settled ELSE 1 END
      FROM (SELECT seller_id, transfer_id, coalesce(reason, '') AS reason
              FROM settlement_lines WHERE settlement_id = ${settlementId}) AS lines
     WHERE payables.seller_id = lines.seller_id AND payables.transfer_id IS NULL
       AND payables.marketplace_id = ${head.marketplaceId} AND payables.currency = ${head.currency}
       AND payables.held_reason IS NULL AND ${head.covers.size === 0 ? sql`1 = 1` : sql`NOT ${waitingSales(head.covers)}`}
       AND (payables.matured_on IS NOT NULL OR payables.available_on <= ${head.businessDate})`.execute(tx.db);
}

/** Lines from this id on, just made, that belong to what is settled already. */
export async function markSettled(tx: Transaction, firstId: bigint): Promise<void> {
  await tx.db
    .updateTable("payables")
    .set({ settled: 1n })
    .where("id", ">=", firstId)
    .where("kind", "=", "REST")
    .execute();
}

export async function storeProof(tx: Transaction, settlementId: bigint, proof: string): Promise<void> {
  await tx.db.updateTable("settlements").set({ proof }).where("id", "=", settlementId).execute();
}
