/** Rows of what is told and recorded: notifications, runs of jobs, due slots, the audit log, keys. */
import type { Generated } from "kysely";

export interface EndpointRow {
  id: bigint;
  marketplace_id: bigint;
  ref: string;
  url: string;
  secrets: string;
  events: string;
  state: "ACTIVE" | "DISABLED";
  failing_since: string | null;
  content_hash: string;
  created_at: string;
}

export interface StatusChangeRow {
  id: bigint;
  marketplace_id: bigint;
  object_kind: string;
  object_ref: string;
  sequence: bigint;
  status: string;
  detail: string | null;
  changed_at: string;
}

export interface NotificationRow {
  id: bigint;
  endpoint_id: bigint;
  status_change_id: bigint;
  ref: string;
  state: "PENDING" | "DELIVERED" | "FAILED";
  attempts: Generated<bigint>;
  next_attempt_at: string;
  fence: Generated<bigint>;
  fence_until: string | null;
}

export interface DeliveryAttemptRow {
  id: bigint;
  notification_id: bigint;
  attempt: bigint;
  outcome: string;
  http_status: bigint | null;
  error: string | null;
  duration_ms: bigint;
  attempted_at: string;
}

export interface JobRunRow {
  id: bigint;
  job: string;
  business_date: string;
  slot: string;
  state: "RUNNING" | "SUCCEEDED" | "FAILED";
  actor: string;
  started_at: string;
  finished_at: string | null;
  duration_ms: bigint | null;
  counts: string | null;
  findings: string | null;
}

export interface DueSlotRow {
  id: bigint;
  job: string;
  business_date: string;
  slot: string;
  due_at: string;
  state: "DUE" | "RUNNING" | "DONE" | "FAILED";
  enqueued: Generated<bigint>;
  fence: Generated<bigint>;
  fence_until: string | null;
  finished_at: string | null;
  error: string | null;
}

export interface AuditLogRow {
  id: bigint;
  at: string;
  actor: string;
  action: string;
  subject: string;
  detail: string | null;
}

export interface ApiKeyRow {
  id: string;
  marketplace_id: bigint;
  secret_sha256: string;
  role: string;
  created_at: string;
  revoked_at: string | null;
}
