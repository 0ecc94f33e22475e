/** Tables of the marketplace's side: tenants, sellers, orders, card transactions and the operations on them. */
import type { Migration } from "./migration.ts";

export const marketplacesAndOrders: Migration = {
  version: 1,
  name: "marketplaces-and-orders",
  statements: ({ int, strict }) => [
    `CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, next ${int} NOT NULL CHECK (next > 0))${strict}`,
    `CREATE TABLE marketplaces (
       id ${int} PRIMARY KEY, ref TEXT NOT NULL UNIQUE, name TEXT NOT NULL, currency TEXT NOT NULL, zone TEXT NOT NULL,
       debtor_name TEXT NOT NULL, debtor_iban TEXT NOT NULL, debtor_bic TEXT,
       bank TEXT NOT NULL, bank_profile TEXT NOT NULL, gateway TEXT NOT NULL,
       integration_mode TEXT NOT NULL CHECK (integration_mode IN ('MULTI_CAPTURE', 'MULTI_AUTHORISATION', 'PAYMENT_AND_REFUND')),
       capture_policy TEXT NOT NULL, settlement_policy TEXT NOT NULL, fee_rules TEXT NOT NULL,
       blocked_reason TEXT, content_hash TEXT NOT NULL, created_at TEXT NOT NULL)${strict}`,
    `CREATE TABLE sellers (
       id ${int} PRIMARY KEY, marketplace_id ${int} NOT NULL REFERENCES marketplaces (id), ref TEXT NOT NULL,
       legal_name TEXT NOT NULL, account_holder TEXT NOT NULL, iban TEXT, bic TEXT, address TEXT,
       onboarding TEXT NOT NULL CHECK (onboarding IN ('CREATED', 'AWAITING_SUBMISSION', 'PENDING_VALIDATION', 'VALIDATED', 'REFUSED')),
       account_changed_at TEXT NOT NULL, content_hash TEXT NOT NULL, created_at TEXT NOT NULL,
       UNIQUE (marketplace_id, ref))${strict}`,
    `CREATE TABLE orders (
       id ${int} PRIMARY KEY, marketplace_id ${int} NOT NULL REFERENCES marketplaces (id), ref TEXT NOT NULL,
       amount ${int} NOT NULL CHECK (amount >= 0 AND amount <= 1000000000000000), currency TEXT NOT NULL,
       state TEXT NOT NULL CHECK (state IN ('CREATED', 'PENDING', 'SUCCEEDED', 'FAILED', 'CANCELLED', 'ABANDONED')),
       order_cycle TEXT NOT NULL CHECK (order_cycle IN ('OPEN', 'CLOSED')),
       order_status TEXT NOT NULL CHECK (order_status IN ('PAID', 'RUNNING', 'UNPAID', 'ABANDONED')),
       content_hash TEXT NOT NULL, created_at TEXT NOT NULL,
       UNIQUE (marketplace_id, ref))${strict}`,
    `CREATE TABLE items (
       id ${int} PRIMARY KEY, order_id ${int} NOT NULL REFERENCES orders (id), seller_id ${int} NOT NULL REFERENCES sellers (id),
       position ${int} NOT NULL, ref TEXT NOT NULL, name TEXT NOT NULL, category TEXT,
       quantity ${int} NOT NULL CHECK (quantity > 0),
       amount ${int} NOT NULL CHECK (amount >= 0 AND amount <= 1000000000000000),
       commission ${int} CHECK (commission >= 0), held_reason TEXT,
       UNIQUE (order_id, position))${strict}`,
    `CREATE TABLE tokens (
       id ${int} PRIMARY KEY, marketplace_id ${int} NOT NULL REFERENCES marketplaces (id), ref TEXT NOT NULL,
       state TEXT NOT NULL CHECK (state IN ('CREATED', 'PENDING', 'SUCCEEDED', 'FAILED', 'CANCELLED', 'ABANDONED')),
       gateway_token TEXT, content_hash TEXT NOT NULL, created_at TEXT NOT NULL,
       UNIQUE (marketplace_id, ref))${strict}`,
    `CREATE TABLE transactions (
       id ${int} PRIMARY KEY, marketplace_id ${int} NOT NULL REFERENCES marketplaces (id),
       order_id ${int} NOT NULL REFERENCES orders (id), seller_id ${int} REFERENCES sellers (id), ref TEXT NOT NULL,
       token_id ${int} REFERENCES tokens (id), gateway_ref TEXT, currency TEXT NOT NULL,
       amount ${int} NOT NULL CHECK (amount > 0 AND amount <= 1000000000000000),
       authorised ${int} NOT NULL CHECK (authorised >= 0), captured ${int} NOT NULL CHECK (captured >= 0),
       cancelled ${int} NOT NULL CHECK (cancelled >= 0), refunded ${int} NOT NULL CHECK (refunded >= 0),
       status TEXT NOT NULL CHECK (status IN ('PAID', 'RUNNING', 'UNPAID', 'ABANDONED')), detailed_status TEXT NOT NULL,
       capture_on TEXT NOT NULL, authorised_at TEXT, honour_until TEXT, expires_at TEXT, warned_at TEXT, captured_at TEXT,
       fence ${int} NOT NULL DEFAULT 0, content_hash TEXT NOT NULL, created_at TEXT NOT NULL,
       UNIQUE (marketplace_id, ref),
       CHECK (captured + cancelled <= authorised), CHECK (refunded <= captured))${strict}`,
    "CREATE INDEX transactions_by_order ON transactions (order_id)",
    `CREATE INDEX transactions_open ON transactions (detailed_status, capture_on)
       WHERE detailed_status IN ('AUTHORISED', 'AUTHORISED_TO_VALIDATE', 'WAITING_AUTHORISATION',
                                 'WAITING_AUTHORISATION_TO_VALIDATE', 'UNDER_VERIFICATION', 'WAITING_FOR_PAYMENT', 'PENDING')`,
    `CREATE TABLE operations (
       id ${int} PRIMARY KEY, marketplace_id ${int} NOT NULL REFERENCES marketplaces (id),
       kind TEXT NOT NULL CHECK (kind IN ('CAPTURE', 'CANCELLATION', 'REFUND')), ref TEXT NOT NULL,
       transaction_id ${int} NOT NULL REFERENCES transactions (id), seller_id ${int} REFERENCES sellers (id),
       amount ${int} NOT NULL CHECK (amount > 0 AND amount <= 1000000000000000), currency TEXT NOT NULL,
       fee ${int} CHECK (fee >= 0), state TEXT NOT NULL CHECK (state IN ('CREATED', 'REQUESTED', 'SUCCEEDED', 'FAILED', 'UNKNOWN', 'CANCELLED')),
       business_date TEXT NOT NULL, gateway_ref TEXT, failure TEXT, fence ${int} NOT NULL DEFAULT 0,
       done_at TEXT, booked ${int} NOT NULL DEFAULT 0 CHECK (booked IN (0, 1)), content_hash TEXT NOT NULL, created_at TEXT NOT NULL,
       UNIQUE (marketplace_id, kind, ref))${strict}`,
    "CREATE INDEX operations_by_transaction ON operations (transaction_id)",
    "CREATE INDEX operations_unfinished ON operations (state, id) WHERE state IN ('CREATED', 'REQUESTED', 'UNKNOWN')",
    "CREATE INDEX operations_unbooked ON operations (marketplace_id, id) WHERE booked = 0 AND state = 'SUCCEEDED'",
  ],
};
