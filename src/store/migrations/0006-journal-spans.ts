/** The table of contents of the journal: spans of postings by day and by cause. */
import { appendOnly } from "./append-only.ts";
import type { Migration } from "./migration.ts";

export const journalSpans: Migration = {
  version: 6,
  name: "journal-spans",
  statements: (dialect) => {
    const { int, text, strict } = dialect;
    return [
      `CREATE TABLE journal_spans (
         first_id ${int} PRIMARY KEY, last_id ${int} NOT NULL, marketplace_id ${int} NOT NULL, business_date ${text} NOT NULL,
         cause_kind ${text} NOT NULL, first_cause ${int} NOT NULL, last_cause ${int} NOT NULL,
         CHECK (first_id <= last_id), CHECK (first_cause <= last_cause))${strict}`,
      "CREATE INDEX journal_spans_by_day ON journal_spans (marketplace_id, business_date, first_id)",
      "CREATE INDEX journal_spans_by_cause ON journal_spans (cause_kind, first_cause)",
      ...appendOnly(dialect, "journal_spans"),
    ];
  },
};
