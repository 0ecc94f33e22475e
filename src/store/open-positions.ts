/** Reads what is open for settlement, per seller and currency, with what is held of it, paid on a day, and kept as fees. */
import { sql } from "kysely";
import { HOLD_REASONS, type HoldReason } from "../domain/hold-reason.ts";
import type { OnboardingState } from "../domain/seller.ts";
import { type AcquirerCovers, acquirerCovers, waitingSales } from "./acquirer-cover.ts";
import type { Marketplace } from "./marketplaces.ts";
import type { Queries } from "./store.ts";

/** Holds that a settlement looks at again by itself: new money joins the held transfer until the reason is gone. */
export const TEMPORARY_HOLDS = (Object.keys(HOLD_REASONS) as HoldReason[]).filter(
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
  /** The part of `fees` that is VAT. */
  readonly vat: bigint;
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
  /** Net of sales whose delay is over, but not for the acquirer: they stay pending until he has paid. */
  readonly waiting: bigint;
  /** The part of `released` that is reserved in the ledger until now: reserved -> available. */
  readonly releasing: bigint;
  readonly held?: HeldPayout;
}

export interface HeldTransfer {
  readonly transferId: bigint;
  readonly endToEndId: string;
  readonly amount: bigint;
}

/** The oldest held transfer, which takes in whatever comes, with the amount of all that are held. */
export interface HeldPayout extends HeldTransfer {
  readonly reason: HoldReason;
  /** Its own amount first: more than one where several payouts were stopped before their file. */
  readonly all: readonly [HeldTransfer, ...HeldTransfer[]];
}

interface PositionRow {
  seller_id: bigint;
  currency: string;
  sales: bigint;
  fees: bigint;
  vat: bigint;
  refunds: bigint;
  other: bigint;
  netSales: bigint;
  released: bigint;
  carried: bigint;
  maturing: bigint;
  releasing: bigint;
  waiting: bigint;
}

const NOTHING_OPEN = {
  sales: 0n,
  fees: 0n,
  vat: 0n,
  refunds: 0n,
  other: 0n,
  netSales: 0n,
  released: 0n,
  carried: 0n,
  maturing: 0n,
  releasing: 0n,
  waiting: 0n,
} as const;

/** Every seller with something open or held on `date`, in the order of the sellers; or `only` one of them. */
export async function openPositions(
  db: Queries,
  marketplace: Marketplace,
  date: string,
  only?: bigint,
): Promise<readonly OpenPosition[]> {
  const marketplaceId = marketplace.id;
  const covers = await acquirerCovers(db, marketplace);
  const { rows } = await sql<SumRow>`
    SELECT seller_id, currency,
           CAST(sum(CASE WHEN settled = 0 AND kind = 'SALE' THEN gross ELSE 0 END) AS BIGINT) AS sales,
           CAST(sum(CASE WHEN settled = 0 THEN fee ELSE 0 END) AS BIGINT) AS fees,
           CAST(sum(CASE WHEN settled = 0 THEN fee_vat ELSE 0 END) AS BIGINT) AS vat,
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
       AND ${covers.size === 0 ? sql`1 = 1` : sql`NOT ${waitingSales(covers)}`}
     GROUP BY seller_id, currency`.execute(db);
  const waiting = covers.size === 0 ? [] : await waitingSums(db, marketplaceId, { date, covers, only });
  const held = await heldTransfers(db, marketplaceId, only);
  const sellers = await sellersById(db, marketplaceId, only);
  const sums = sumsByKey(rows, held, waiting);
  const heldByKey = new Map<string, HeldRow[]>();
  for (const row of held) {
    const key = keyOf(row.seller_id, row.currency);
    const rows = heldByKey.get(key);
    if (rows === undefined) heldByKey.set(key, [row]);
    else rows.push(row);
  }
  return [...sums.values()]
    .sort((a, b) =>
      a.seller_id === b.seller_id ? (a.currency < b.currency ? -1 : 1) : a.seller_id < b.seller_id ? -1 : 1,
    )
    .map(({ seller_id, ...row }) => {
      const seller = sellers.get(seller_id);
      if (seller === undefined)
        throw new Error(`payables of seller ${seller_id}, who is not in marketplace ${marketplaceId}`);
      const hold = holdOf(heldByKey.get(keyOf(seller_id, row.currency)));
      return { ...seller, ...row, ...(hold === undefined ? {} : { held: hold }) };
    });
}

type SumRow = Omit<PositionRow, "netSales" | "waiting"> & { readonly net_sales: bigint };

const keyOf = (sellerId: bigint, currency: string): string => `${sellerId}/${currency}`;

/** Also those of whom nothing is open, but something held or waiting. */
function sumsByKey(
  rows: readonly SumRow[],
  held: readonly HeldRow[],
  waiting: readonly { readonly seller_id: bigint; readonly currency: string; readonly net: bigint }[],
): ReadonlyMap<string, PositionRow> {
  const sums = new Map<string, PositionRow>(
    rows.map(({ net_sales, ...row }) => [
      keyOf(row.seller_id, row.currency),
      { ...row, netSales: net_sales, waiting: 0n },
    ]),
  );
  const sumsOf = (seller_id: bigint, currency: string): PositionRow => {
    const key = keyOf(seller_id, currency);
    const known = sums.get(key) ?? { seller_id, currency, ...NOTHING_OPEN };
    sums.set(key, known);
    return known;
  };
  for (const { seller_id, currency } of held) sumsOf(seller_id, currency);
  for (const { seller_id, currency, net } of waiting) sumsOf(seller_id, currency).waiting = net;
  return sums;
}

/** What the sellers' sales that wait for the acquirer come to, of those whose delay is over. */
async function waitingSums(
  db: Queries,
  marketplaceId: bigint,
  { date, covers, only }: { readonly date: string; readonly covers: AcquirerCovers; readonly only: bigint | undefined },
) {
  const { rows } = await sql<{ seller_id: bigint; currency: string; net: bigint }>`
    SELECT seller_id, currency, CAST(sum(net) AS BIGINT) AS net FROM payables
     WHERE transfer_id IS NULL AND marketplace_id = ${marketplaceId} AND held_reason IS NULL
       AND available_on <= ${date} AND ${only === undefined ? sql`1 = 1` : sql`seller_id = ${only}`}
       AND ${waitingSales(covers)}
     GROUP BY seller_id, currency`.execute(db);
  return rows;
}

/** The position of one seller in one currency, also when nothing is open. */
export async function positionOf(
  db: Queries,
  marketplace: Marketplace,
  { sellerId, currency, date }: { readonly sellerId: bigint; readonly currency: string; readonly date: string },
): Promise<OpenPosition> {
  const open = await openPositions(db, marketplace, date, sellerId);
  const found = open.find((position) => position.currency === currency);
  const [position] = found === undefined ? await emptyPositions(db, marketplace.id, sellerId, [currency]) : [found];
  if (position === undefined) throw new Error(`no seller row ${sellerId} in marketplace ${marketplace.id}`);
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

function holdOf(rows: readonly HeldRow[] = []): HeldPayout | undefined {
  const [first, ...others] = rows.map(({ id, end_to_end_id, amount }): HeldTransfer => {
    return { transferId: id, endToEndId: end_to_end_id, amount };
  });
  if (first === undefined) return undefined;
  const amount = rows.reduce((sum, row) => sum + row.amount, 0n);
  return { ...first, amount, reason: rows[0]?.hold_reason as HoldReason, all: [first, ...others] };
}

async function heldTransfers(db: Queries, marketplaceId: bigint, only?: bigint) {
  const query = db
    .selectFrom("transfers")
    .select(["id", "seller_id", "currency", "end_to_end_id", "amount", "hold_reason"])
    .where("marketplace_id", "=", marketplaceId)
    .where("state", "=", "ON_HOLD")
    .where("hold_reason", "in", TEMPORARY_HOLDS)
    .where("replaces_id", "is", null)
    .orderBy("id");
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

/** What each seller is paid on a business date already, by `sellerId/currency`: the transfers of that day that stand. */
export async function paidOn(
  db: Queries,
  marketplaceId: bigint,
  date: string,
  only?: bigint,
): Promise<ReadonlyMap<string, bigint>> {
  const { rows } = await sql<{ seller_id: bigint; currency: string; paid: bigint }>`
    SELECT seller_id, currency, CAST(sum(amount) AS BIGINT) AS paid FROM transfers
     WHERE marketplace_id = ${marketplaceId} AND business_date = ${date}
       AND state IN ('SCHEDULED', 'IN_FILE', 'SENT', 'ACCEPTED', 'EXECUTED')
       AND ${only === undefined ? sql`1 = 1` : sql`seller_id = ${only}`}
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
