/** Tables of the money itself: the journal, what is payable, settlements and transfers. */

import { appendOnly } from "./append-only.ts";
import { knownParents, reference, staying } from "./known-parents.ts";
import type { Migration } from "./migration.ts";

export const moneyTables: Migration = {
  version: 2,
  name: "money",
  statements: (dialect) => {
    const { int, text, strict } = dialect;
    return [
      `CREATE TABLE accounts (
         id ${int} PRIMARY KEY, marketplace_id ${int} NOT NULL REFERENCES marketplaces (id), seller_id ${int} NOT NULL,
         bucket ${text} NOT NULL CHECK (bucket IN ('PENDING', 'AVAILABLE', 'HELD', 'RESERVED', 'IN_TRANSIT', 'FEES',
           'ACQUIRER_RECEIVABLE', 'BANK', 'EXTERNAL_FUNDS', 'SUSPENSE', 'ACQUIRING_COSTS', 'BANK_CHARGES')),
         currency ${text} NOT NULL, balance ${int} NOT NULL,
         UNIQUE (marketplace_id, seller_id, bucket, currency))${strict}`,
      `CREATE TABLE postings (
         id ${int} PRIMARY KEY, marketplace_id ${int} NOT NULL, event ${text} NOT NULL,
         debit_account ${int} NOT NULL${reference(dialect, "accounts")}, credit_account ${int} NOT NULL${reference(dialect, "accounts")},
         amount ${int} NOT NULL CHECK (amount > 0 AND amount <= 1000000000000000),
         cause_kind ${text} NOT NULL, cause_id ${int} NOT NULL, business_date ${text} NOT NULL,
         CHECK (debit_account <> credit_account))${strict}`,
      ...appendOnly(dialect, "postings"),
      ...staying(dialect, "accounts"),
      ...knownParents(dialect, "postings", { debit_account: "accounts", credit_account: "accounts" }),
      `CREATE TABLE payables (
         id ${int} PRIMARY KEY, marketplace_id ${int} NOT NULL, seller_id ${int} NOT NULL REFERENCES sellers (id),
         kind ${text} NOT NULL CHECK (kind IN ('SALE', 'REFUND', 'CASHIN', 'OPERATOR_FEE', 'CHARGE')),
         order_id ${int}, item_id ${int}, operation_id ${int}, currency ${text} NOT NULL,
         gross ${int} NOT NULL, fee ${int} NOT NULL, net ${int} NOT NULL,
         available_on ${text} NOT NULL, matured_on ${text}, settled ${int} NOT NULL DEFAULT 0 CHECK (settled IN (0, 1)),
         held_reason ${text}, transfer_id ${int},
         CHECK (net = gross - fee))${strict}`,
      "CREATE INDEX payables_by_transfer ON payables (transfer_id, seller_id)",
      "CREATE INDEX payables_by_order ON payables (order_id)",
      `CREATE TABLE cashins (
         id ${int} PRIMARY KEY, marketplace_id ${int} NOT NULL REFERENCES marketplaces (id), seller_id ${int} NOT NULL REFERENCES sellers (id),
         ref ${text} NOT NULL, amount ${int} NOT NULL CHECK (amount > 0 AND amount <= 1000000000000000), currency ${text} NOT NULL,
         business_date ${text} NOT NULL, booked ${int} NOT NULL DEFAULT 0 CHECK (booked IN (0, 1)),
         content_hash ${text} NOT NULL, created_at ${text} NOT NULL,
         UNIQUE (marketplace_id, ref))${strict}`,
      `CREATE TABLE settlements (
         id ${int} PRIMARY KEY, marketplace_id ${int} NOT NULL REFERENCES marketplaces (id), business_date ${text} NOT NULL,
         currency ${text} NOT NULL,
         run ${int} NOT NULL CHECK (run > 0), proof ${text} NOT NULL, created_at ${text} NOT NULL,
         UNIQUE (marketplace_id, business_date, currency, run))${strict}`,
      `CREATE TABLE settlement_lines (
         settlement_id ${int} NOT NULL REFERENCES settlements (id), seller_id ${int} NOT NULL REFERENCES sellers (id),
         sales ${int} NOT NULL, fees ${int} NOT NULL, refunds ${int} NOT NULL, other ${int} NOT NULL, carried ${int} NOT NULL, net ${int} NOT NULL,
         outcome ${text} NOT NULL CHECK (outcome IN ('TRANSFER', 'HOLD', 'CARRIED', 'NOTHING')), reason ${text}, transfer_id ${int},
         PRIMARY KEY (settlement_id, seller_id))${strict}`,
      `CREATE TABLE transfers (
         id ${int} PRIMARY KEY, marketplace_id ${int} NOT NULL REFERENCES marketplaces (id), seller_id ${int} NOT NULL REFERENCES sellers (id),
         end_to_end_id ${text} NOT NULL UNIQUE, currency ${text} NOT NULL, amount ${int} NOT NULL CHECK (amount > 0 AND amount <= 1000000000000000),
         state ${text} NOT NULL CHECK (state IN ('SCHEDULED', 'ON_HOLD', 'IN_FILE', 'SENT', 'ACCEPTED', 'EXECUTED', 'REJECTED', 'RETURNED', 'CANCELLED', 'ABORTED')),
         hold_reason ${text}, reason_code ${text}, bank_status ${text}, standing ${text}, business_date ${text} NOT NULL,
         creditor_name ${text}, creditor_iban ${text}, creditor_bic ${text}, creditor_address ${text}, remittance ${text},
         file_id ${int}, payment_information_id ${text}, replaces_id ${int} UNIQUE, held_at ${text}, executed_on ${text}, created_at ${text} NOT NULL, changed_at ${text} NOT NULL,
         CHECK ((state = 'ON_HOLD') = (hold_reason IS NOT NULL)))${strict}`,
      "CREATE INDEX transfers_by_file ON transfers (file_id)",
      "CREATE INDEX transfers_by_seller ON transfers (seller_id)",
      "CREATE INDEX transfers_open ON transfers (marketplace_id, state) WHERE state IN ('SCHEDULED', 'ON_HOLD', 'IN_FILE', 'SENT', 'ACCEPTED')",
    ];
  },
};
