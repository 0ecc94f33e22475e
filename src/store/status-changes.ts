/** Records what changed, numbered without gaps per object, and in the same transaction what each endpoint must be told of it. */
import type { EndpointRow } from "./rows/telling-rows.ts";
import type { Transaction, Value } from "./store.ts";

export const OBJECT_KINDS = [
  "order",
  "transaction",
  "capture",
  "cancellation",
  "refund",
  "seller",
  "document",
  "transfer",
  "settlement",
] as const;
export type ObjectKind = (typeof OBJECT_KINDS)[number];

export interface StatusChange {
  readonly kind: ObjectKind;
  /** The id the marketplace knows the object by. */
  readonly ref: string;
  readonly status: string;
  /** A code or reason, where the status has one. */
  readonly detail?: string;
}

const AT_ONCE = 500;

/** Changes of one object must come in the order in which they happened. */
export async function recordStatusChanges(
  tx: Transaction,
  marketplaceId: bigint,
  changes: readonly StatusChange[],
  now: Date,
): Promise<void> {
  if (changes.length === 0) return;
  const last = await lastSequences(tx, marketplaceId, changes);
  const firstId = await tx.reserveIds("status_changes", changes.length);
  const at = now.toISOString();
  const rows = changes.map((change, index): Value[] => {
    const key = `${change.kind}/${change.ref}`;
    const sequence = (last.get(key) ?? 0n) + 1n;
    last.set(key, sequence);
    return [
      firstId + BigInt(index),
      marketplaceId,
      change.kind,
      change.ref,
      sequence,
      change.status,
      change.detail ?? null,
      at,
    ];
  });
  await tx.insertMany(
    "status_changes",
    ["id", "marketplace_id", "object_kind", "object_ref", "sequence", "status", "detail", "changed_at"],
    rows,
  );
  await queueNotifications(tx, marketplaceId, changes, firstId, at);
}

async function lastSequences(
  tx: Transaction,
  marketplaceId: bigint,
  changes: readonly StatusChange[],
): Promise<Map<string, bigint>> {
  const last = new Map<string, bigint>();
  for (const kind of new Set(changes.map((change) => change.kind))) {
    const refs = [...new Set(changes.filter((change) => change.kind === kind).map((change) => change.ref))];
    for (let start = 0; start < refs.length; start += AT_ONCE) {
      const rows = await tx.db
        .selectFrom("status_changes")
        .select(({ fn }) => ["object_ref", fn.max("sequence").as("sequence")])
        .where("marketplace_id", "=", marketplaceId)
        .where("object_kind", "=", kind)
        .where("object_ref", "in", refs.slice(start, start + AT_ONCE))
        .groupBy("object_ref")
        .execute();
      for (const row of rows) last.set(`${kind}/${row.object_ref}`, row.sequence);
    }
  }
  return last;
}

async function queueNotifications(
  tx: Transaction,
  marketplaceId: bigint,
  changes: readonly StatusChange[],
  firstChangeId: bigint,
  at: string,
): Promise<void> {
  const endpoints = await tx.db
    .selectFrom("endpoints")
    .selectAll()
    .where("marketplace_id", "=", marketplaceId)
    .where("state", "=", "ACTIVE")
    .orderBy("id")
    .execute();
  const due = endpoints.flatMap((endpoint) =>
    changes.flatMap((change, index) =>
      isSubscribed(endpoint, change.kind) ? [{ endpoint, changeId: firstChangeId + BigInt(index) }] : [],
    ),
  );
  if (due.length === 0) return;
  const firstId = await tx.reserveIds("notifications", due.length);
  const rows = due.map(({ endpoint, changeId }, index): Value[] => [
    firstId + BigInt(index),
    endpoint.id,
    changeId,
    `msg_${endpoint.id}_${changeId}`,
    "PENDING",
    at,
  ]);
  await tx.insertMany(
    "notifications",
    ["id", "endpoint_id", "status_change_id", "ref", "state", "next_attempt_at"],
    rows,
  );
}

/** An endpoint lists the kinds of objects it wants to hear of, or `*` for all. */
export function isSubscribed(endpoint: Pick<EndpointRow, "events">, kind: ObjectKind): boolean {
  const events: unknown = JSON.parse(endpoint.events);
  return Array.isArray(events) && (events.includes("*") || events.includes(kind));
}
