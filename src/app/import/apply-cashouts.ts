/** Grants cashouts, each at once and in the order of the file, or refuses them with what is available. */
import { OPERATOR } from "../../domain/order.ts";
import { marketplaceOf } from "../../store/marketplaces.ts";
import { cashOut } from "../cash-out.ts";
import { freshOf } from "./apply-others.ts";
import type { Checked } from "./check-record.ts";
import type { DayOf } from "./day-of.ts";
import type { ImportRun } from "./import-run.ts";
import { type KnownMarketplace, learnSellers, sellerIdOf } from "./known-marketplaces.ts";
import type { CashoutRecord } from "./records.ts";

/** To be called when all else of the batch is written: what the file brings before a cashout counts for it. */
export async function applyCashouts(
  run: ImportRun,
  known: KnownMarketplace,
  all: readonly Checked<CashoutRecord>[],
  dayOf: DayOf,
): Promise<void> {
  const fresh = await freshOf(run, known, "cashouts", all);
  // A file that is refused anyway has not brought what its cashouts may need.
  if (fresh.length === 0 || run.findings.count > 0) return;
  await learnSellers(run, known, new Set([OPERATOR, ...fresh.map(({ record }) => record.seller)]));
  const operator = known.sellers.get(OPERATOR);
  if (operator === undefined) throw new Error(`marketplace ${known.row.ref} has no operator`);
  const marketplace = marketplaceOf(known.row, operator.id);
  const profile = run.profile?.(known.row.bank_profile);
  const date = dayOf(run.now.toISOString());
  for (const checked of fresh) {
    const { record, hash, place } = checked;
    const sellerId = sellerIdOf(run, known, checked, record.seller, "seller");
    if (sellerId === undefined) continue;
    const request = {
      ref: record.id,
      sellerId,
      currency: record.currency ?? known.row.currency,
      contentHash: hash,
      ...(record.amount === undefined ? {} : { amount: record.amount }),
    };
    const day = { marketplace, date, now: run.now, ...(profile === undefined ? {} : { profile }) };
    const result = await cashOut(run.tx, request, day);
    if (result.kind === "paid") run.count("cashouts");
    else
      place.fault(result.code, result.code === "PAYOUT_REFUSED" ? "seller" : "amount", result.found, result.expected);
  }
}
