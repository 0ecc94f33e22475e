/** Tables of the hand-off: what a file was sealed into for its bank, and what two people do to it by hand. */
import { appendOnly } from "./append-only.ts";
import type { Migration } from "./migration.ts";

export const handOffTables: Migration = {
  version: 8,
  name: "hand-off",
  statements: (dialect) => {
    const { int, text, blob, strict } = dialect;
    return [
      // Sealing gives other bytes each time: they are made once, before the first upload, and never change.
      `CREATE TABLE sealed_files (
         file_id ${int} PRIMARY KEY REFERENCES transfer_files (id), bytes ${blob} NOT NULL, sha256 ${text} NOT NULL,
         sealed_at ${text} NOT NULL)${strict}`,
      ...appendOnly(dialect, "sealed_files"),
      // Four eyes: whoever asked can never be the one who confirms.
      `CREATE TABLE file_requests (
         id ${int} PRIMARY KEY, file_id ${int} NOT NULL REFERENCES transfer_files (id),
         kind ${text} NOT NULL CHECK (kind IN ('WITHDRAW', 'SENT_BY_HAND', 'CONFIRMED_BY_PHONE')),
         reason ${text} NOT NULL CHECK (length(trim(reason)) > 0),
         asked_by ${text} NOT NULL CHECK (length(trim(asked_by)) > 0), asked_at ${text} NOT NULL,
         state ${text} NOT NULL CHECK (state IN ('ASKED', 'CONFIRMED', 'DROPPED')), confirmed_by ${text}, confirmed_at ${text},
         CHECK ((state = 'CONFIRMED') = (confirmed_by IS NOT NULL)),
         CHECK (confirmed_by IS NULL OR (length(trim(confirmed_by)) > 0 AND lower(trim(confirmed_by)) <> lower(trim(asked_by)))))${strict}`,
      "CREATE UNIQUE INDEX file_requests_one_open ON file_requests (file_id) WHERE state = 'ASKED'",
    ];
  },
};
