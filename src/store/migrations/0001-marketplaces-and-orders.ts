/** Tables of the marketplace's side: tenants, sellers, orders, card transactions and the operations on them. */
import { knownParents, reference, staying } from "./known-parents.ts";
import type { Migration } from "./migration.ts";

export const marketplacesAndOrders: Migration = {
  version: 1,
  name: "marketplaces-and-orders",
  statements: (dialect) => {
    const { int, text, strict } = dialect;
    return [
      `CREATE TABLE IF NOT EXISTS counters (name ${text} PRIMARY KEY, next ${int} NOT NULL CHECK (next > 0))${strict}`,
      `CREATE TABLE marketplaces (
       id ${int} PRIMARY KEY, ref ${text} NOT NULL UNIQUE, name ${text} NOT NULL, currency ${text} NOT NULL, zone ${text} NOT NULL,
       debtor_name ${text} NOT NULL, debtor_iban ${text} NOT NULL, debtor_bic ${text},
       bank ${text} NOT NULL, bank_profile ${text} NOT NULL, gateway ${text} NOT NULL,
       integration_mode ${text} NOT NULL CHECK (integration_mode IN ('MULTI_CAPTURE', 'MULTI_AUTHORISATION', 'PAYMENT_AND_REFUND')),
       capture_policy ${text} NOT NULL, settlement_policy ${text} NOT NULL, fee_rules ${text} NOT NULL,
       blocked_reason ${text}, content_hash ${text} NOT NULL, created_at ${text} NOT NULL)${strict}`,
      `CREATE TABLE sellers (
       id ${int} PRIMARY KEY, marketplace_id ${int} NOT NULL REFERENCES marketplaces (id), ref ${text} NOT NULL,
       legal_name ${text} NOT NULL, account_holder ${text} NOT NULL, iban ${text}, bic ${text}, address ${text},
       onboarding ${text} NOT NULL CHECK (onboarding IN ('CREATED', 'AWAITING_SUBMISSION', 'PENDING_VALIDATION', 'VALIDATED', 'REFUSED')),
       account_changed_at ${text} NOT NULL, content_hash ${text} NOT NULL, created_at ${text} NOT NULL,
       UNIQUE (marketplace_id, ref))${strict}`,
      `CREATE TABLE orders (
       id ${int} PRIMARY KEY, marketplace_id ${int} NOT NULL${reference(dialect, "marketplaces")}, ref ${text} NOT NULL,
       amount ${int} NOT NULL CHECK (amount >= 0 AND amount <= 1000000000000000), currency ${text} NOT NULL,
       state ${text} NOT NULL CHECK (state IN ('CREATED', 'PENDING', 'SUCCEEDED', 'FAILED', 'CANCELLED', 'ABANDONED')),
       order_cycle ${text} NOT NULL CHECK (order_cycle IN ('OPEN', 'CLOSED')),
       order_status ${text} NOT NULL CHECK (order_status IN ('PAID', 'RUNNING', 'UNPAID', 'ABANDONED')),
       content_hash ${text} NOT NULL, created_at ${text} NOT NULL,
       UNIQUE (marketplace_id, ref))${strict}`,
      `CREATE TABLE items (
       id ${int} PRIMARY KEY, order_id ${int} NOT NULL${reference(dialect, "orders")}, seller_id ${int} NOT NULL${reference(dialect, "sellers")},
       position ${int} NOT NULL, ref ${text} NOT NULL, name ${text} NOT NULL, category ${text},
       quantity ${int} NOT NULL CHECK (quantity > 0),
       amount ${int} NOT NULL CHECK (amount >= 0 AND amount <= 1000000000000000),
       commission ${int} CHECK (commission >= 0), held_reason ${text},
       UNIQUE (order_id, position))${strict}`,
      `CREATE TABLE tokens (
       id ${int} PRIMARY KEY, marketplace_id ${int} NOT NULL REFERENCES marketplaces (id), ref ${text} NOT NULL,
       state ${text} NOT NULL CHECK (state IN ('CREATED', 'PENDING', 'SUCCEEDED', 'FAILED', 'CANCELLED', 'ABANDONED')),
       gateway_token ${text}, content_hash ${text} NOT NULL, created_at ${text} NOT NULL,
       UNIQUE (marketplace_id, ref))${strict}`,
      `CREATE TABLE transactions (
       id ${int} PRIMARY KEY, marketplace_id ${int} NOT NULL${reference(dialect, "marketplaces")},
       order_id ${int} NOT NULL${reference(dialect, "orders")}, seller_id ${int} REFERENCES sellers (id), ref ${text} NOT NULL,
       token_id ${int} REFERENCES tokens (id), gateway_ref ${text}, currency ${text} NOT NULL,
       amount ${int} NOT NULL CHECK (amount > 0 AND amount <= 1000000000000000),
       authorised ${int} NOT NULL CHECK (authorised >= 0), captured ${int} NOT NULL CHECK (captured >= 0),
       cancelled ${int} NOT NULL CHECK (cancelled >= 0), refunded ${int} NOT NULL CHECK (refunded >= 0),
       status ${text} NOT NULL CHECK (status IN ('PAID', 'RUNNING', 'UNPAID', 'ABANDONED')), detailed_status ${text} NOT NULL,
       capture_on ${text} NOT NULL, authorised_at ${text}, honour_until ${text}, expires_at ${text}, warned_at ${text}, captured_at ${text},
       fence ${int} NOT NULL DEFAULT 0, content_hash ${text} NOT NULL, created_at ${text} NOT NULL,
       UNIQUE (marketplace_id, ref),
       CHECK (captured + cancelled <= authorised), CHECK (refunded <= captured))${strict}`,
      "CREATE INDEX transactions_by_order ON transactions (order_id)",
      `CREATE INDEX transactions_open ON transactions (detailed_status, capture_on)
       WHERE detailed_status IN ('AUTHORISED', 'AUTHORISED_TO_VALIDATE', 'WAITING_AUTHORISATION',
                                 'WAITING_AUTHORISATION_TO_VALIDATE', 'UNDER_VERIFICATION', 'WAITING_FOR_PAYMENT', 'PENDING')`,
      `CREATE TABLE operations (
       id ${int} PRIMARY KEY, marketplace_id ${int} NOT NULL REFERENCES marketplaces (id),
       kind ${text} NOT NULL CHECK (kind IN ('CAPTURE', 'CANCELLATION', 'REFUND')), ref ${text} NOT NULL,
       transaction_id ${int} NOT NULL REFERENCES transactions (id), seller_id ${int} REFERENCES sellers (id),
       amount ${int} NOT NULL CHECK (amount > 0 AND amount <= 1000000000000000), currency ${text} NOT NULL,
       fee ${int} CHECK (fee >= 0), state ${text} NOT NULL CHECK (state IN ('CREATED', 'REQUESTED', 'SUCCEEDED', 'FAILED', 'UNKNOWN', 'CANCELLED')),
       business_date ${text} NOT NULL, gateway_ref ${text}, failure ${text}, fence ${int} NOT NULL DEFAULT 0,
       done_at ${text}, booked ${int} NOT NULL DEFAULT 0 CHECK (booked IN (0, 1)), content_hash ${text} NOT NULL, created_at ${text} NOT NULL,
       UNIQUE (marketplace_id, kind, ref))${strict}`,
      "CREATE INDEX operations_by_transaction ON operations (transaction_id)",
      "CREATE INDEX operations_unfinished ON operations (state, id) WHERE state IN ('CREATED', 'REQUESTED', 'UNKNOWN')",
      "CREATE INDEX operations_unbooked ON operations (marketplace_id, id) WHERE booked = 0 AND state = 'SUCCEEDED'",
      ...["marketplaces", "sellers", "orders", "transactions"].flatMap((table) => staying(dialect, table)),
      ...knownParents(dialect, "orders", { marketplace_id: "marketplaces" }),
      ...knownParents(dialect, "items", { order_id: "orders", seller_id: "sellers" }),
      ...knownParents(dialect, "transactions", { marketplace_id: "marketplaces", order_id: "orders" }),
    ];
  },
};
