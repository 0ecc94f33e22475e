/** Creates sellers, and updates those whose record changed. */
import type { OnboardingState } from "../../domain/seller.ts";
import { insertImported } from "../../store/import-inserts.ts";
import { sellersByRef } from "../../store/import-lookups.ts";
import { type SellerChange, updateSellers } from "../../store/import-updates.ts";
import { documentsByRef, linkDocuments } from "../../store/onboarding.ts";
import { policyText } from "../../store/policies.ts";
import type { SellerRow } from "../../store/rows/marketplace-rows.ts";
import type { Value } from "../../store/store.ts";
import type { Checked } from "./check-record.ts";
import type { ImportRun } from "./import-run.ts";
import type { KnownMarketplace } from "./known-marketplaces.ts";
import type { AddressRecord, SellerRecord } from "./records.ts";

/** JSON of the address; null for none. */
export function addressText(address: AddressRecord | undefined): string | null {
  return address === undefined ? null : JSON.stringify(address);
}

/** Moves when the account or its holder changed: it releases payouts that the bank refused to the old account. */
export function accountChangedAt(
  before: Pick<SellerRow, "iban" | "account_holder" | "account_changed_at">,
  after: Pick<SellerRow, "iban" | "account_holder">,
  now: Date,
): string {
  const same = before.iban === after.iban && before.account_holder === after.account_holder;
  return same ? before.account_changed_at : now.toISOString();
}

/**
 * A record that says nothing of the onboarding leaves it as it is, but a validated seller whose account changed has to
 * be validated again (`changeAccount` in the lifecycle): else whoever can change an account could redirect payouts.
 */
export function onboardingAfter(
  before: OnboardingState,
  given: OnboardingState | undefined,
  accountChanged: boolean,
): OnboardingState {
  if (given !== undefined) return given;
  return before === "VALIDATED" && accountChanged ? "PENDING_VALIDATION" : before;
}

interface Draft {
  row: SellerRow;
  readonly before?: SellerRow;
  readonly position: number;
}

export async function applySellers(
  run: ImportRun,
  marketplace: KnownMarketplace,
  all: readonly Checked<SellerRecord>[],
): Promise<void> {
  const refs = new Set(all.map(({ record }) => record.id));
  const drafts = new Map<string, Draft>();
  for (const row of await sellersByRef(run.tx.db, marketplace.row.id, [...refs])) {
    drafts.set(row.ref, { row, before: row, position: -1 });
  }
  for (const checked of all) {
    const draft = drafts.get(checked.record.id);
    if (draft === undefined)
      drafts.set(checked.record.id, { row: newRow(run, marketplace, checked), position: checked.position });
    else if (draft.row.content_hash === checked.hash) run.count("known");
    else draft.row = changedRow(draft.row, checked, run.now);
  }
  await writeDrafts(run, marketplace, [...drafts.values()]);
  await linkAll(run, marketplace, all);
}

/** Links the documents that sellers' records name, which belong to nobody else (seed 001, "link all previously uploaded documents"). */
async function linkAll(
  run: ImportRun,
  marketplace: KnownMarketplace,
  all: readonly Checked<SellerRecord>[],
): Promise<void> {
  const naming = all.filter(({ record }) => record.documents !== undefined);
  if (naming.length === 0) return;
  const refs = naming.flatMap(({ record }) => record.documents ?? []);
  const known = await documentsByRef(run.tx.db, marketplace.row.id, [...new Set(refs)]);
  const ids = new Map(
    (
      await sellersByRef(
        run.tx.db,
        marketplace.row.id,
        naming.map(({ record }) => record.id),
      )
    ).map((row) => [row.ref, row.id]),
  );
  for (const checked of naming) {
    const sellerId = ids.get(checked.record.id);
    const mine: bigint[] = [];
    for (const ref of checked.record.documents ?? []) {
      const document = known.get(ref);
      if (document === undefined) {
        run.notFound(checked, "documents", { type: "document", marketplace: marketplace.row.ref, ref });
      } else if (document.sellerId !== null && document.sellerId !== sellerId) {
        checked.place.fault("FIELD_INVALID", "documents", ref, "a document that is no other seller's");
      } else mine.push(document.id);
      if (document !== undefined && sellerId !== undefined) known.set(ref, { ...document, sellerId });
    }
    if (sellerId !== undefined && !checked.place.isFaulty) await linkDocuments(run.tx, sellerId, mine);
  }
}

function newRow(run: ImportRun, marketplace: KnownMarketplace, { record, hash }: Checked<SellerRecord>): SellerRow {
  const at = run.now.toISOString();
  return {
    id: 0n,
    marketplace_id: marketplace.row.id,
    ref: record.id,
    ...ownFields(record),
    onboarding: record.onboarding ?? "CREATED",
    account_changed_at: at,
    content_hash: hash,
    created_at: at,
    held_by: null,
    held_why: null,
    held_at: null,
  };
}

function ownFields(record: SellerRecord) {
  return {
    legal_name: record.legalName,
    account_holder: record.accountHolder ?? record.legalName,
    iban: record.iban ?? null,
    bic: record.bic ?? null,
    address: addressText(record.address),
    settlement_policy: record.settlement === undefined ? null : policyText(record.settlement),
  };
}

function changedRow(before: SellerRow, { record, hash }: Checked<SellerRecord>, now: Date): SellerRow {
  const fields = ownFields(record);
  const account_changed_at = accountChangedAt(before, fields, now);
  const accountChanged = before.iban !== fields.iban || before.account_holder !== fields.account_holder;
  const onboarding = onboardingAfter(before.onboarding, record.onboarding, accountChanged);
  return { ...before, ...fields, account_changed_at, onboarding, content_hash: hash };
}

async function writeDrafts(run: ImportRun, marketplace: KnownMarketplace, drafts: readonly Draft[]): Promise<void> {
  const fresh = drafts.filter(({ before }) => before === undefined);
  const firstId = fresh.length === 0 ? 0n : await run.tx.reserveIds("sellers", fresh.length);
  const rows = fresh.map(({ row, position }, index): Value[] => {
    const id = firstId + BigInt(index);
    marketplace.sellers.set(row.ref, { id, position });
    return [
      ...[id, row.marketplace_id, row.ref, row.legal_name, row.account_holder, row.iban, row.bic, row.address],
      ...[row.onboarding, row.account_changed_at, row.content_hash, row.created_at, row.settlement_policy],
    ];
  });
  await insertImported(run.tx, "sellers", rows);
  run.count("sellers", rows.length);
  const changes: SellerChange[] = [];
  for (const { row, before } of drafts) {
    if (before === undefined || row === before) continue;
    changes.push(row);
    if (row.onboarding !== before.onboarding) {
      run.changed(marketplace.row.id, { kind: "seller", ref: row.ref, status: row.onboarding });
    }
  }
  await updateSellers(run.tx, changes);
  run.count("sellersUpdated", changes.length);
}
