/** Applies every received file that waits, each on its own: a poison file never blocks the others. Then matches what is open. */
import type { BankProfile } from "../bankfiles/profile/profile.ts";
import type { Finding } from "../domain/finding.ts";
import { type InboundFile, nextWaiting } from "../store/inbound-files.ts";
import { allMarketplaces } from "../store/marketplaces.ts";
import { applyBankEntries } from "./apply-bank-entries.ts";
import { applyFile } from "./apply-file.ts";
import type { Applied } from "./apply-payment-status.ts";
import type { Context } from "./context.ts";
import { watchStatements } from "./watch-statements.ts";

export interface InboundReport {
  readonly counts: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
}

const OUTCOMES = { applied: "applied", quarantine: "quarantined", later: "waiting" } as const;

export async function applyInbound(context: Context, businessDate: string): Promise<InboundReport> {
  const counts: Record<string, number> = { applied: 0, quarantined: 0, waiting: 0 };
  const findings: Finding[] = [];
  const profiles = await bankProfiles(context);
  let afterId = 0n;
  for (;;) {
    const file = await nextWaiting(context.store.db, afterId);
    if (file === undefined) break;
    afterId = file.id;
    const profile = profiles.get(file.bank);
    const applied = profile && (await applyFile(context, file, { businessDate, profile }));
    if (applied === undefined) continue;
    addTo(counts, { [OUTCOMES[applied.kind]]: 1 });
    addTo(counts, applied.counts);
    findings.push(...findingsIn(file, applied));
  }
  addTo(counts, await matchAll(context, businessDate));
  return { counts, findings };
}

/** The profile of each bank that holds an account for us. Marketplaces of one bank share its mailbox, and so its profile. */
export async function bankProfiles(context: Context): Promise<ReadonlyMap<string, BankProfile>> {
  const profiles = new Map<string, BankProfile>();
  for (const { row } of await allMarketplaces(context.store.db)) {
    if (!profiles.has(row.bank)) profiles.set(row.bank, context.profile(row.bank_profile));
  }
  return profiles;
}

export function findingsIn(file: InboundFile, { findings }: Applied): readonly Finding[] {
  return findings.map((finding) => ({ ...finding, where: `${file.remoteName}: ${finding.where}` }));
}

function addTo(counts: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(more)) counts[name] = (counts[name] ?? 0) + value;
}

/** Statements say what was booked; which transfers that was is decided over all open lines together. */
export async function matchAll(context: Context, businessDate: string): Promise<Record<string, number>> {
  const counts = { executed: 0, returned: 0, paidIn: 0 };
  for (const marketplace of await allMarketplaces(context.store.db)) {
    const profile = context.profile(marketplace.row.bank_profile);
    const now = context.clock();
    await context.store
      .write(async (tx) => {
        const report = await applyBankEntries(tx, { marketplace, profile, businessDate, now });
        await watchStatements(tx, { marketplace, profile, businessDate, now });
        return report;
      })
      .then((report) => {
        counts.executed += report.executed;
        counts.returned += report.returned;
        counts.paidIn += report.paidIn;
      });
  }
  return counts;
}
