/** Reads what is open for settlement, per seller and currency, and writes what was decided, by sets. */
import { sql } from "kysely";
import { HOLD_REASONS, type HoldReason } from "../domain/hold-reason.ts";
import type { OnboardingState } from "../domain/seller.ts";
import type { Queries, Transaction, Value } from "./store.ts";

/** Holds that a settlement looks at again by itself: new money joins the held transfer until the reason is gone. */
const TEMPORARY = (Object.keys(HOLD_REASONS) as HoldReason[]).filter(
  (reason) => HOLD_REASONS[reason].lasts === "temporary",
);

export interface OpenPosition {
  readonly sellerId: bigint;
  readonly seller: string;
  readonly onboarding: OnboardingState;
  readonly accountHolder: string;
  readonly iban?: string;
  readonly bic?: string;
  readonly accountChangedAt: string;
  readonly createdAt: string;
  /** A person holds this seller's payouts. */
  readonly isHeld: boolean;
  /** JSON of what the seller's settlement policy has of its own; null for nothing. */
  readonly sellerPolicy: string | null;
  readonly currency: string;
  readonly sales: bigint;
  readonly fees: bigint;
  readonly refunds: bigint;
  readonly other: bigint;
  /** Sales less refunds, chargebacks and their fees: what a reserve is a share of. */
  readonly netSales: bigint;
  /** Reserves whose days are over. */
  readonly released: bigint;
  /** What earlier settlements left open: a debt when negative. */
  readonly carried: bigint;
  /** Net of the lines whose delay is over now: pending -> available. */
  readonly maturing: bigint;
  /** The part of `released` that is reserved in the ledger until now: reserved -> available. */
  readonly releasing: bigint;
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
  netSales: bigint;
  released: bigint;
  carried: bigint;
  maturing: bigint;
  releasing: bigint;
}

const NOTHING_OPEN = {
  sales: 0n,
  fees: 0n,
  refunds: 0n,
  other: 0n,
  netSales: 0n,
  released: 0n,
  carried: 0n,
  maturing: 0n,
  releasing: 0n,
} as const;

/** Every seller with something open or held on `date`, in the order of the sellers; or `only` one of them. */
export async function openPositions(
  db: Queries,
  marketplaceId: bigint,
  date: string,
  only?: bigint,
): Promise<readonly OpenPosition[]> {
  const { rows } = await sql<Omit<PositionRow, "netSales"> & { net_sales: bigint }>`
    SELECT seller_id, currency,
           CAST(sum(CASE WHEN settled = 0 AND kind = 'SALE' THEN gross ELSE 0 END) AS BIGINT) AS sales,
           CAST(sum(CASE WHEN settled = 0 THEN fee ELSE 0 END) AS BIGINT) AS fees,
           CAST(sum(CASE WHEN settled = 0 AND kind IN ('REFUND', 'CHARGEBACK') THEN gross ELSE 0 END) AS BIGINT) AS refunds,
           CAST(sum(CASE WHEN settled = 0 AND kind NOT IN ('SALE', 'REFUND', 'CHARGEBACK', 'RESERVE_RELEASE')
                         THEN gross ELSE 0 END) AS BIGINT) AS other,
           CAST(sum(CASE WHEN settled = 0 AND kind IN ('SALE', 'REFUND', 'CHARGEBACK') THEN net ELSE 0 END) AS BIGINT) AS net_sales,
           CAST(sum(CASE WHEN settled = 0 AND kind = 'RESERVE_RELEASE' THEN net ELSE 0 END) AS BIGINT) AS released,
           CAST(sum(CASE WHEN settled = 1 THEN net ELSE 0 END) AS BIGINT) AS carried,
           CAST(sum(CASE WHEN matured_on IS NULL AND kind <> 'RESERVE_RELEASE' THEN net ELSE 0 END) AS BIGINT) AS maturing,
           CAST(sum(CASE WHEN matured_on IS NULL AND kind = 'RESERVE_RELEASE' THEN net ELSE 0 END) AS BIGINT) AS releasing
      FROM payables
     WHERE transfer_id IS NULL AND marketplace_id = ${marketplaceId} AND held_reason IS NULL
       AND (matured_on IS NOT NULL OR available_on <= ${date}) AND ${only === undefined ? sql`1 = 1` : sql`seller_id = ${only}`}
     GROUP BY seller_id, currency`.execute(db);
  const held = await heldTransfers(db, marketplaceId, only);
  const sellers = await sellersById(db, marketplaceId, only);
  const keyOf = (sellerId: bigint, currency: string): string => `${sellerId}/${currency}`;
  const sums = new Map<string, PositionRow>(
    rows.map(({ net_sales, ...row }) => [keyOf(row.seller_id, row.currency), { ...row, netSales: net_sales }]),
  );
  for (const { seller_id, currency } of held) {
    const key = keyOf(seller_id, currency);
    if (!sums.has(key)) {
      sums.set(key, { seller_id, currency, ...NOTHING_OPEN });
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

/** The position of one seller in one currency, also when nothing is open. */
export async function positionOf(
  db: Queries,
  marketplaceId: bigint,
  { sellerId, currency, date }: { readonly sellerId: bigint; readonly currency: string; readonly date: string },
): Promise<OpenPosition> {
  const open = await openPositions(db, marketplaceId, date, sellerId);
  const found = open.find((position) => position.currency === currency);
  const [position] = found === undefined ? await emptyPositions(db, marketplaceId, sellerId, [currency]) : [found];
  if (position === undefined) throw new Error(`no seller row ${sellerId} in marketplace ${marketplaceId}`);
  return position;
}

/** Positions of a seller with nothing open, one for each currency. */
export async function emptyPositions(
  db: Queries,
  marketplaceId: bigint,
  sellerId: bigint,
  currencies: readonly string[],
): Promise<readonly OpenPosition[]> {
  const seller = (await sellersById(db, marketplaceId, sellerId)).get(sellerId);
  return seller === undefined ? [] : currencies.map((currency) => ({ ...seller, currency, ...NOTHING_OPEN }));
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

async function heldTransfers(db: Queries, marketplaceId: bigint, only?: bigint) {
  const query = db
    .selectFrom("transfers")
    .select(["id", "seller_id", "currency", "end_to_end_id", "amount", "hold_reason"])
    .where("marketplace_id", "=", marketplaceId)
    .where("state", "=", "ON_HOLD")
    .where("hold_reason", "in", TEMPORARY)
    .where("replaces_id", "is", null);
  return (only === undefined ? query : query.where("seller_id", "=", only)).execute();
}

async function sellersById(db: Queries, marketplaceId: bigint, only?: bigint) {
  let query = db
    .selectFrom("sellers")
    .select(["id", "ref", "onboarding", "account_holder", "iban", "bic"])
    .select(["account_changed_at", "created_at", "held_by", "settlement_policy"])
    .where("marketplace_id", "=", marketplaceId);
  if (only !== undefined) query = query.where("id", "=", only);
  const rows = await query.execute();
  return new Map(
    rows.map((row) => [
      row.id,
      {
        sellerId: row.id,
        seller: row.ref,
        onboarding: row.onboarding,
        accountHolder: row.account_holder,
        accountChangedAt: row.account_changed_at,
        createdAt: row.created_at,
        isHeld: row.held_by !== null,
        sellerPolicy: row.settlement_policy,
        ...(row.iban === null ? {} : { iban: row.iban }),
        ...(row.bic === null ? {} : { bic: row.bic }),
      },
    ]),
  );
}

/**
 * Held re-issues whose seller has another account or holder now than the one the bank refused, and is validated with it.
 * Re-issues keep their own amount: nothing joins them.
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
    .where("transfers.hold_reason", "in", TEMPORARY)
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
    ],
    lines.map((line): Value[] => [id, ...lineValues(line)]),
  );
  return id;
}

function lineValues({ position, feesTaken, reserve, rest, net, outcome, reason, transferId }: SettlementLine): Value[] {
  const { sellerId, sales, fees, refunds, other, carried, released } = position;
  if (reason === NOT_DUE) return [sellerId, 0n, 0n, 0n, 0n, 0n, 0n, outcome, reason, null, 0n, 0n];
  return [
    ...[sellerId, sales, fees, refunds, other + feesTaken, carried, net, outcome],
    ...[reason ?? null, transferId ?? null, released - reserve, -rest],
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
       AND payables.held_reason IS NULL
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

/** What each seller is paid on a business date already, by `sellerId/currency`: the transfers of that day that stand. */
export async function paidOn(db: Queries, marketplaceId: bigint, date: string): Promise<ReadonlyMap<string, bigint>> {
  const { rows } = await sql<{ seller_id: bigint; currency: string; paid: bigint }>`
    SELECT seller_id, currency, CAST(sum(amount) AS BIGINT) AS paid FROM transfers
     WHERE marketplace_id = ${marketplaceId} AND business_date = ${date}
       AND state IN ('SCHEDULED', 'IN_FILE', 'SENT', 'ACCEPTED', 'EXECUTED')
     GROUP BY seller_id, currency`.execute(db);
  return new Map(rows.map(({ seller_id, currency, paid }) => [`${seller_id}/${currency}`, paid]));
}

/** What the operator keeps of fees and has not taken into his own balance, by currency; never less than nothing. */
export async function feesKept(
  db: Queries,
  marketplaceId: bigint,
  operatorId: bigint,
): Promise<ReadonlyMap<string, bigint>> {
  const rows = await db
    .selectFrom("accounts")
    .select(["currency", "balance"])
    .where("marketplace_id", "=", marketplaceId)
    .where("seller_id", "=", operatorId)
    .where("bucket", "=", "FEES")
    .where("balance", ">", 0n)
    .execute();
  return new Map(rows.map(({ currency, balance }) => [currency, balance]));
}
