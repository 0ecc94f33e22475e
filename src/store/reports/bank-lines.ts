/** Reads, by sets, what became of the banks' lines: by day and state, what matched, what is still not booked, the statements. */
import { sql } from "kysely";
import type { BankEntryRow, MatchRow } from "../rows/exchange-rows.ts";
import type { Queries } from "../store.ts";

export interface EntryTotal {
  readonly booking_date: string;
  readonly currency: string;
  readonly direction: BankEntryRow["direction"];
  readonly state: BankEntryRow["state"];
  readonly entries: bigint;
  readonly amount: bigint;
}

/** Confirmed lines booked from `from` to `to`, both included. Amounts are minor units. */
export async function entryTotals(
  db: Queries,
  marketplaceId: bigint,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<readonly EntryTotal[]> {
  const { rows } = await sql<EntryTotal>`
    SELECT booking_date, currency, direction, state, count(*) AS entries, CAST(sum(amount) AS BIGINT) AS amount
      FROM bank_entries
     WHERE marketplace_id = ${marketplaceId} AND confirmed = 1 AND booking_date >= ${from} AND booking_date <= ${to}
     GROUP BY booking_date, currency, direction, state
     ORDER BY booking_date, currency, direction, state`.execute(db);
  return rows;
}

export interface OpenLine {
  readonly booking_date: string;
  readonly currency: string;
  readonly direction: BankEntryRow["direction"];
  readonly amount: bigint;
  readonly state: BankEntryRow["state"];
  readonly state_reason: string | null;
  readonly identity: string;
}

/** Lines that nothing, or not everything, explains, whatever their age; the oldest first. */
export async function openLines(db: Queries, marketplaceId: bigint, limit: number): Promise<readonly OpenLine[]> {
  return db
    .selectFrom("bank_entries")
    .select(["booking_date", "currency", "direction", "amount", "state", "state_reason", "identity"])
    .where("marketplace_id", "=", marketplaceId)
    .where("state", "in", ["UNMATCHED", "PARTLY_MATCHED"])
    .where("confirmed", "=", 1n)
    .orderBy("booking_date")
    .orderBy("id")
    .limit(limit)
    .execute();
}

export interface MatchTotal {
  readonly kind: MatchRow["kind"];
  readonly rule: string;
  readonly currency: string;
  readonly matches: bigint;
  readonly entries: bigint;
  readonly amount: bigint;
}

/** What the reconciliation of the date matched, by effect and rule. */
export async function matchTotals(
  db: Queries,
  marketplaceId: bigint,
  businessDate: string,
): Promise<readonly MatchTotal[]> {
  const { rows } = await sql<MatchTotal>`
    SELECT matches.kind, matches.rule, bank_entries.currency, count(*) AS matches,
           count(DISTINCT bank_entries.id) AS entries, CAST(sum(matches.amount) AS BIGINT) AS amount
      FROM matches JOIN bank_entries ON bank_entries.id = matches.bank_entry_id
     WHERE bank_entries.marketplace_id = ${marketplaceId} AND matches.matched_on = ${businessDate}
     GROUP BY matches.kind, matches.rule, bank_entries.currency
     ORDER BY matches.kind, matches.rule, bank_entries.currency`.execute(db);
  return rows;
}

export type UnbookedState = "IN_FILE" | "SENT" | "ACCEPTED";

export interface UnbookedTotal {
  readonly state: UnbookedState;
  readonly currency: string;
  readonly execution_date: string;
  readonly transfers: bigint;
  readonly amount: bigint;
}

/** Transfers in files that no statement has booked, by the day they should leave the account. */
export async function unbookedTotals(db: Queries, marketplaceId: bigint): Promise<readonly UnbookedTotal[]> {
  const { rows } = await sql<UnbookedTotal>`
    SELECT transfers.state, transfers.currency, transfer_files.execution_date,
           count(*) AS transfers, CAST(sum(transfers.amount) AS BIGINT) AS amount
      FROM transfers JOIN transfer_files ON transfer_files.id = transfers.file_id
     WHERE transfers.marketplace_id = ${marketplaceId} AND transfers.state IN ('IN_FILE', 'SENT', 'ACCEPTED')
     GROUP BY transfers.state, transfers.currency, transfer_files.execution_date
     ORDER BY transfer_files.execution_date, transfers.currency, transfers.state`.execute(db);
  return rows;
}

export interface StatementRow {
  readonly account: string;
  readonly statement_ref: string | null;
  readonly sequence: string | null;
  readonly currency: string | null;
  readonly opening: bigint | null;
  readonly closing: bigint | null;
  readonly closing_date: string | null;
  readonly entry_sum: bigint;
  readonly page: string | null;
}

/** End-of-day statements (camt.053) of an account that close in the period, in the order they came. */
export async function statementsOf(
  db: Queries,
  account: string,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<readonly StatementRow[]> {
  return db
    .selectFrom("bank_statements")
    .select(["account", "statement_ref", "sequence", "currency", "opening", "closing", "closing_date", "entry_sum"])
    .select("page")
    .where("account", "=", account)
    .where("kind", "=", "camt.053")
    .where("closing_date", ">=", from)
    .where("closing_date", "<=", to)
    .orderBy("closing_date")
    .orderBy("id")
    .execute();
}

/** What stands in suspense, by currency: booked by the bank, explained by nobody. */
export async function suspenseOf(
  db: Queries,
  marketplaceId: bigint,
): Promise<readonly { readonly currency: string; readonly balance: bigint }[]> {
  return db
    .selectFrom("accounts")
    .select(["currency", "balance"])
    .where("marketplace_id", "=", marketplaceId)
    .where("bucket", "=", "SUSPENSE")
    .orderBy("currency")
    .execute();
}
