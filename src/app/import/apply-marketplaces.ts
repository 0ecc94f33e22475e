/** Creates marketplaces with their operator, and updates those whose record changed. */
import { OPERATOR } from "../../domain/order.ts";
import { DEFAULT_CAPTURE_POLICY, DEFAULT_SETTLEMENT_POLICY } from "../../domain/policies.ts";
import { insertImported } from "../../store/import-inserts.ts";
import { sellersByRef } from "../../store/import-lookups.ts";
import { updateMarketplace, updateSellers } from "../../store/import-updates.ts";
import { policyText } from "../../store/policies.ts";
import type { MarketplaceRow } from "../../store/rows/marketplace-rows.ts";
import { accountChangedAt, addressText } from "./apply-sellers.ts";
import type { Checked } from "./check-record.ts";
import type { ImportRun } from "./import-run.ts";
import { knownMarketplace, learnMarketplaces } from "./known-marketplaces.ts";
import type { MarketplaceRecord } from "./records.ts";

export async function applyMarketplaces(run: ImportRun, all: readonly Checked<MarketplaceRecord>[]): Promise<void> {
  if (all.length === 0) return;
  await learnMarketplaces(
    run,
    all.map(({ record }) => record.id),
  );
  for (const checked of all) {
    const known = run.marketplaces.get(checked.record.id);
    if (known === undefined) await create(run, checked);
    else if (known.row.content_hash === checked.hash) run.count("known");
    else await update(run, checked, known.row);
  }
}

type Settings = Omit<MarketplaceRow, "id" | "ref" | "blocked_reason" | "created_at">;

function settingsOf({ record, hash }: Checked<MarketplaceRecord>): Settings {
  return {
    name: record.name,
    currency: record.currency ?? "EUR",
    zone: record.zone ?? "Europe/Paris",
    debtor_name: record.debtor.name,
    debtor_iban: record.debtor.iban,
    debtor_bic: record.debtor.bic ?? null,
    bank: record.bank,
    bank_profile: record.profile,
    gateway: record.gateway,
    integration_mode: record.integrationMode,
    capture_policy: policyText({ ...DEFAULT_CAPTURE_POLICY, ...record.capture }),
    settlement_policy: policyText({ ...DEFAULT_SETTLEMENT_POLICY, ...record.settlement }),
    fee_rules: policyText(record.fees),
    content_hash: hash,
  };
}

async function create(run: ImportRun, checked: Checked<MarketplaceRecord>): Promise<void> {
  const { tx, now } = run;
  const id = await tx.reserveIds("marketplaces", 1);
  const at = now.toISOString();
  const row: MarketplaceRow = {
    id,
    ref: checked.record.id,
    ...settingsOf(checked),
    blocked_reason: null,
    created_at: at,
  };
  await insertImported(tx, "marketplaces", [
    [
      ...[
        row.id,
        row.ref,
        row.name,
        row.currency,
        row.zone,
        row.debtor_name,
        row.debtor_iban,
        row.debtor_bic,
        row.bank,
      ],
      ...[
        row.bank_profile,
        row.gateway,
        row.integration_mode,
        row.capture_policy,
        row.settlement_policy,
        row.fee_rules,
      ],
      ...[null, row.content_hash, at],
    ],
  ]);
  const operatorId = await tx.reserveIds("sellers", 1);
  const operator = operatorOf(checked.record);
  await insertImported(tx, "sellers", [
    [
      ...[operatorId, id, OPERATOR, operator.legal_name, operator.account_holder, operator.iban, operator.bic],
      ...[operator.address, "VALIDATED", at, checked.hash, at, null],
    ],
  ]);
  const known = knownMarketplace(row, checked.position);
  known.sellers.set(OPERATOR, { id: operatorId, position: checked.position });
  run.marketplaces.set(row.ref, known);
  run.count("marketplaces");
}

/** The operator's own payouts go to the account that is given for him; without one his money accrues. */
function operatorOf({ name, operator }: MarketplaceRecord) {
  return {
    legal_name: operator?.name ?? name,
    account_holder: operator?.name ?? name,
    iban: operator?.iban ?? null,
    bic: operator?.bic ?? null,
    address: addressText(operator?.address),
  };
}

async function update(run: ImportRun, checked: Checked<MarketplaceRecord>, row: MarketplaceRow): Promise<void> {
  const settings = settingsOf(checked);
  if (settings.currency !== row.currency) {
    checked.place.fault("CURRENCY_DIFFERS", "currency", settings.currency, `${row.currency}, as when it was created`);
    return;
  }
  await updateMarketplace(run.tx, row.id, settings);
  const [before] = await sellersByRef(run.tx.db, row.id, [OPERATOR]);
  if (before !== undefined) {
    const operator = operatorOf(checked.record);
    const account_changed_at = accountChangedAt(before, operator, run.now);
    await updateSellers(run.tx, [{ ...before, ...operator, account_changed_at, content_hash: checked.hash }]);
  }
  const known = run.marketplaces.get(row.ref);
  run.marketplaces.set(
    row.ref,
    knownMarketplace({ ...row, ...settings }, known?.position ?? checked.position, known?.sellers),
  );
  run.count("marketplacesUpdated");
}
