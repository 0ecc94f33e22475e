/** What came from banks: its bytes in pieces, pages of statements, and the pay-ins that acquirers announced. */
import type { Migration } from "./migration.ts";

export const inboundExchange: Migration = {
  version: 9,
  name: "inbound-exchange",
  statements: ({ int, text, blob, strict }) => [
    `CREATE TABLE inbound_chunks (
       inbound_file_id ${int} NOT NULL REFERENCES inbound_files (id), position ${int} NOT NULL CHECK (position >= 0),
       bytes ${blob} NOT NULL, PRIMARY KEY (inbound_file_id, position))${strict}`,
    "INSERT INTO inbound_chunks (inbound_file_id, position, bytes) SELECT id, 0, bytes FROM inbound_files WHERE state <> 'DUPLICATE'",
    `ALTER TABLE inbound_files ADD COLUMN size ${int} NOT NULL DEFAULT 0`,
    "UPDATE inbound_files SET size = length(bytes)",
    "ALTER TABLE inbound_files DROP COLUMN bytes",
    // As the bank's server showed it: a file that is replaced under its name is fetched again.
    `ALTER TABLE inbound_files ADD COLUMN remote_modified_at ${text}`,
    `ALTER TABLE inbound_files ADD COLUMN archived_as ${text}`,
    "CREATE INDEX inbound_files_by_name ON inbound_files (bank, remote_name)",
    "CREATE INDEX inbound_files_waiting ON inbound_files (id) WHERE state = 'RECEIVED'",
    `ALTER TABLE bank_statements ADD COLUMN page ${text}`,
    "CREATE INDEX bank_statements_by_account ON bank_statements (account, kind, closing_date)",
    // How much of a line stands in suspense: all of it, or what is left of it.
    `ALTER TABLE bank_entries ADD COLUMN suspended ${int} NOT NULL DEFAULT 0 CHECK (suspended >= 0)`,
    "UPDATE bank_entries SET suspended = amount WHERE booked = 1",
    "ALTER TABLE bank_entries DROP COLUMN booked",
    `CREATE TABLE payins (
       id ${int} PRIMARY KEY, marketplace_id ${int} NOT NULL REFERENCES marketplaces (id), ref ${text} NOT NULL,
       amount ${int} NOT NULL CHECK (amount > 0), charges ${int} NOT NULL CHECK (charges >= 0 AND charges < amount),
       currency ${text} NOT NULL, payer_references ${text} NOT NULL, expected_on ${text} NOT NULL, captured_on ${text},
       paid_on ${text}, content_hash ${text} NOT NULL, created_at ${text} NOT NULL,
       UNIQUE (marketplace_id, ref))${strict}`,
    "CREATE INDEX payins_open ON payins (marketplace_id, expected_on) WHERE paid_on IS NULL",
    `ALTER TABLE matches ADD COLUMN payin_id ${int}`,
    "CREATE UNIQUE INDEX matches_one_payin ON matches (payin_id, bank_entry_id) WHERE payin_id IS NOT NULL",
  ],
};
