/** Tables and columns of the agreements: fees by tier, reserves, debts, cashouts, chargebacks, declared fees, onboarding documents. */
import { knownParents, reference } from "./known-parents.ts";
import type { Dialect, Migration } from "./migration.ts";

export const policiesAndOperations: Migration = {
  version: 4,
  name: "policies-and-operations",
  statements: (dialect) => {
    const { int, text } = dialect;
    return [
      `ALTER TABLE transactions ADD COLUMN payment_method ${text}`,
      `ALTER TABLE sellers ADD COLUMN settlement_policy ${text}`,
      `ALTER TABLE sellers ADD COLUMN held_by ${text}`,
      `ALTER TABLE sellers ADD COLUMN held_why ${text}`,
      `ALTER TABLE sellers ADD COLUMN held_at ${text}`,
      `ALTER TABLE settlement_lines ADD COLUMN reserve ${int} NOT NULL DEFAULT 0`,
      `ALTER TABLE settlement_lines ADD COLUMN rest ${int} NOT NULL DEFAULT 0`,
      ...operationsWithChargebacks(dialect),
      ...payablesOfEveryKind(dialect),
      ...newTables(dialect),
    ];
  },
};

/** A CHECK cannot be changed in place in both databases: the table is made again and its rows are moved. */
function operationsWithChargebacks(dialect: Dialect): string[] {
  const { int, text, strict } = dialect;
  const columns = `id, marketplace_id, kind, ref, transaction_id, seller_id, amount, currency, fee, state, business_date,
    gateway_ref, failure, fence, done_at, booked, content_hash, created_at`;
  return [
    `CREATE TABLE operations_new (
       id ${int} PRIMARY KEY, marketplace_id ${int} NOT NULL${reference(dialect, "marketplaces")},
       kind ${text} NOT NULL CHECK (kind IN ('CAPTURE', 'CANCELLATION', 'REFUND', 'CHARGEBACK')), ref ${text} NOT NULL,
       transaction_id ${int} NOT NULL${reference(dialect, "transactions")}, seller_id ${int} REFERENCES sellers (id),
       amount ${int} NOT NULL CHECK (amount > 0 AND amount <= 1000000000000000), currency ${text} NOT NULL,
       fee ${int} CHECK (fee >= 0), charge ${int} CHECK (charge > 0 AND charge <= 1000000000000000), reason ${text},
       state ${text} NOT NULL CHECK (state IN ('CREATED', 'REQUESTED', 'SUCCEEDED', 'FAILED', 'UNKNOWN', 'CANCELLED')),
       business_date ${text} NOT NULL, gateway_ref ${text}, failure ${text}, fence ${int} NOT NULL DEFAULT 0, fence_until ${text},
       done_at ${text}, booked ${int} NOT NULL DEFAULT 0 CHECK (booked IN (0, 1)), content_hash ${text} NOT NULL, created_at ${text} NOT NULL,
       UNIQUE (marketplace_id, kind, ref))${strict}`,
    `INSERT INTO operations_new (${columns}) SELECT ${columns} FROM operations`,
    "DROP TABLE operations",
    "ALTER TABLE operations_new RENAME TO operations",
    "CREATE INDEX operations_by_transaction ON operations (transaction_id)",
    "CREATE INDEX operations_unfinished ON operations (state, id) WHERE state IN ('CREATED', 'REQUESTED', 'UNKNOWN')",
    "CREATE INDEX operations_unbooked ON operations (marketplace_id, id) WHERE booked = 0 AND state = 'SUCCEEDED'",
    ...knownParents(dialect, "operations", { marketplace_id: "marketplaces", transaction_id: "transactions" }),
  ];
}

function payablesOfEveryKind(dialect: Dialect): string[] {
  const { int, text, strict } = dialect;
  const columns = `id, marketplace_id, seller_id, kind, order_id, item_id, operation_id, currency, gross, fee, net,
    available_on, matured_on, settled, held_reason, transfer_id`;
  return [
    `CREATE TABLE payables_new (
       id ${int} PRIMARY KEY, marketplace_id ${int} NOT NULL, seller_id ${int} NOT NULL${reference(dialect, "sellers")},
       kind ${text} NOT NULL CHECK (kind IN ('SALE', 'REFUND', 'CHARGEBACK', 'CASHIN', 'OPERATOR_FEE', 'CHARGE',
         'RESERVE', 'RESERVE_RELEASE', 'REST', 'FEE_INCOME')),
       order_id ${int}, item_id ${int}, operation_id ${int}, currency ${text} NOT NULL,
       gross ${int} NOT NULL, fee ${int} NOT NULL, fee_vat ${int} NOT NULL DEFAULT 0, net ${int} NOT NULL,
       available_on ${text} NOT NULL, matured_on ${text}, settled ${int} NOT NULL DEFAULT 0 CHECK (settled IN (0, 1)),
       held_reason ${text}, transfer_id ${int},
       CHECK (net = gross - fee))${strict}`,
    `INSERT INTO payables_new (${columns}) SELECT ${columns} FROM payables`,
    "DROP TABLE payables",
    "ALTER TABLE payables_new RENAME TO payables",
    // Two small indexes cost less than one over all lines: a line moves from the first to the second when it is settled.
    "CREATE INDEX payables_open ON payables (seller_id) WHERE transfer_id IS NULL",
    "CREATE INDEX payables_by_transfer ON payables (transfer_id) WHERE transfer_id IS NOT NULL",
    "CREATE INDEX payables_by_order ON payables (order_id)",
    ...knownParents(dialect, "payables", { seller_id: "sellers" }),
  ];
}

function newTables({ int, text, strict }: Dialect): string[] {
  const head = `id ${int} PRIMARY KEY, marketplace_id ${int} NOT NULL REFERENCES marketplaces (id)`;
  const seller = `seller_id ${int} NOT NULL REFERENCES sellers (id)`;
  const amount = `amount ${int} NOT NULL CHECK (amount > 0 AND amount <= 1000000000000000), currency ${text} NOT NULL`;
  const imported = `content_hash ${text} NOT NULL, created_at ${text} NOT NULL, UNIQUE (marketplace_id, ref)`;
  return [
    `CREATE TABLE operator_fees (
       ${head}, ${seller}, ref ${text} NOT NULL, ${amount}, vat ${int} NOT NULL CHECK (vat >= 0 AND vat <= amount),
       says ${text}, business_date ${text} NOT NULL, booked ${int} NOT NULL DEFAULT 0 CHECK (booked IN (0, 1)),
       ${imported})${strict}`,
    `CREATE TABLE cashouts (
       ${head}, ${seller}, ref ${text} NOT NULL, ${amount}, business_date ${text} NOT NULL, transfer_id ${int} NOT NULL UNIQUE,
       ${imported})${strict}`,
    `CREATE TABLE seller_volumes (
       marketplace_id ${int} NOT NULL, ${seller}, currency ${text} NOT NULL, month ${text} NOT NULL,
       gross ${int} NOT NULL CHECK (gross >= 0), PRIMARY KEY (seller_id, currency, month))${strict}`,
    `INSERT INTO seller_volumes (marketplace_id, seller_id, currency, month, gross)
     SELECT payables.marketplace_id, payables.seller_id, payables.currency, substr(operations.business_date, 1, 7),
            CAST(sum(payables.gross) AS BIGINT)
       FROM payables JOIN operations ON operations.id = payables.operation_id
      WHERE payables.kind = 'SALE' GROUP BY 1, 2, 3, 4`,
    `CREATE TABLE seller_debts (
       marketplace_id ${int} NOT NULL, ${seller}, currency ${text} NOT NULL, amount ${int} NOT NULL CHECK (amount > 0),
       since ${text} NOT NULL, PRIMARY KEY (seller_id, currency))${strict}`,
    `CREATE TABLE documents (
       ${head}, seller_id ${int} REFERENCES sellers (id), ref ${text} NOT NULL, type ${text} NOT NULL,
       state ${text} NOT NULL CHECK (state IN ('SUBMITTED', 'VALIDATED', 'REJECTED', 'EXPIRED')),
       expires_on ${text}, sha256 ${text}, decided_by ${text}, decided_at ${text}, reason ${text},
       ${imported})${strict}`,
    "CREATE INDEX documents_by_seller ON documents (seller_id)",
    "CREATE INDEX transfers_by_day ON transfers (marketplace_id, business_date)",
  ];
}
