/** The outbox: which notifications are due and in what order, who holds them, what came of each attempt. */
import { sql } from "kysely";
import type { Queries, Transaction, Value } from "./store.ts";

export interface DueEndpoint {
  readonly id: bigint;
  readonly marketplaceId: bigint;
  readonly marketplace: string;
  readonly ref: string;
  readonly url: string;
  /** JSON text: a list of `whsec_` secrets, the newest first. */
  readonly secrets: string;
  readonly failingSince: string | null;
}

/**
 * What may be sent now: nobody holds it, and nothing earlier about the same object still waits for the same endpoint
 * (design, section 1: told in order per object). `notifications` and `status_changes` are in scope.
 */
const sendable = (now: string) => sql`
      notifications.state = 'PENDING' AND notifications.next_attempt_at <= ${now}
  AND (notifications.fence_until IS NULL OR notifications.fence_until <= ${now})
  AND NOT EXISTS (
        SELECT 1 FROM status_changes AS earlier_change
          JOIN notifications AS earlier
            ON earlier.endpoint_id = notifications.endpoint_id AND earlier.status_change_id = earlier_change.id
         WHERE earlier_change.marketplace_id = status_changes.marketplace_id
           AND earlier_change.object_kind = status_changes.object_kind
           AND earlier_change.object_ref = status_changes.object_ref
           AND earlier_change.sequence < status_changes.sequence AND earlier.state = 'PENDING')`;

/** Active endpoints for which at least one notification can be sent now. */
export async function endpointsDue(db: Queries, now: Date): Promise<readonly DueEndpoint[]> {
  const { rows } = await sql<DueEndpoint>`
    SELECT endpoints.id, endpoints.marketplace_id AS "marketplaceId", marketplaces.ref AS marketplace,
           endpoints.ref, endpoints.url, endpoints.secrets, endpoints.failing_since AS "failingSince"
      FROM endpoints JOIN marketplaces ON marketplaces.id = endpoints.marketplace_id
     WHERE endpoints.state = 'ACTIVE'
       AND EXISTS (SELECT 1 FROM notifications JOIN status_changes ON status_changes.id = notifications.status_change_id
                    WHERE notifications.endpoint_id = endpoints.id AND ${sendable(now.toISOString())})
     ORDER BY endpoints.id`.execute(db);
  return rows;
}

export interface ClaimedNotification {
  readonly id: bigint;
  readonly ref: string;
  /** Attempts made before this one. */
  readonly attempts: number;
  readonly fence: bigint;
  readonly change: {
    readonly kind: string;
    readonly ref: string;
    readonly sequence: bigint;
    readonly status: string;
    readonly detail: string | null;
    readonly changedAt: string;
  };
}

/** Takes what can be sent to an endpoint, the longest due first, at most one for each object; held until `until`. */
export async function claimNotifications(
  tx: Transaction,
  endpointId: bigint,
  now: Date,
  until: Date,
  limit: number,
): Promise<readonly ClaimedNotification[]> {
  const at = now.toISOString();
  const { rows: claimed } = await sql<{ id: bigint; fence: bigint }>`
    UPDATE notifications SET fence = fence + 1, fence_until = ${until.toISOString()}
     WHERE id IN (SELECT notifications.id FROM notifications
                    JOIN status_changes ON status_changes.id = notifications.status_change_id
                   WHERE notifications.endpoint_id = ${endpointId} AND ${sendable(at)}
                   ORDER BY notifications.next_attempt_at, notifications.id LIMIT ${BigInt(limit)})
       AND state = 'PENDING' AND (fence_until IS NULL OR fence_until <= ${at})
    RETURNING id, fence`.execute(tx.db);
  if (claimed.length === 0) return [];
  const fences = new Map(claimed.map(({ id, fence }) => [id, fence]));
  const rows = await tx.db
    .selectFrom("notifications")
    .innerJoin("status_changes", "status_changes.id", "notifications.status_change_id")
    .select(["notifications.id", "notifications.ref", "notifications.attempts", "status_changes.object_kind"])
    .select(["status_changes.object_ref", "status_changes.sequence", "status_changes.status"])
    .select(["status_changes.detail", "status_changes.changed_at"])
    .where("notifications.id", "in", [...fences.keys()])
    .orderBy("notifications.id")
    .execute();
  return rows.map((row) => ({
    id: row.id,
    ref: row.ref,
    attempts: Number(row.attempts),
    fence: fences.get(row.id) ?? 0n,
    change: {
      kind: row.object_kind,
      ref: row.object_ref,
      sequence: row.sequence,
      status: row.status,
      detail: row.detail,
      changedAt: row.changed_at,
    },
  }));
}

/** Gives back what was taken and not sent. */
export async function releaseNotifications(tx: Transaction, claimed: readonly ClaimedNotification[]): Promise<void> {
  if (claimed.length === 0) return;
  await sql`
    UPDATE notifications SET fence_until = NULL
      FROM (SELECT column1 AS id, column2 AS fence FROM (VALUES ${sql.join(
        claimed.map(({ id, fence }) => sql`(CAST(${id} AS BIGINT), CAST(${fence} AS BIGINT))`),
      )}) AS listed) AS mine
     WHERE notifications.id = mine.id AND notifications.fence = mine.fence`.execute(tx.db);
}

export interface RecordedAttempt {
  readonly notification: ClaimedNotification;
  readonly state: "PENDING" | "DELIVERED" | "FAILED";
  readonly nextAttemptAt: Date;
  readonly outcome: string;
  readonly httpStatus: number | undefined;
  readonly error: string | undefined;
  readonly durationMs: number;
  readonly attemptedAt: Date;
}

/**
 * Writes the delivery log and what follows from it. An attempt whose notification another worker has taken over meanwhile
 * leaves no trace: the other one's counts. Answers the ids of those recorded.
 */
export async function recordAttempts(tx: Transaction, attempts: readonly RecordedAttempt[]): Promise<Set<bigint>> {
  if (attempts.length === 0) return new Set();
  const values = attempts.map(
    ({ notification: { id, fence }, state, nextAttemptAt }) =>
      sql`(CAST(${id} AS BIGINT), CAST(${fence} AS BIGINT), CAST(${state} AS TEXT), CAST(${nextAttemptAt.toISOString()} AS TEXT))`,
  );
  const { rows } = await sql<{ id: bigint }>`
    UPDATE notifications
       SET state = made.state, attempts = notifications.attempts + 1, next_attempt_at = made.next_attempt_at, fence_until = NULL
      FROM (SELECT column1 AS id, column2 AS fence, column3 AS state, column4 AS next_attempt_at
              FROM (VALUES ${sql.join(values)}) AS listed) AS made
     WHERE notifications.id = made.id AND notifications.fence = made.fence AND notifications.state = 'PENDING'
    RETURNING notifications.id`.execute(tx.db);
  const recorded = new Set(rows.map(({ id }) => id));
  const logged = attempts.filter(({ notification }) => recorded.has(notification.id));
  const firstId = await tx.reserveIds("delivery_attempts", logged.length);
  await tx.insertMany(
    "delivery_attempts",
    ["id", "notification_id", "attempt", "outcome", "http_status", "error", "duration_ms", "attempted_at"],
    logged.map((attempt, index): Value[] => [
      firstId + BigInt(index),
      attempt.notification.id,
      BigInt(attempt.notification.attempts + 1),
      attempt.outcome,
      attempt.httpStatus === undefined ? null : BigInt(attempt.httpStatus),
      attempt.error ?? null,
      BigInt(attempt.durationMs),
      attempt.attemptedAt.toISOString(),
    ]),
  );
  return recorded;
}
