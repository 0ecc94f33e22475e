/** Imports one batch of checked records, in the order in which kinds of record depend on each other. */
import { recordStatusChanges } from "../../store/status-changes.ts";
import { applyCashouts } from "./apply-cashouts.ts";
import { applyDocuments } from "./apply-documents.ts";
import { applyHolds } from "./apply-holds.ts";
import { applyMarketplaces } from "./apply-marketplaces.ts";
import { applyOnboarding } from "./apply-onboarding.ts";
import { applyOperations } from "./apply-operations.ts";
import { applyOrders } from "./apply-orders.ts";
import { applyCashins, applyEndpoints, applyOperatorFees, applyPayIns } from "./apply-others.ts";
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
  const records = new ByType(group);
  const dayOf = dayOfInZone(marketplace.row.zone);
  await applyDocuments(run, marketplace, records.take("document"));
  await applySellers(run, marketplace, records.take("seller"));
  await applyOnboarding(
    run,
    marketplace,
    records.take("document_decision", "validation_request", "seller_decision", "seller_hold", "seller_release"),
  );
  await applyEndpoints(run, marketplace, records.take("endpoint"));
  await applyOrders(run, batch, records.take("order"));
  await applyTokens(run, batch, records.take("token"));
  await applyTransactions(run, batch, records.take("transaction"));
  await applyOperations(
    run,
    batch,
    records.take("capture", "cancellation", "refund", "chargeback"),
    records.take("validation"),
  );
  await writeBatch(run, batch, dayOf);
  await applyCashins(run, marketplace, records.take("cashin"), dayOf);
  await applyPayIns(run, marketplace, records.take("payin"), dayOf);
  await applyOperatorFees(run, marketplace, records.take("operator_fee"), dayOf);
  await applyHolds(run, batch, records.take("hold", "release"));
  await applyCashouts(run, marketplace, records.take("cashout"), dayOf);
  records.expectNone();
}

type OfType<Type extends OfMarketplace["type"]> = Checked<Extract<OfMarketplace, { readonly type: Type }>>[];

/** The records of a group by type. Each is taken by one step; what no step takes would be lost without a word. */
class ByType {
  readonly #records = new Map<string, Checked<OfMarketplace>[]>();

  constructor(group: readonly Checked<OfMarketplace>[]) {
    for (const checked of group) {
      const list = this.#records.get(checked.record.type);
      if (list === undefined) this.#records.set(checked.record.type, [checked]);
      else list.push(checked);
    }
  }

  /** In the order of the file, whichever of the types. */
  take<Type extends OfMarketplace["type"]>(...types: readonly Type[]): OfType<Type> {
    const taken = types.flatMap((type) => this.#records.get(type) ?? []);
    for (const type of types) this.#records.delete(type);
    return (types.length === 1 ? taken : taken.sort((a, b) => a.position - b.position)) as OfType<Type>;
  }

  expectNone(): void {
    const [left] = this.#records.keys();
    if (left !== undefined) throw new Error(`no step of the import takes records of type ${left}`);
  }
}
