/** Reads what an acquirer still owes and of which days, and says in SQL which sales wait for his money. */
import { type RawBuilder, sql } from "kysely";
import { type AcquirerCover, acquirerCover, type CaptureDay } from "../domain/acquirer-cover.ts";
import type { Marketplace } from "./marketplaces.ts";
import type { Queries } from "./store.ts";

/** By currency; empty where sellers are paid whether the acquirer has paid or not. */
export type AcquirerCovers = ReadonlyMap<string, AcquirerCover>;

export async function acquirerCovers(
  db: Queries,
  { id, settlementPolicy }: Pick<Marketplace, "id" | "settlementPolicy">,
): Promise<AcquirerCovers> {
  if (settlementPolicy.paidWhen !== "ACQUIRER_PAID") return new Map();
  const owed = await db
    .selectFrom("accounts")
    .select(["currency", "balance"])
    .where("marketplace_id", "=", id)
    .where("bucket", "=", "ACQUIRER_RECEIVABLE")
    .execute();
  const days = await captureDays(db, id);
  return new Map(
    owed.map(({ currency, balance }) => [
      currency,
      acquirerCover(
        -balance,
        days.filter((day) => day.currency === currency),
      ),
    ]),
  );
}

/** Newest first. */
async function captureDays(
  db: Queries,
  marketplaceId: bigint,
): Promise<readonly (CaptureDay & { readonly currency: string })[]> {
  const { rows } = await sql<{ currency: string; date: string; net: bigint; named: bigint; missing: bigint }>`
    SELECT days.currency, days.date, days.net, coalesce(payins.named, 0) AS named, coalesce(payins.missing, 0) AS missing
      FROM (SELECT currency, business_date AS date,
                   CAST(sum(CASE kind WHEN 'CAPTURE' THEN amount ELSE -amount END - coalesce(charge, 0)) AS BIGINT) AS net
              FROM operations WHERE marketplace_id = ${marketplaceId} AND booked = 1 AND kind <> 'CANCELLATION'
             GROUP BY currency, business_date) AS days
      LEFT JOIN (SELECT currency, captured_on, count(*) AS named,
                        CAST(sum(CASE WHEN paid_on IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS missing
                   FROM payins WHERE marketplace_id = ${marketplaceId} AND captured_on IS NOT NULL
                  GROUP BY currency, captured_on) AS payins
        ON payins.currency = days.currency AND payins.captured_on = days.date
     ORDER BY days.date DESC`.execute(db);
  return rows.map(({ named, missing, ...day }) => ({ ...day, isPaid: named > 0n && missing === 0n }));
}

/** True of a row of `payables` that is a sale past or within its delay, of captures that the acquirer has not paid. */
export function waitingSales(covers: AcquirerCovers): RawBuilder<unknown> {
  const waiting = [...covers].flatMap(([currency, { unpaidFrom, paidDays }]) => {
    if (unpaidFrom === undefined) return [];
    const except = [...paidDays].filter((date) => date >= unpaidFrom);
    const named = except.length === 0 ? sql`` : sql` AND operations.business_date NOT IN (${sql.join(except)})`;
    return [sql`(payables.currency = ${currency} AND operations.business_date >= ${unpaidFrom}${named})`];
  });
  if (waiting.length === 0) return sql`1 = 0`;
  return sql`(payables.kind = 'SALE' AND payables.matured_on IS NULL AND EXISTS (
    SELECT 1 FROM operations WHERE operations.id = payables.operation_id AND (${sql.join(waiting, sql` OR `)})))`;
}
