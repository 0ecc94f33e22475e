/** The sandbox bank's end of day over all accounts: late rejections told, statements written. */
import { statementEffects } from "./bank-rule.ts";
import type { BankAccount, BankState } from "./bank-state.ts";
import { closeDay, rejectLate } from "./day-close.ts";
import { outgoingCopies } from "./outgoing-copies.ts";
import { type Statement, statementXml } from "./statement.ts";
import { lateReport } from "./status-report.ts";
import { nextAnswer } from "./take-order.ts";

export interface ClosedDay {
  readonly date: string;
  readonly statements: readonly {
    readonly iban: string;
    readonly fileName: string;
    readonly openingMinor: bigint;
    readonly closingMinor: bigint;
    readonly entries: number;
  }[];
  readonly lateRejections: number;
}

/** Books what is due up to the date on every account that is still open for it; files go to `state.outgoing`. */
export function closeBank(state: BankState, date: string, now: Date): ClosedDay {
  const lateRejections = tellLateRejections(state, date, now);
  const statements = state.accounts
    .filter(({ lastClosed }) => lastClosed === undefined || lastClosed < date)
    .map((account) => closeAccount(state, account, date, now));
  return { date, statements, lateRejections };
}

function tellLateRejections(state: BankState, date: string, now: Date): number {
  const late = rejectLate(state, date);
  for (const messageId of new Set(late.map((one) => one.messageId))) {
    const { name, header } = nextAnswer(state, now);
    const some = late.filter((one) => one.messageId === messageId);
    state.outgoing.push(...outgoingCopies(name, lateReport(header, messageId, some), []));
  }
  return late.length;
}

function closeAccount(
  state: BankState,
  account: BankAccount,
  date: string,
  now: Date,
): ClosedDay["statements"][number] {
  const effects = statementEffects(state.rules, account.iban, date);
  const statement = closeDay(state, account, {
    date,
    createdAt: now.toISOString(),
    hidesBatchDetails: effects.some(({ kind }) => kind === "batch-without-details"),
  });
  const fileName = statementName(statement);
  state.outgoing.push(...outgoingCopies(fileName, statementXml(statement), effects));
  return {
    iban: account.iban,
    fileName,
    openingMinor: statement.openingMinor,
    closingMinor: statement.closingMinor,
    entries: statement.entries.length,
  };
}

function statementName({ date, account, number }: Statement): string {
  const day = date.replaceAll("-", "");
  return `camt053-${day}-${account.iban.slice(-8)}-${String(number).padStart(5, "0")}.xml`;
}
