/** Tables of the exchange with banks and marketplaces: files out and in, entries, exceptions, notifications, runs. */
import type { Migration } from "./migration.ts";

export const exchangeTables: Migration = {
  version: 3,
  name: "exchange",
  statements: ({ int, blob, strict }) => [
    `CREATE TABLE transfer_files (
       id ${int} PRIMARY KEY, marketplace_id ${int} NOT NULL REFERENCES marketplaces (id), bank TEXT NOT NULL, bank_profile TEXT NOT NULL,
       message_id TEXT NOT NULL UNIQUE, remote_name TEXT NOT NULL, currency TEXT NOT NULL,
       transfer_count ${int} NOT NULL CHECK (transfer_count > 0), transfer_sum ${int} NOT NULL CHECK (transfer_sum > 0),
       execution_date TEXT NOT NULL, business_date TEXT NOT NULL, bytes ${blob} NOT NULL, sha256 TEXT NOT NULL UNIQUE,
       state TEXT NOT NULL, made_by TEXT NOT NULL, made_at TEXT NOT NULL,
       decided_by TEXT, decided_at TEXT, decision_reason TEXT, not_before TEXT,
       fence ${int} NOT NULL DEFAULT 0, fence_owner TEXT, fence_until TEXT,
       sent_at TEXT, answer_by TEXT, answered_at TEXT, bank_status TEXT, changed_at TEXT NOT NULL,
       UNIQUE (bank, remote_name))${strict}`,
    "CREATE INDEX transfer_files_open ON transfer_files (state) WHERE state NOT IN ('COMPLETED', 'REJECTED', 'REFUSED', 'CANCELLED')",
    `CREATE TABLE inbound_files (
       id ${int} PRIMARY KEY, bank TEXT NOT NULL, remote_name TEXT NOT NULL, sha256 TEXT NOT NULL, bytes ${blob} NOT NULL,
       kind TEXT, message_id TEXT, state TEXT NOT NULL CHECK (state IN ('RECEIVED', 'APPLIED', 'QUARANTINED', 'DUPLICATE')),
       duplicate_of ${int}, findings TEXT, received_at TEXT NOT NULL, applied_at TEXT)${strict}`,
    "CREATE UNIQUE INDEX inbound_files_content ON inbound_files (bank, sha256) WHERE state <> 'DUPLICATE'",
    `CREATE TABLE bank_statements (
       id ${int} PRIMARY KEY, inbound_file_id ${int} NOT NULL REFERENCES inbound_files (id), kind TEXT NOT NULL,
       account TEXT NOT NULL, statement_ref TEXT, sequence TEXT, currency TEXT,
       opening ${int}, closing ${int}, closing_date TEXT, entry_sum ${int} NOT NULL)${strict}`,
    `CREATE TABLE bank_entries (
       id ${int} PRIMARY KEY, statement_id ${int} NOT NULL REFERENCES bank_statements (id), marketplace_id ${int},
       identity TEXT NOT NULL UNIQUE, amount ${int} NOT NULL CHECK (amount >= 0), currency TEXT NOT NULL,
       direction TEXT NOT NULL CHECK (direction IN ('CRDT', 'DBIT')), booking_date TEXT NOT NULL, value_date TEXT,
       kind TEXT NOT NULL, confirmed ${int} NOT NULL CHECK (confirmed IN (0, 1)), fact TEXT NOT NULL,
       state TEXT NOT NULL CHECK (state IN ('MATCHED', 'PARTLY_MATCHED', 'UNMATCHED', 'IGNORED')), state_reason TEXT,
       booked ${int} NOT NULL DEFAULT 0 CHECK (booked IN (0, 1)))${strict}`,
    "CREATE INDEX bank_entries_open ON bank_entries (marketplace_id, state) WHERE state IN ('UNMATCHED', 'PARTLY_MATCHED')",
    `CREATE TABLE matches (
       id ${int} PRIMARY KEY, bank_entry_id ${int} NOT NULL REFERENCES bank_entries (id), transfer_id ${int},
       kind TEXT NOT NULL CHECK (kind IN ('EXECUTED', 'RETURNED', 'PAYIN', 'CHARGE')), rule TEXT NOT NULL,
       amount ${int} NOT NULL CHECK (amount > 0), matched_on TEXT NOT NULL,
       UNIQUE (bank_entry_id, transfer_id, kind))${strict}`,
    "CREATE UNIQUE INDEX matches_one_execution ON matches (transfer_id, kind) WHERE kind IN ('EXECUTED', 'RETURNED')",
    `CREATE TABLE exceptions (
       id ${int} PRIMARY KEY, marketplace_id ${int}, identity TEXT NOT NULL UNIQUE, reason TEXT NOT NULL,
       subject_kind TEXT NOT NULL, subject_ref TEXT NOT NULL, says TEXT NOT NULL, amount ${int}, currency TEXT,
       state TEXT NOT NULL CHECK (state IN ('OPEN', 'ASSIGNED', 'RESOLVED')), owner TEXT NOT NULL,
       opened_on TEXT NOT NULL, resolved_by TEXT, resolution TEXT, changed_at TEXT NOT NULL)${strict}`,
    `CREATE TABLE endpoints (
       id ${int} PRIMARY KEY, marketplace_id ${int} NOT NULL REFERENCES marketplaces (id), ref TEXT NOT NULL, url TEXT NOT NULL,
       secrets TEXT NOT NULL, events TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('ACTIVE', 'DISABLED')), failing_since TEXT,
       content_hash TEXT NOT NULL, created_at TEXT NOT NULL,
       UNIQUE (marketplace_id, ref))${strict}`,
    `CREATE TABLE status_changes (
       id ${int} PRIMARY KEY, marketplace_id ${int} NOT NULL, object_kind TEXT NOT NULL, object_ref TEXT NOT NULL,
       sequence ${int} NOT NULL CHECK (sequence > 0), status TEXT NOT NULL, detail TEXT, changed_at TEXT NOT NULL,
       UNIQUE (marketplace_id, object_kind, object_ref, sequence))${strict}`,
    `CREATE TABLE notifications (
       id ${int} PRIMARY KEY, endpoint_id ${int} NOT NULL REFERENCES endpoints (id), status_change_id ${int} NOT NULL REFERENCES status_changes (id),
       ref TEXT NOT NULL UNIQUE, state TEXT NOT NULL CHECK (state IN ('PENDING', 'DELIVERED', 'FAILED')),
       attempts ${int} NOT NULL DEFAULT 0, next_attempt_at TEXT NOT NULL, fence ${int} NOT NULL DEFAULT 0, fence_until TEXT,
       UNIQUE (endpoint_id, status_change_id))${strict}`,
    "CREATE INDEX notifications_due ON notifications (endpoint_id, next_attempt_at) WHERE state = 'PENDING'",
    `CREATE TABLE delivery_attempts (
       id ${int} PRIMARY KEY, notification_id ${int} NOT NULL REFERENCES notifications (id), attempt ${int} NOT NULL,
       outcome TEXT NOT NULL, http_status ${int}, error TEXT, duration_ms ${int} NOT NULL, attempted_at TEXT NOT NULL,
       UNIQUE (notification_id, attempt))${strict}`,
    `CREATE TABLE job_runs (
       id ${int} PRIMARY KEY, job TEXT NOT NULL, business_date TEXT NOT NULL, slot TEXT NOT NULL,
       state TEXT NOT NULL CHECK (state IN ('RUNNING', 'SUCCEEDED', 'FAILED')), actor TEXT NOT NULL,
       started_at TEXT NOT NULL, finished_at TEXT, duration_ms ${int}, counts TEXT, findings TEXT)${strict}`,
    "CREATE INDEX job_runs_by_job ON job_runs (job, business_date)",
    `CREATE TABLE due_slots (
       id ${int} PRIMARY KEY, job TEXT NOT NULL, business_date TEXT NOT NULL, slot TEXT NOT NULL, due_at TEXT NOT NULL,
       state TEXT NOT NULL CHECK (state IN ('DUE', 'RUNNING', 'DONE', 'FAILED')), enqueued ${int} NOT NULL DEFAULT 0,
       fence ${int} NOT NULL DEFAULT 0, fence_until TEXT, finished_at TEXT, error TEXT,
       UNIQUE (job, business_date, slot))${strict}`,
    "CREATE INDEX due_slots_open ON due_slots (due_at) WHERE state IN ('DUE', 'RUNNING')",
    `CREATE TABLE audit_log (
       id ${int} PRIMARY KEY, at TEXT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT)${strict}`,
    `CREATE TABLE api_keys (
       id TEXT PRIMARY KEY, marketplace_id ${int} NOT NULL REFERENCES marketplaces (id), secret_sha256 TEXT NOT NULL,
       role TEXT NOT NULL, created_at TEXT NOT NULL, revoked_at TEXT)${strict}`,
  ],
};
