/** Creates documents of onboarding; a seller's record links them, a decision examines them. */
import { insertImported } from "../../store/import-inserts.ts";
import type { Value } from "../../store/store.ts";
import { freshOf } from "./apply-others.ts";
import type { Checked } from "./check-record.ts";
import type { ImportRun } from "./import-run.ts";
import type { KnownMarketplace } from "./known-marketplaces.ts";
import type { DocumentRecord } from "./records.ts";

export async function applyDocuments(
  run: ImportRun,
  marketplace: KnownMarketplace,
  all: readonly Checked<DocumentRecord>[],
): Promise<void> {
  const fresh = await freshOf(run, marketplace, "documents", all);
  if (fresh.length === 0) return;
  const firstId = await run.tx.reserveIds("documents", fresh.length);
  const now = run.now.toISOString();
  const rows = fresh.map(({ record, hash }, index): Value[] => [
    ...[firstId + BigInt(index), marketplace.row.id, record.id, record.kind, "SUBMITTED"],
    ...[record.expiresOn ?? null, record.sha256 ?? null, hash, now],
  ]);
  await insertImported(run.tx, "documents", rows);
  run.count("documents", rows.length);
}
