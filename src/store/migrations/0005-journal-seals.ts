/** The chain of seals over the journal. */
import { appendOnly } from "./append-only.ts";
import type { Migration } from "./migration.ts";

export const journalSeals: Migration = {
  version: 5,
  name: "journal-seals",
  statements: (dialect) => {
    const { int, text, strict } = dialect;
    return [
      `CREATE TABLE journal_seals (
         id ${int} PRIMARY KEY, first_id ${int} NOT NULL, last_id ${int} NOT NULL UNIQUE,
         posting_count ${int} NOT NULL CHECK (posting_count > 0), amount_sum ${int} NOT NULL CHECK (amount_sum > 0),
         previous_hash ${text} NOT NULL UNIQUE, hash ${text} NOT NULL UNIQUE, sealed_at ${text} NOT NULL,
         CHECK (first_id <= last_id))${strict}`,
      ...appendOnly(dialect, "journal_seals"),
    ];
  },
};
