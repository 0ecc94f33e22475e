/** Makes notifications due again: the same rows, the same refs, further attempts. */
import { sql } from "kysely";
import type { Transaction } from "./store.ts";

export type Replayed = "DELIVERED" | "FAILED" | "PENDING";

export interface ReplayRange {
  readonly marketplace: string;
  /** All endpoints of the marketplace when absent. */
  readonly endpoint?: string;
  /** When the change happened: at or after `from`, before `to`. */
  readonly from: Date;
  readonly to: Date;
  /** Only notifications in these states. */
  readonly states: readonly Replayed[];
}

/** Of active endpoints only, and not what a worker holds just now. Answers how many are due again. */
export async function replayRange(tx: Transaction, range: ReplayRange, now: Date): Promise<number> {
  const at = now.toISOString();
  const endpoint = range.endpoint === undefined ? sql`` : sql`AND endpoints.ref = ${range.endpoint}`;
  const { numAffectedRows } = await sql`
    UPDATE notifications SET state = 'PENDING', next_attempt_at = ${at}
     WHERE state IN (${sql.join(range.states)}) AND (fence_until IS NULL OR fence_until <= ${at})
       AND endpoint_id IN (SELECT endpoints.id FROM endpoints JOIN marketplaces ON marketplaces.id = endpoints.marketplace_id
                            WHERE marketplaces.ref = ${range.marketplace} AND endpoints.state = 'ACTIVE' ${endpoint})
       AND status_change_id IN (SELECT id FROM status_changes
                                 WHERE changed_at >= ${range.from.toISOString()} AND changed_at < ${range.to.toISOString()})`.execute(
    tx.db,
  );
  return Number(numAffectedRows ?? 0n);
}

/** False when its endpoint is disabled or a worker holds it just now. */
export async function replayOne(tx: Transaction, ref: string, now: Date): Promise<boolean> {
  const at = now.toISOString();
  const { numAffectedRows } = await sql`
    UPDATE notifications SET state = 'PENDING', next_attempt_at = ${at}
     WHERE ref = ${ref} AND (fence_until IS NULL OR fence_until <= ${at})
       AND endpoint_id IN (SELECT id FROM endpoints WHERE state = 'ACTIVE')`.execute(tx.db);
  return numAffectedRows === 1n;
}
