/** The marketplaces and sellers that records name, read once and kept while a file is imported. */
import { OPERATOR } from "../../domain/order.ts";
import type { CapturePolicy } from "../../domain/policies.ts";
import { marketplacesByRef, sellersByRef } from "../../store/import-lookups.ts";
import { capturePolicyOf, settlementPolicyOf } from "../../store/policies.ts";
import type { MarketplaceRow } from "../../store/rows/marketplace-rows.ts";
import type { Checked } from "./check-record.ts";
import type { ImportRun } from "./import-run.ts";
import type { ImportRecord } from "./records.ts";

/** Where something became known: a record of the file, or before all of them. */
export const BEFORE_THE_FILE = -1;
const MOST_SELLERS_KEPT = 200_000;

export interface KnownSeller {
  readonly id: bigint;
  readonly position: number;
}

export interface KnownMarketplace {
  readonly row: MarketplaceRow;
  readonly capturePolicy: CapturePolicy;
  /** What the bank charges for a chargeback whose record says nothing of it; null for nothing. */
  readonly chargebackCharge: bigint | null;
  readonly position: number;
  readonly sellers: Map<string, KnownSeller>;
}

export function knownMarketplace(
  row: MarketplaceRow,
  position: number,
  sellers: Map<string, KnownSeller> = new Map(),
): KnownMarketplace {
  const chargebackCharge = settlementPolicyOf(row).chargeback?.charge ?? null;
  return { row, position, sellers, capturePolicy: capturePolicyOf(row), chargebackCharge };
}

/** Reads the marketplaces of these ids that are not known yet. */
export async function learnMarketplaces(run: ImportRun, refs: Iterable<string>): Promise<void> {
  const missing = [...new Set(refs)].filter((ref) => !run.marketplaces.has(ref));
  if (missing.length === 0) return;
  for (const row of await marketplacesByRef(run.tx.db, missing)) {
    run.marketplaces.set(row.ref, knownMarketplace(row, BEFORE_THE_FILE));
  }
}

type OfMarketplace = Exclude<ImportRecord, { readonly type: "marketplace" }>;

/** The records by their marketplace; a record of an unknown one gets its finding here. */
export function byMarketplace<Kind extends OfMarketplace>(
  run: ImportRun,
  all: readonly Checked<Kind>[],
): Map<KnownMarketplace, Checked<Kind>[]> {
  const groups = new Map<KnownMarketplace, Checked<Kind>[]>();
  for (const checked of all) {
    const ref = checked.record.marketplace;
    const marketplace = run.marketplaces.get(ref);
    if (marketplace === undefined || marketplace.position > checked.position) {
      run.notFound(checked, "marketplace", { type: "marketplace", marketplace: "", ref });
      run.giveUp(checked.record);
      continue;
    }
    const group = groups.get(marketplace);
    if (group === undefined) groups.set(marketplace, [checked]);
    else group.push(checked);
  }
  return groups;
}

/** Reads the sellers of these ids that are not known yet. */
export async function learnSellers(
  run: ImportRun,
  marketplace: KnownMarketplace,
  refs: ReadonlySet<string>,
): Promise<void> {
  const { sellers } = marketplace;
  const missing: string[] = [];
  for (const ref of refs) if (!sellers.has(ref)) missing.push(ref);
  if (missing.length === 0) return;
  for (const row of await sellersByRef(run.tx.db, marketplace.row.id, missing)) {
    sellers.set(row.ref, { id: row.id, position: BEFORE_THE_FILE });
  }
}

/** Lets go of sellers when there are very many; they are read again when they are named again. */
export function forgetSellers(marketplace: KnownMarketplace): void {
  if (marketplace.sellers.size > MOST_SELLERS_KEPT) marketplace.sellers.clear();
}

/** The seller's row id, or a finding on `field`. */
export function sellerIdOf(
  run: ImportRun,
  marketplace: KnownMarketplace,
  checked: Checked<OfMarketplace>,
  ref: string,
  field: string,
): bigint | undefined {
  const seller = marketplace.sellers.get(ref);
  if (seller !== undefined && seller.position <= checked.position) return seller.id;
  const type = ref === OPERATOR ? "marketplace" : "seller";
  run.notFound(checked, field, { type, marketplace: marketplace.row.ref, ref });
  return undefined;
}
