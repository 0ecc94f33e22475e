/** Whether an account's statements follow each other without a gap and add up: what a missing statement shows itself by. */
import type { Finding } from "../domain/finding.ts";

/** One statement, or one page of it, in numbers. Balances are signed: an overdraft is negative. */
export interface StatementTotals {
  readonly account: string;
  readonly currency: string;
  readonly statementId?: string;
  /** As the bank numbers them, as text. */
  readonly sequence?: string;
  readonly page?: string;
  /** The day of the closing balance, else of the statement. */
  readonly date: string;
  readonly openingMinor?: bigint;
  readonly closingMinor?: bigint;
  readonly bookedCreditMinor: bigint;
  readonly bookedDebitMinor: bigint;
}

/**
 * Checks, per account and currency in order of date and sequence: opening + booked credits - booked debits = closing;
 * each opening = the closing before; sequence numbers without gap (they may start again, e.g. each year). Differences are
 * findings and never a reason to refuse a statement: about half of real files do not add up (measured).
 * Codes: BALANCE_DIFFERS, BALANCE_BREAK, SEQUENCE_GAP, SEQUENCE_REPEATED.
 */
export function statementContinuity(statements: readonly StatementTotals[]): readonly Finding[] {
  const accounts = new Map<string, StatementTotals[]>();
  for (const statement of joinPages(statements)) {
    const key = `${statement.account}\n${statement.currency}`;
    const rows = accounts.get(key);
    if (rows === undefined) accounts.set(key, [statement]);
    else rows.push(statement);
  }
  return [...accounts.keys()].sort().flatMap((key) => accountFindings(accounts.get(key) ?? []));
}

function accountFindings(rows: readonly StatementTotals[]): readonly Finding[] {
  const findings: Finding[] = [];
  let before: StatementTotals | undefined;
  for (const statement of [...rows].sort(inSequence)) {
    findings.push(...ownFindings(statement));
    if (before !== undefined) findings.push(...stepFindings(before, statement));
    before = statement;
  }
  return findings;
}

function ownFindings(statement: StatementTotals): readonly Finding[] {
  const { openingMinor, closingMinor, bookedCreditMinor, bookedDebitMinor } = statement;
  if (openingMinor === undefined || closingMinor === undefined) return [];
  const computed = openingMinor + bookedCreditMinor - bookedDebitMinor;
  return computed === closingMinor ? [] : [finding("BALANCE_DIFFERS", statement, closingMinor, computed)];
}

function stepFindings(before: StatementTotals, statement: StatementTotals): readonly Finding[] {
  const findings: Finding[] = [];
  const step = sequenceStep(before.sequence, statement.sequence);
  if (step === 0n) findings.push(finding("SEQUENCE_REPEATED", statement, statement.sequence ?? "", "a new number"));
  if (step !== undefined && step > 1n) {
    findings.push(finding("SEQUENCE_GAP", statement, statement.sequence ?? "", `the number after ${before.sequence}`));
  }
  const { closingMinor } = before;
  const { openingMinor } = statement;
  if (closingMinor !== undefined && openingMinor !== undefined && openingMinor !== closingMinor) {
    findings.push(finding("BALANCE_BREAK", statement, openingMinor, closingMinor));
  }
  return findings;
}

/** How far the number went on; undefined when it cannot be said: not numbers, or the count started again. */
function sequenceStep(before: string | undefined, after: string | undefined): bigint | undefined {
  const [from, to] = [numberOf(before), numberOf(after)];
  return from === undefined || to === undefined || to < from ? undefined : to - from;
}

function numberOf(text: string | undefined): bigint | undefined {
  const digits = text?.trim();
  return digits !== undefined && /^\d{1,18}$/.test(digits) ? BigInt(digits) : undefined;
}

function inSequence(a: StatementTotals, b: StatementTotals): number {
  if (a.date !== b.date) return a.date < b.date ? -1 : 1;
  const [from, to] = [numberOf(a.sequence) ?? 0n, numberOf(b.sequence) ?? 0n];
  if (from !== to) return from < to ? -1 : 1;
  const [left, right] = [a.statementId ?? "", b.statementId ?? ""];
  return left < right ? -1 : left > right ? 1 : 0;
}

/**
 * The pages of one statement are one statement: opening of the first, closing of the last, sums of all. A statement, or a
 * page, that is delivered again with the same numbers counts once, whatever its message is dated.
 */
function joinPages(statements: readonly StatementTotals[]): readonly StatementTotals[] {
  const joined = new Map<string, StatementTotals>();
  const read = new Set<string>();
  const pages = [...statements].sort((a, b) => Number((numberOf(a.page) ?? 0n) - (numberOf(b.page) ?? 0n)));
  for (const [row, page] of pages.entries()) {
    const whole = page.page === undefined || page.statementId === undefined;
    const name = [page.account, page.currency, page.statementId, page.sequence].join("\n");
    const key = `${name}\n${whole ? row : "paged"}`;
    const copyKey = [name, page.page, ...(whole ? numbersOf(page) : [])].join("\n");
    if (read.has(copyKey) && page.statementId !== undefined) continue;
    read.add(copyKey);
    const earlier = joined.get(key);
    joined.set(key, earlier === undefined ? page : withPage(earlier, page));
  }
  return [...joined.values()];
}

function numbersOf({ openingMinor, closingMinor, bookedCreditMinor, bookedDebitMinor }: StatementTotals) {
  return [openingMinor, closingMinor, bookedCreditMinor - bookedDebitMinor];
}

function withPage(statement: StatementTotals, page: StatementTotals): StatementTotals {
  const { openingMinor = page.openingMinor } = statement;
  const { closingMinor = statement.closingMinor } = page;
  return {
    ...statement,
    date: page.date,
    ...(openingMinor === undefined ? {} : { openingMinor }),
    ...(closingMinor === undefined ? {} : { closingMinor }),
    bookedCreditMinor: statement.bookedCreditMinor + page.bookedCreditMinor,
    bookedDebitMinor: statement.bookedDebitMinor + page.bookedDebitMinor,
  };
}

function finding(code: string, statement: StatementTotals, found: bigint | string, expected: bigint | string): Finding {
  const { account, date, statementId = "", currency } = statement;
  const unit = typeof found === "bigint" ? ` ${currency} minor units` : "";
  const where = `account ...${account.slice(-4)} ${date} ${statementId}`.trim();
  return { code, where, found: `${found}${unit}`, expected: `${expected}${unit}` };
}
