/** Endpoints of marketplaces: since when they fail, and whether anything is sent to them. */
import { sql } from "kysely";
import type { Queries, Transaction } from "./store.ts";

const AT_ONCE = 1_000n;

/** Remembers when an endpoint began to fail, or that it works again (null). */
export async function setFailingSince(tx: Transaction, endpointId: bigint, since: Date | null): Promise<void> {
  await tx.db
    .updateTable("endpoints")
    .set({ failing_since: since?.toISOString() ?? null })
    .where("id", "=", endpointId)
    .execute();
}

/** Whether it was active until now: then whoever looks after it must be told. */
export async function disableEndpoint(tx: Transaction, endpointId: bigint): Promise<boolean> {
  const { numUpdatedRows } = await tx.db
    .updateTable("endpoints")
    .set({ state: "DISABLED" })
    .where("id", "=", endpointId)
    .where("state", "=", "ACTIVE")
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

export function endpointByRef(db: Queries, marketplace: string, ref: string) {
  return db
    .selectFrom("endpoints")
    .innerJoin("marketplaces", "marketplaces.id", "endpoints.marketplace_id")
    .selectAll("endpoints")
    .where("marketplaces.ref", "=", marketplace)
    .where("endpoints.ref", "=", ref)
    .executeTakeFirst();
}

/** Makes a disabled endpoint active; false when it is not disabled. */
export async function enableEndpoint(tx: Transaction, endpointId: bigint): Promise<boolean> {
  const { numUpdatedRows } = await tx.db
    .updateTable("endpoints")
    .set({ state: "ACTIVE", failing_since: null })
    .where("id", "=", endpointId)
    .where("state", "=", "DISABLED")
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

/** Queues what an endpoint was not told while it was disabled, if it is subscribed to it. Answers how many. */
export async function queueMissed(tx: Transaction, endpointId: bigint, now: Date): Promise<number> {
  const at = now.toISOString();
  let queued = 0;
  for (;;) {
    const { rows } = await sql<{ id: bigint }>`
      ${untold(sql`endpoints.id = ${endpointId}`)} ORDER BY changes.id LIMIT ${AT_ONCE}`.execute(tx.db);
    if (rows.length === 0) return queued;
    const firstId = await tx.reserveIds("notifications", rows.length);
    await tx.insertMany(
      "notifications",
      ["id", "endpoint_id", "status_change_id", "ref", "state", "next_attempt_at"],
      rows.map(({ id }, index) => [firstId + BigInt(index), endpointId, id, `msg_${endpointId}_${id}`, "PENDING", at]),
    );
    queued += rows.length;
  }
}

/**
 * Changes that an endpoint subscribes to and has no notification of, since it was registered and told the first one. Both
 * conditions are needed: ids are handed out ahead of commits where several machines write, so a change that was under way
 * when the endpoint came may have a later id than the first one it was told. (What an endpoint subscribes to is fixed when
 * it is registered.) A query without ORDER BY; `changes` and `endpoints` are in scope.
 */
export function untold(which: ReturnType<typeof sql>) {
  return sql`
    SELECT changes.id, changes.marketplace_id, changes.object_kind, changes.object_ref, changes.sequence, endpoints.ref AS endpoint
      FROM endpoints
      JOIN (SELECT endpoint_id, min(status_change_id) AS change_id FROM notifications GROUP BY endpoint_id) AS told
        ON told.endpoint_id = endpoints.id
      JOIN status_changes AS changes ON changes.marketplace_id = endpoints.marketplace_id AND changes.id > told.change_id
       AND changes.changed_at >= endpoints.created_at
     WHERE ${which}
       AND (endpoints.events LIKE '%"*"%' OR endpoints.events LIKE '%"' || changes.object_kind || '"%')
       AND NOT EXISTS (SELECT 1 FROM notifications
                        WHERE notifications.endpoint_id = endpoints.id AND notifications.status_change_id = changes.id)`;
}
