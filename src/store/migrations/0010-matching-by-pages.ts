/** What lets open bank lines be matched page by page: their order, the bank's references, amounts within a file, whole payments. */
import type { Migration } from "./migration.ts";

export const matchingByPages: Migration = {
  version: 10,
  name: "matching-by-pages",
  statements: ({ int, text }) => [
    "CREATE INDEX bank_entries_to_match ON bank_entries (marketplace_id, booking_date, direction, identity) WHERE state IN ('UNMATCHED', 'PARTLY_MATCHED') AND confirmed = 1",
    `ALTER TABLE bank_entries ADD COLUMN servicer_reference ${text}`,
    "CREATE INDEX bank_entries_by_servicer ON bank_entries (servicer_reference) WHERE servicer_reference IS NOT NULL",
    "DROP INDEX transfers_by_file",
    "CREATE INDEX transfers_by_file ON transfers (file_id, amount)",
    "CREATE INDEX transfers_by_payment ON transfers (payment_information_id) WHERE payment_information_id IS NOT NULL",
    // The run that found the matter last: what its successor does not find again is closed by one statement.
    `ALTER TABLE exceptions ADD COLUMN found_in ${int}`,
  ],
};
