/** Keeps the booked lines of a camt message: each once, whichever of the bank's reports says it first. */
import { accountOf, type BookedFact } from "../bankfiles/meaning/booked-fact.ts";
import { bookedFacts, mergeFacts } from "../bankfiles/meaning/booked-facts.ts";
import { statementNumbers } from "../bankfiles/meaning/statement-totals.ts";
import type { CamtDocument, Statement } from "../bankfiles/read/document.ts";
import { maskIban } from "../domain/account-number.ts";
import type { Finding } from "../domain/finding.ts";
import {
  entriesByIdentity,
  insertEntries,
  insertStatement,
  mergeEntries,
  type NewEntry,
} from "../store/bank-entries.ts";
import { openExceptions } from "../store/exceptions.ts";
import type { Transaction } from "../store/store.ts";
import type { Applied } from "./apply-payment-status.ts";
import { factOf, factText } from "./fact-text.ts";

export interface Keeping {
  readonly inboundFileId: bigint;
  /** Marketplace of each of our accounts, by IBAN. */
  readonly owners: ReadonlyMap<string, bigint>;
  readonly businessDate: string;
  readonly now: Date;
}

export async function keepStatements(tx: Transaction, document: CamtDocument, keeping: Keeping): Promise<Applied> {
  const findings: Finding[] = [...document.findings];
  let kept = 0;
  let repeated = 0;
  for (const statement of document.statements) {
    const read = bookedFacts({ ...document, statements: [statement] });
    findings.push(...read.findings);
    const statementId = await keepStatement(tx, document.kind, statement, read.facts, keeping, findings);
    const result = await keepFacts(tx, statementId, read.facts, keeping);
    kept += result.kept;
    repeated += result.repeated;
  }
  return { kind: "applied", findings, counts: { statements: document.statements.length, entries: kept, repeated } };
}

async function keepStatement(
  tx: Transaction,
  kind: string,
  statement: Statement,
  facts: readonly BookedFact[],
  keeping: Keeping,
  findings: Finding[],
): Promise<bigint> {
  const account = accountOf(statement);
  const { numbers, findings: faults } = statementNumbers(statement, facts);
  findings.push(...faults);
  if (!keeping.owners.has(account)) {
    findings.push(accountUnknown(account));
    await openExceptions(tx, [unknownAccount(account)], keeping.businessDate, keeping.now);
  }
  return insertStatement(tx, {
    inboundFileId: keeping.inboundFileId,
    kind,
    account,
    entrySum: (numbers?.bookedCreditMinor ?? 0n) - (numbers?.bookedDebitMinor ?? 0n),
    ...(statement.id === undefined ? {} : { statementRef: statement.id }),
    ...(statement.sequence === undefined ? {} : { sequence: statement.sequence }),
    ...(numbers === undefined ? {} : { currency: numbers.currency, closingDate: numbers.date }),
    ...(numbers?.openingMinor === undefined ? {} : { opening: numbers.openingMinor }),
    ...(numbers?.closingMinor === undefined ? {} : { closing: numbers.closingMinor }),
  });
}

function accountUnknown(account: string): Finding {
  return {
    code: "ACCOUNT_UNKNOWN",
    where: "Stmt/Acct",
    found: maskIban(account),
    expected: "an account of one of our marketplaces",
  };
}

function unknownAccount(account: string) {
  return {
    identity: `statement-account/${account}`,
    reason: "ACCOUNT_UNKNOWN",
    subjectKind: "statement" as const,
    subjectRef: maskIban(account),
    says: "the bank sent a statement for an account that is not ours: it is kept, and applied to nothing",
    owner: "finance" as const,
  };
}

async function keepFacts(
  tx: Transaction,
  statementId: bigint,
  facts: readonly BookedFact[],
  { owners, businessDate }: Keeping,
): Promise<{ kept: number; repeated: number }> {
  const known = await entriesByIdentity(
    tx.db,
    facts.map(({ identity }) => identity),
  );
  const fresh = facts.filter(({ identity }) => !known.has(identity));
  await insertEntries(
    tx,
    fresh.map((fact): NewEntry => {
      const marketplaceId = owners.get(fact.account);
      return {
        statementId,
        identity: fact.identity,
        amount: fact.amountMinor,
        currency: fact.currency,
        direction: fact.direction,
        bookingDate: fact.bookingDate ?? fact.valueDate ?? businessDate,
        kind: fact.kind,
        confirmed: fact.confirmed,
        fact: factText(fact),
        ...(marketplaceId === undefined ? {} : { marketplaceId }),
        ...(fact.valueDate === undefined ? {} : { valueDate: fact.valueDate }),
      };
    }),
  );
  const merged = facts.flatMap((fact) => {
    const stored = known.get(fact.identity);
    if (stored === undefined) return [];
    const both = mergeFacts(factOf(stored.fact), fact);
    const text = factText(both);
    return text === stored.fact ? [] : [{ id: stored.id, confirmed: both.confirmed, fact: text }];
  });
  await mergeEntries(tx, merged);
  return { kept: fresh.length, repeated: facts.length - fresh.length };
}
