/** Notices that a statement is missing: by a gap in the bank's numbers, a break in the balances, or the hour it should be there. */
import type { BankProfile } from "../bankfiles/profile/profile.ts";
import { maskIban } from "../domain/account-number.ts";
import { bankingDayOnOrAfter, dateInZone, type IsoDate, instantOf, nextBankingDay } from "../domain/calendar.ts";
import type { Finding } from "../domain/finding.ts";
import { shortHash } from "../domain/ids.ts";
import { statementContinuity } from "../recon/continuity.ts";
import { type NewException, openExceptions, resolveMissing } from "../store/exceptions.ts";
import type { Marketplace } from "../store/marketplaces.ts";
import { type StatementRow, statementsOf } from "../store/reports/bank-lines.ts";
import { firstSentAt } from "../store/silence.ts";
import type { Transaction } from "../store/store.ts";
import { statementTotals } from "./statement-totals.ts";

export interface Watching {
  readonly marketplace: Marketplace;
  readonly profile: BankProfile;
  readonly businessDate: string;
  readonly now: Date;
}

const EVER = { from: "0000-01-01", to: "9999-12-31" };

/** Opens what is found and closes what is not found any more: a missing statement that came after all. */
export async function watchStatements(tx: Transaction, watching: Watching): Promise<readonly NewException[]> {
  const { marketplace, businessDate, now } = watching;
  const rows = await statementsOf(tx.db, marketplace.row.debtor_iban, EVER);
  // Asked only where it matters: it reads all files of the marketplace.
  const sentAt = watching.profile.exchange.statements && (await firstSentAt(tx.db, marketplace.id));
  const found = [
    ...breaksIn(rows, marketplace),
    ...missingDays(rows, sentAt, watching).map((day) => missing(day, watching)),
  ];
  await openExceptions(tx, found, businessDate, now);
  const scope = { marketplaceId: marketplace.id, prefix: "statement/" };
  const still = found.map(({ identity }) => identity);
  await resolveMissing(tx, scope, still, "the statement that was missing has come", now);
  return found;
}

const REASONS: Readonly<Record<string, { readonly reason: string; readonly says: string }>> = {
  SEQUENCE_GAP: { reason: "STATEMENT_GAP", says: "the bank's numbers of statements leave one out" },
  BALANCE_BREAK: {
    reason: "BALANCE_BREAK",
    says: "a statement opens with another balance than the one before closed with",
  },
};

/** Balances always break behind a gap in the numbers: that is one matter, not two. */
function breaksIn(rows: readonly StatementRow[], marketplace: Marketplace): readonly NewException[] {
  const findings = statementContinuity(rows.flatMap(statementTotals));
  const gaps = new Set(findings.filter(({ code }) => code === "SEQUENCE_GAP").map(({ where }) => where));
  return findings
    .filter(({ code, where }) => code in REASONS && !(code === "BALANCE_BREAK" && gaps.has(where)))
    .map((finding) => breakOf(finding, marketplace));
}

function breakOf({ code, where, found, expected }: Finding, { id, ref, row }: Marketplace): NewException {
  const { reason, says } = REASONS[code] ?? { reason: code, says: code };
  return {
    identity: `statement/${reason}/${ref}/${shortHash([row.debtor_iban, where])}`,
    marketplaceId: id,
    reason,
    subjectKind: "statement",
    subjectRef: where,
    says: `${says}: found ${found}, expected ${expected}`,
    owner: "finance",
  };
}

/** Banking days whose statement should be there by now and is not, since we know of the account. */
function missingDays(
  rows: readonly StatementRow[],
  sentAt: Date | undefined,
  { profile, now }: Watching,
): readonly IsoDate[] {
  const by = profile.exchange.statements?.by;
  const { calendar: name, closedDays, zone } = profile.execution;
  const calendar = { name, closedDays };
  const there = new Set(rows.map(({ closing_date }) => closing_date));
  const known = [...there].filter((day) => day !== null);
  const first = [...known, ...(sentAt === undefined ? [] : [dateInZone(sentAt, zone)])].sort()[0];
  if (by === undefined || first === undefined) return [];
  const days: IsoDate[] = [];
  for (let day = bankingDayOnOrAfter(first, calendar); ; day = nextBankingDay(day, calendar)) {
    const due = by.startsWith("next") ? nextBankingDay(day, calendar) : day;
    if (now < instantOf(due, by.slice(-5), zone)) return days;
    if (!there.has(day)) days.push(day);
  }
}

function missing(day: IsoDate, { marketplace: { id, ref, row }, profile }: Watching): NewException {
  return {
    identity: `statement/STATEMENT_MISSING/${ref}/${shortHash([row.debtor_iban, day])}`,
    marketplaceId: id,
    reason: "STATEMENT_MISSING",
    subjectKind: "statement",
    subjectRef: `${maskIban(row.debtor_iban)} ${day}`,
    says: `the statement of ${day} should have been there by ${profile.exchange.statements?.by ?? ""}`,
    owner: "operations",
  };
}
