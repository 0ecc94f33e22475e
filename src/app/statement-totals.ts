/** A kept statement as the numbers that show whether one is missing. */
import type { StatementTotals } from "../recon/continuity.ts";
import type { StatementRow } from "../store/reports/bank-lines.ts";

/** Only the sum of a statement's lines is kept, not its two sides; for continuity they are the same. */
export function statementTotals(row: StatementRow): readonly StatementTotals[] {
  if (row.currency === null || row.closing_date === null) return [];
  return [
    {
      account: row.account,
      currency: row.currency,
      date: row.closing_date,
      bookedCreditMinor: row.entry_sum,
      bookedDebitMinor: 0n,
      ...(row.statement_ref === null ? {} : { statementId: row.statement_ref }),
      ...(row.sequence === null ? {} : { sequence: row.sequence }),
      ...(row.page === null ? {} : { page: row.page }),
      ...(row.opening === null ? {} : { openingMinor: row.opening }),
      ...(row.closing === null ? {} : { closingMinor: row.closing }),
    },
  ];
}
