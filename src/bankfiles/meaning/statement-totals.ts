/** The numbers of a camt.053 statement that show whether one is missing: balances, sums of what was booked, sequence. */
import type { Finding } from "../../domain/finding.ts";
import type { Balance, Statement } from "../read/document.ts";
import { accountOf, type BookedFact } from "./booked-fact.ts";
import { dayOf } from "./entry-identity.ts";
import { exactAmount } from "./exact-amount.ts";

export interface StatementNumbers {
  readonly account: string;
  readonly currency: string;
  readonly statementId?: string;
  readonly sequence?: string;
  readonly page?: string;
  readonly date: string;
  /** Signed minor units; absent when the bank gives no such balance or it cannot be read. */
  readonly openingMinor?: bigint;
  readonly closingMinor?: bigint;
  readonly bookedCreditMinor: bigint;
  readonly bookedDebitMinor: bigint;
}

/** ISO balance types. A page may open or close with an interim balance; a bank may give only the previous closing. */
const OPENING = ["OPBD", "PRCD"] as const;
const CLOSING = ["CLBD"] as const;

type Head = Omit<Statement, "entries">;

/**
 * The numbers of one statement (or page) and of the facts read from it; undefined when the account has no currency that
 * can be told. Pure, never throws: what cannot be read is a finding.
 */
export function statementNumbers(
  statement: Head,
  facts: Iterable<Pick<BookedFact, "direction" | "amountMinor" | "currency">>,
): { readonly numbers?: StatementNumbers; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const where = `statement ${statement.id ?? ""}`.trim();
  const currency = statement.account.currency ?? statement.balances[0]?.currency;
  if (currency === undefined) return { findings };
  const opening = balance(statement.balances, OPENING, currency, where, findings);
  const closing = balance(statement.balances, CLOSING, currency, where, findings);
  const booked = { CRDT: 0n, DBIT: 0n };
  for (const fact of facts) if (fact.currency === currency) booked[fact.direction] += fact.amountMinor;
  const date = dayOf(closing?.date) ?? dayOf(opening?.date) ?? dayOf(statement.createdAt) ?? "";
  const numbers: StatementNumbers = {
    account: accountOf(statement),
    currency,
    ...(statement.id === undefined ? {} : { statementId: statement.id }),
    ...(statement.sequence === undefined ? {} : { sequence: statement.sequence }),
    ...(statement.page?.number === undefined ? {} : { page: statement.page.number }),
    date,
    ...(opening === undefined ? {} : { openingMinor: opening.minor }),
    ...(closing === undefined ? {} : { closingMinor: closing.minor }),
    bookedCreditMinor: booked.CRDT,
    bookedDebitMinor: booked.DBIT,
  };
  return { numbers, findings };
}

function balance(
  balances: readonly Balance[],
  types: readonly string[],
  currency: string,
  where: string,
  findings: Finding[],
): { readonly minor: bigint; readonly date: string | undefined } | undefined {
  const found = types
    .map((type) => balances.find((one) => one.type?.trim().toUpperCase() === type))
    .find((one) => one !== undefined);
  if (found === undefined) return undefined;
  const amount = exactAmount(found.amount, found.currency ?? currency, `${where}/Bal[${found.type}]`);
  if (!amount.ok) {
    findings.push(amount.finding);
    return undefined;
  }
  return { minor: found.direction === "DBIT" ? -amount.minor : amount.minor, date: found.date };
}
