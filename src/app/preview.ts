/** What the next settlement would pay, per seller, and why; by the code of the real one, and nothing is written. */

import type { Finding } from "../domain/finding.ts";
import { unbookedOperations } from "../store/bookings.ts";
import { allMarketplaces } from "../store/marketplaces.ts";
import { type Comparison, comparePayouts } from "./compare-payouts.ts";
import type { Context } from "./context.ts";
import { type PlannedLine, planSettlement } from "./plan-settlement.ts";

export interface PreviewLine extends PlannedLine, Comparison {
  readonly marketplace: string;
}

export interface Preview {
  readonly lines: readonly PreviewLine[];
  readonly findings: readonly Finding[];
}

export async function previewSettlement(context: Context, date: string): Promise<Preview> {
  const lines: PreviewLine[] = [];
  const findings: Finding[] = [];
  for (const marketplace of await allMarketplaces(context.store.db)) {
    const profile = context.profile(marketplace.row.bank_profile);
    const planned = await planSettlement(context.store.db, marketplace, profile, date, context.clock());
    const compared = await comparePayouts(context.store.db, marketplace.id, date, planned);
    lines.push(
      ...planned.map((line, index) => ({
        ...line,
        ...(compared[index] ?? { difference: line.net, anomalies: [] }),
        marketplace: marketplace.ref,
      })),
    );
    const [unbooked] = await unbookedOperations(context.store.db, marketplace.id, 1);
    if (unbooked !== undefined) {
      findings.push({
        code: "NOT_BOOKED_YET",
        where: `marketplace ${marketplace.ref}: ${unbooked.kind.toLowerCase()} ${unbooked.ref}`,
        found: "operations whose money is not booked",
        expected: "none: they are booked by sweep-captures and settle, and are not in this preview",
      });
    }
  }
  return { lines, findings };
}
