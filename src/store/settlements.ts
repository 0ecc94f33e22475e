/** Reads what is open for settlement, per seller and currency, and writes what was decided, by sets. */
import { sql } from "kysely";
import { HOLD_REASONS, type HoldReason } from "../domain/hold-reason.ts";
import type { OnboardingState } from "../domain/seller.ts";
import type { Queries, Transaction, Value } from "./store.ts";

/** Holds that a settlement looks at again by itself: new money joins the held transfer until the reason is gone. */
const TEMPORARY = (Object.keys(HOLD_REASONS) as HoldReason[]).filter(
  (reason) => HOLD_REASONS[reason].lasts === "temporary",
);
/** Held re-issues wait for a changed account; they keep their own amount and nothing joins them. */
const REISSUE_REASONS: readonly HoldReason[] = ["BANK_REJECTED", "BANK_RETURNED"];

export interface OpenPosition {
  readonly sellerId: bigint;
  readonly seller: string;
  readonly onboarding: OnboardingState;
  readonly accountHolder: string;
  readonly iban?: string;
  readonly bic?: string;
  readonly currency: string;
  readonly sales: bigint;
  readonly fees: bigint;
  readonly refunds: bigint;
  readonly other: bigint;
  /** What earlier settlements left open: a debt when negative. */
  readonly carried: bigint;
  /** Net of the lines whose delay is over now: pending -> available. */
  readonly maturing: bigint;
  readonly held?: {
    readonly transferId: bigint;
    readonly endToEndId: string;
    readonly amount: bigint;
    readonly reason: HoldReason;
  };
}

interface PositionRow {
  seller_id: bigint;
  currency: string;
  sales: bigint;
  fees: bigint;
  refunds: bigint;
  other: bigint;
  carried: bigint;
  maturing: bigint;
}

/** Every seller with something open or held on `date`, in the order of the sellers. */
export async function openPositions(
  db: Queries,
  marketplaceId: bigint,
  date: string,
): Promise<readonly OpenPosition[]> {
  const { rows } = await sql<PositionRow>`
    SELECT seller_id, currency,
           CAST(sum(CASE WHEN settled = 0 AND kind = 'SALE' THEN gross ELSE 0 END) AS BIGINT) AS sales,
           CAST(sum(CASE WHEN settled = 0 THEN fee ELSE 0 END) AS BIGINT) AS fees,
           CAST(sum(CASE WHEN settled = 0 AND kind = 'REFUND' THEN gross ELSE 0 END) AS BIGINT) AS refunds,
           CAST(sum(CASE WHEN settled = 0 AND kind NOT IN ('SALE', 'REFUND') THEN gross ELSE 0 END) AS BIGINT) AS other,
           CAST(sum(CASE WHEN settled = 1 THEN net ELSE 0 END) AS BIGINT) AS carried,
           CAST(sum(CASE WHEN matured_on IS NULL THEN net ELSE 0 END) AS BIGINT) AS maturing
      FROM payables
     WHERE transfer_id IS NULL AND marketplace_id = ${marketplaceId} AND held_reason IS NULL
       AND (matured_on IS NOT NULL OR available_on <= ${date})
     GROUP BY seller_id, currency`.execute(db);
  const held = await heldTransfers(db, marketplaceId);
  const sellers = await sellersById(db, marketplaceId);
  const keyOf = (sellerId: bigint, currency: string): string => `${sellerId}/${currency}`;
  const sums = new Map(rows.map((row) => [keyOf(row.seller_id, row.currency), row]));
  for (const { seller_id, currency } of held) {
    const key = keyOf(seller_id, currency);
    if (!sums.has(key)) {
      sums.set(key, { seller_id, currency, sales: 0n, fees: 0n, refunds: 0n, other: 0n, carried: 0n, maturing: 0n });
    }
  }
  const heldByKey = new Map(held.map((row) => [keyOf(row.seller_id, row.currency), row]));
  return [...sums.values()]
    .sort((a, b) =>
      a.seller_id === b.seller_id ? (a.currency < b.currency ? -1 : 1) : a.seller_id < b.seller_id ? -1 : 1,
    )
    .map(({ seller_id, ...row }) => {
      const seller = sellers.get(seller_id);
      if (seller === undefined)
        throw new Error(`payables of seller ${seller_id}, who is not in marketplace ${marketplaceId}`);
      const hold = heldByKey.get(keyOf(seller_id, row.currency));
      return { ...seller, ...row, ...(hold === undefined ? {} : { held: holdOf(hold) }) };
    });
}

type HeldRow = Awaited<ReturnType<typeof heldTransfers>>[number];

function holdOf(row: HeldRow): NonNullable<OpenPosition["held"]> {
  return {
    transferId: row.id,
    endToEndId: row.end_to_end_id,
    amount: row.amount,
    reason: row.hold_reason as HoldReason,
  };
}

async function heldTransfers(db: Queries, marketplaceId: bigint) {
  return db
    .selectFrom("transfers")
    .select(["id", "seller_id", "currency", "end_to_end_id", "amount", "hold_reason"])
    .where("marketplace_id", "=", marketplaceId)
    .where("state", "=", "ON_HOLD")
    .where("hold_reason", "in", TEMPORARY)
    .where("replaces_id", "is", null)
    .execute();
}

async function sellersById(db: Queries, marketplaceId: bigint) {
  const rows = await db
    .selectFrom("sellers")
    .select(["id", "ref", "onboarding", "account_holder", "iban", "bic"])
    .where("marketplace_id", "=", marketplaceId)
    .execute();
  return new Map(
    rows.map((row) => [
      row.id,
      {
        sellerId: row.id,
        seller: row.ref,
        onboarding: row.onboarding,
        accountHolder: row.account_holder,
        ...(row.iban === null ? {} : { iban: row.iban }),
        ...(row.bic === null ? {} : { bic: row.bic }),
      },
    ]),
  );
}

/** Held re-issues whose seller has another account or holder now than the one the bank refused. */
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
    ])
    .where("transfers.marketplace_id", "=", marketplaceId)
    .where("transfers.state", "=", "ON_HOLD")
    .where("transfers.hold_reason", "in", REISSUE_REASONS)
    .where("sellers.iban", "is not", null)
    .where(({ or, eb, ref }) =>
      or([
        eb("sellers.iban", "<>", ref("refused.creditor_iban")),
        eb("sellers.account_holder", "<>", ref("refused.creditor_name")),
      ]),
    )
    .orderBy("transfers.id")
    .execute();
}

export interface SettlementLine {
  readonly position: OpenPosition;
  readonly net: bigint;
  readonly outcome: "TRANSFER" | "HOLD" | "CARRIED" | "NOTHING";
  readonly reason?: HoldReason;
  readonly transferId?: bigint;
}

export interface SettlementHead {
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
    ],
    lines.map(({ position, net, outcome, reason, transferId }): Value[] => [
      id,
      position.sellerId,
      position.sales,
      position.fees,
      position.refunds,
      position.other,
      position.carried,
      net,
      outcome,
      reason ?? null,
      transferId ?? null,
    ]),
  );
  return id;
}

/** Everything open of the settled sellers matures; where a transfer or hold was made, the lines now belong to it. */
export async function settlePayables(tx: Transaction, settlementId: bigint, head: SettlementHead): Promise<void> {
  await sql`
    UPDATE payables SET transfer_id = lines.transfer_id, matured_on = coalesce(matured_on, ${head.businessDate}), settled = 1
      FROM (SELECT seller_id, transfer_id FROM settlement_lines WHERE settlement_id = ${settlementId}) AS lines
     WHERE payables.seller_id = lines.seller_id AND payables.transfer_id IS NULL
       AND payables.marketplace_id = ${head.marketplaceId} AND payables.currency = ${head.currency}
       AND payables.held_reason IS NULL
       AND (payables.matured_on IS NOT NULL OR payables.available_on <= ${head.businessDate})`.execute(tx.db);
}

export async function storeProof(tx: Transaction, settlementId: bigint, proof: string): Promise<void> {
  await tx.db.updateTable("settlements").set({ proof }).where("id", "=", settlementId).execute();
}
