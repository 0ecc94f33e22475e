/** Tables of the exchange with banks and marketplaces: files out and in, entries, exceptions, notifications, runs. */
import type { Migration } from "./migration.ts";

export const exchangeTables: Migration = {
  version: 3,
  name: "exchange",
  statements: ({ int, text, blob, strict }) => [
    `CREATE TABLE transfer_files (
       id ${int} PRIMARY KEY, marketplace_id ${int} NOT NULL REFERENCES marketplaces (id), bank ${text} NOT NULL, bank_profile ${text} NOT NULL,
       message_id ${text} NOT NULL UNIQUE, remote_name ${text} NOT NULL, currency ${text} NOT NULL,
       transfer_count ${int} NOT NULL CHECK (transfer_count > 0), transfer_sum ${int} NOT NULL CHECK (transfer_sum > 0),
       execution_date ${text} NOT NULL, business_date ${text} NOT NULL, bytes ${blob} NOT NULL, sha256 ${text} NOT NULL UNIQUE,
       state ${text} NOT NULL, made_by ${text} NOT NULL, made_at ${text} NOT NULL,
       decided_by ${text}, decided_at ${text}, decision_reason ${text}, not_before ${text},
       fence ${int} NOT NULL DEFAULT 0, fence_owner ${text}, fence_until ${text},
       sent_at ${text}, answer_by ${text}, answered_at ${text}, bank_status ${text}, changed_at ${text} NOT NULL,
       UNIQUE (bank, remote_name))${strict}`,
    "CREATE INDEX transfer_files_open ON transfer_files (state) WHERE state NOT IN ('COMPLETED', 'REJECTED', 'REFUSED', 'CANCELLED')",
    `CREATE TABLE inbound_files (
       id ${int} PRIMARY KEY, bank ${text} NOT NULL, remote_name ${text} NOT NULL, sha256 ${text} NOT NULL, bytes ${blob} NOT NULL,
       kind ${text}, message_id ${text}, state ${text} NOT NULL CHECK (state IN ('RECEIVED', 'APPLIED', 'QUARANTINED', 'DUPLICATE')),
       duplicate_of ${int}, findings ${text}, received_at ${text} NOT NULL, applied_at ${text})${strict}`,
    "CREATE UNIQUE INDEX inbound_files_content ON inbound_files (bank, sha256) WHERE state <> 'DUPLICATE'",
    `CREATE TABLE bank_statements (
       id ${int} PRIMARY KEY, inbound_file_id ${int} NOT NULL REFERENCES inbound_files (id), kind ${text} NOT NULL,
       account ${text} NOT NULL, statement_ref ${text}, sequence ${text}, currency ${text},
       opening ${int}, closing ${int}, closing_date ${text}, entry_sum ${int} NOT NULL)${strict}`,
    `CREATE TABLE bank_entries (
       id ${int} PRIMARY KEY, statement_id ${int} NOT NULL REFERENCES bank_statements (id), marketplace_id ${int},
       identity ${text} NOT NULL UNIQUE, amount ${int} NOT NULL CHECK (amount >= 0), currency ${text} NOT NULL,
       direction ${text} NOT NULL CHECK (direction IN ('CRDT', 'DBIT')), booking_date ${text} NOT NULL, value_date ${text},
       kind ${text} NOT NULL, confirmed ${int} NOT NULL CHECK (confirmed IN (0, 1)), fact ${text} NOT NULL,
       state ${text} NOT NULL CHECK (state IN ('MATCHED', 'PARTLY_MATCHED', 'UNMATCHED', 'IGNORED')), state_reason ${text},
       booked ${int} NOT NULL DEFAULT 0 CHECK (booked IN (0, 1)))${strict}`,
    "CREATE INDEX bank_entries_open ON bank_entries (marketplace_id, state) WHERE state IN ('UNMATCHED', 'PARTLY_MATCHED')",
    `CREATE TABLE matches (
       id ${int} PRIMARY KEY, bank_entry_id ${int} NOT NULL REFERENCES bank_entries (id), transfer_id ${int},
       kind ${text} NOT NULL CHECK (kind IN ('EXECUTED', 'RETURNED', 'PAYIN', 'CHARGE')), rule ${text} NOT NULL,
       amount ${int} NOT NULL CHECK (amount > 0), matched_on ${text} NOT NULL,
       UNIQUE (bank_entry_id, transfer_id, kind))${strict}`,
    "CREATE UNIQUE INDEX matches_one_execution ON matches (transfer_id, kind) WHERE kind IN ('EXECUTED', 'RETURNED')",
    `CREATE TABLE exceptions (
       id ${int} PRIMARY KEY, marketplace_id ${int}, identity ${text} NOT NULL UNIQUE, reason ${text} NOT NULL,
       subject_kind ${text} NOT NULL, subject_ref ${text} NOT NULL, says ${text} NOT NULL, amount ${int}, currency ${text},
       state ${text} NOT NULL CHECK (state IN ('OPEN', 'ASSIGNED', 'RESOLVED')), owner ${text} NOT NULL,
       opened_on ${text} NOT NULL, resolved_by ${text}, resolution ${text}, changed_at ${text} NOT NULL)${strict}`,
    `CREATE TABLE endpoints (
       id ${int} PRIMARY KEY, marketplace_id ${int} NOT NULL REFERENCES marketplaces (id), ref ${text} NOT NULL, url ${text} NOT NULL,
       secrets ${text} NOT NULL, events ${text} NOT NULL, state ${text} NOT NULL CHECK (state IN ('ACTIVE', 'DISABLED')), failing_since ${text},
       content_hash ${text} NOT NULL, created_at ${text} NOT NULL,
       UNIQUE (marketplace_id, ref))${strict}`,
    `CREATE TABLE status_changes (
       id ${int} PRIMARY KEY, marketplace_id ${int} NOT NULL, object_kind ${text} NOT NULL, object_ref ${text} NOT NULL,
       sequence ${int} NOT NULL CHECK (sequence > 0), status ${text} NOT NULL, detail ${text}, changed_at ${text} NOT NULL,
       UNIQUE (marketplace_id, object_kind, object_ref, sequence))${strict}`,
    `CREATE TABLE notifications (
       id ${int} PRIMARY KEY, endpoint_id ${int} NOT NULL REFERENCES endpoints (id), status_change_id ${int} NOT NULL REFERENCES status_changes (id),
       ref ${text} NOT NULL UNIQUE, state ${text} NOT NULL CHECK (state IN ('PENDING', 'DELIVERED', 'FAILED')),
       attempts ${int} NOT NULL DEFAULT 0, next_attempt_at ${text} NOT NULL, fence ${int} NOT NULL DEFAULT 0, fence_until ${text},
       UNIQUE (endpoint_id, status_change_id))${strict}`,
    "CREATE INDEX notifications_due ON notifications (endpoint_id, next_attempt_at) WHERE state = 'PENDING'",
    `CREATE TABLE delivery_attempts (
       id ${int} PRIMARY KEY, notification_id ${int} NOT NULL REFERENCES notifications (id), attempt ${int} NOT NULL,
       outcome ${text} NOT NULL, http_status ${int}, error ${text}, duration_ms ${int} NOT NULL, attempted_at ${text} NOT NULL,
       UNIQUE (notification_id, attempt))${strict}`,
    `CREATE TABLE job_runs (
       id ${int} PRIMARY KEY, job ${text} NOT NULL, business_date ${text} NOT NULL, slot ${text} NOT NULL,
       state ${text} NOT NULL CHECK (state IN ('RUNNING', 'SUCCEEDED', 'FAILED')), actor ${text} NOT NULL,
       started_at ${text} NOT NULL, finished_at ${text}, duration_ms ${int}, counts ${text}, findings ${text})${strict}`,
    "CREATE INDEX job_runs_by_job ON job_runs (job, business_date)",
    `CREATE TABLE due_slots (
       id ${int} PRIMARY KEY, job ${text} NOT NULL, business_date ${text} NOT NULL, slot ${text} NOT NULL, due_at ${text} NOT NULL,
       state ${text} NOT NULL CHECK (state IN ('DUE', 'RUNNING', 'DONE', 'FAILED')), enqueued ${int} NOT NULL DEFAULT 0,
       fence ${int} NOT NULL DEFAULT 0, fence_until ${text}, finished_at ${text}, error ${text},
       UNIQUE (job, business_date, slot))${strict}`,
    "CREATE INDEX due_slots_open ON due_slots (due_at) WHERE state IN ('DUE', 'RUNNING')",
    `CREATE TABLE audit_log (
       id ${int} PRIMARY KEY, at ${text} NOT NULL, actor ${text} NOT NULL, action ${text} NOT NULL, subject ${text} NOT NULL, detail ${text})${strict}`,
    `CREATE TABLE api_keys (
       id ${text} PRIMARY KEY, marketplace_id ${int} NOT NULL REFERENCES marketplaces (id), secret_sha256 ${text} NOT NULL,
       role ${text} NOT NULL, created_at ${text} NOT NULL, revoked_at ${text})${strict}`,
  ],
};
