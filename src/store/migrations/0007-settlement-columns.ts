/** What a line of a settlement needs to add up on paper: the VAT in its fees, and what joined it that was reserved or held. */
import type { Migration } from "./migration.ts";

export const settlementColumns: Migration = {
  version: 7,
  name: "settlement-columns",
  statements: ({ int }) =>
    ["fee_vat", "released", "held"].map(
      (column) => `ALTER TABLE settlement_lines ADD COLUMN ${column} ${int} NOT NULL DEFAULT 0`,
    ),
};
