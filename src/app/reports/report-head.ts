/** What stands above every report: which one, of whom, about which date, made when. */
import type { Marketplace } from "../../store/marketplaces.ts";

export interface ReportHead {
  readonly marketplace: string;
  readonly name: string;
  /** `YYYY-MM-DD`. */
  readonly businessDate: string;
  /** Instant in UTC, by the engine's clock. */
  readonly madeAt: string;
  readonly zone: string;
}

export function reportHead({ ref, row }: Marketplace, businessDate: string, now: Date): ReportHead {
  return { marketplace: ref, name: row.name, businessDate, madeAt: now.toISOString(), zone: row.zone };
}
