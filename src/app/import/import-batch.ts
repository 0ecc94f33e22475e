/** Imports one batch of checked records, in the order in which kinds of record depend on each other. */
import { recordStatusChanges } from "../../store/status-changes.ts";
import { applyCashouts } from "./apply-cashouts.ts";
import { applyDocuments } from "./apply-documents.ts";
import { applyHolds } from "./apply-holds.ts";
import { applyMarketplaces } from "./apply-marketplaces.ts";
import { applyOnboarding } from "./apply-onboarding.ts";
import { applyOperations } from "./apply-operations.ts";
import { applyOrders } from "./apply-orders.ts";
import { applyCashins, applyEndpoints, applyOperatorFees } from "./apply-others.ts";
import { applySellers } from "./apply-sellers.ts";
import { applyTokens } from "./apply-tokens.ts";
import { applyTransactions } from "./apply-transactions.ts";
import type { Checked } from "./check-record.ts";
import { dayOfInZone } from "./day-of.ts";
import type { ImportRun } from "./import-run.ts";
import { byMarketplace, forgetSellers, type KnownMarketplace, learnMarketplaces } from "./known-marketplaces.ts";
import { MarketplaceBatch } from "./marketplace-batch.ts";
import type { ImportRecord, MarketplaceRecord } from "./records.ts";
import { writeBatch } from "./write-batch.ts";

type OfMarketplace = Exclude<ImportRecord, MarketplaceRecord>;

/**
 * A record may refer to records before it in the file, in this batch or an earlier one, never to later ones: each knows
 * its position, so where the borders of batches fall makes no difference.
 */
export async function importBatch(run: ImportRun, records: readonly Checked[]): Promise<void> {
  const marketplaces: Checked<MarketplaceRecord>[] = [];
  const others: Checked<OfMarketplace>[] = [];
  for (const checked of records) {
    if (isMarketplace(checked)) marketplaces.push(checked);
    else others.push(checked as Checked<OfMarketplace>);
  }
  await applyMarketplaces(run, marketplaces);
  await learnMarketplaces(
    run,
    others.map(({ record }) => record.marketplace),
  );
  for (const [marketplace, group] of byMarketplace(run, others)) await importGroup(run, marketplace, group);
  for (const [marketplaceId, changes] of run.takeChanges()) {
    await recordStatusChanges(run.tx, marketplaceId, changes, run.now);
  }
}

function isMarketplace(checked: Checked): checked is Checked<MarketplaceRecord> {
  return checked.record.type === "marketplace";
}

async function importGroup(
  run: ImportRun,
  marketplace: KnownMarketplace,
  group: readonly Checked<OfMarketplace>[],
): Promise<void> {
  forgetSellers(marketplace);
  const batch = new MarketplaceBatch(marketplace);
  const dayOf = dayOfInZone(marketplace.row.zone);
  await applyDocuments(run, marketplace, ofType(group, "document"));
  await applySellers(run, marketplace, ofType(group, "seller"));
  await applyOnboarding(
    run,
    marketplace,
    ofType(group, "document_decision", "validation_request", "seller_decision", "seller_hold", "seller_release"),
  );
  await applyEndpoints(run, marketplace, ofType(group, "endpoint"));
  await applyOrders(run, batch, ofType(group, "order"));
  await applyTokens(run, batch, ofType(group, "token"));
  await applyTransactions(run, batch, ofType(group, "transaction"));
  await applyOperations(run, batch, ofType(group, "capture", "cancellation", "refund"), ofType(group, "validation"));
  await writeBatch(run, batch, dayOf);
  await applyCashins(run, marketplace, ofType(group, "cashin"), dayOf);
  await applyOperatorFees(run, marketplace, ofType(group, "operator_fee"), dayOf);
  await applyHolds(run, batch, ofType(group, "hold", "release"));
  await applyCashouts(run, marketplace, ofType(group, "cashout"), dayOf);
}

function ofType<Type extends OfMarketplace["type"]>(
  group: readonly Checked<OfMarketplace>[],
  ...types: readonly Type[]
): Checked<Extract<OfMarketplace, { readonly type: Type }>>[] {
  return group.filter(({ record }) => (types as readonly string[]).includes(record.type)) as Checked<
    Extract<OfMarketplace, { readonly type: Type }>
  >[];
}
