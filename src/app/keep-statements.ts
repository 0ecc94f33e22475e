/** Keeps the booked lines of a camt message while it is read: each once, whichever of the bank's reports says it first. */

import { accountOf, type BookedFact } from "../bankfiles/meaning/booked-fact.ts";
import { mergeFacts, StatementReading } from "../bankfiles/meaning/booked-facts.ts";
import { type StatementNumbers, statementNumbers } from "../bankfiles/meaning/statement-totals.ts";
import type { CamtDocument, Statement } from "../bankfiles/read/document.ts";
import { FindingList } from "../bankfiles/read/finding-list.ts";
import type { BankFileHandlers } from "../bankfiles/read/handlers.ts";
import { maskIban } from "../domain/account-number.ts";
import type { Finding } from "../domain/finding.ts";
import { shortHash } from "../domain/ids.ts";
import { referenceText } from "../recon/recon-entry.ts";
import {
  entriesByIdentity,
  hasStatement,
  insertEntries,
  insertStatement,
  mergeEntries,
  type NewEntry,
  setStatementNumbers,
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

/** So many findings of lines are kept. */
const MOST_FINDINGS = 1_000;

/** One statement on its way from the reader to the store: lines wait here only until the next `flush`. */
class StatementDraft {
  readonly account: string;
  readonly id: string | undefined;
  facts: BookedFact[] = [];
  rowId: bigint | undefined;
  kept = 0;
  repeated = 0;
  ended: Statement | undefined;
  private readonly reading: StatementReading;
  private readonly sums = new Map<string, Pick<BookedFact, "currency" | "direction" | "amountMinor">>();

  constructor(kind: CamtDocument["kind"], statement: Statement) {
    this.account = accountOf(statement);
    this.id = statement.id;
    const head = { kind, account: statement.account };
    this.reading = new StatementReading(statement.id === undefined ? head : { ...head, id: statement.id });
  }

  take(entry: Statement["entries"][number]): readonly Finding[] {
    const { fact, findings } = this.reading.next(entry);
    if (fact === undefined) return findings;
    this.facts.push(fact);
    const { currency, direction, amountMinor } = fact;
    const key = `${currency} ${direction}`;
    this.sums.set(key, { currency, direction, amountMinor: amountMinor + (this.sums.get(key)?.amountMinor ?? 0n) });
    return findings;
  }

  numbers(statement: Statement): { readonly numbers?: StatementNumbers; readonly findings: readonly Finding[] } {
    return statementNumbers(statement, this.sums.values());
  }
}

/** Takes the parts of one camt message in order; `flush` must be awaited between pieces of the file, and at its end. */
export class StatementKeeper {
  readonly handlers: BankFileHandlers;
  private readonly tx: Transaction;
  private readonly keeping: Keeping;
  private kind: CamtDocument["kind"] = "camt.053";
  private current: StatementDraft | undefined;
  private waiting: StatementDraft[] = [];
  private readonly findings = new FindingList(MOST_FINDINGS);
  private statements = 0;
  private kept = 0;
  private repeated = 0;

  constructor(tx: Transaction, keeping: Keeping) {
    this.tx = tx;
    this.keeping = keeping;
    this.handlers = {
      message: ({ kind }) => {
        if (kind !== "pain.001" && kind !== "pain.002") this.kind = kind;
      },
      entry: (entry, statement) => this.tell(this.draftOf(statement).take(entry)),
      statement: (statement) => {
        this.draftOf(statement).ended = statement;
        this.current = undefined;
        this.statements += 1;
      },
    };
  }

  /** Writes what was read since the last time. */
  async flush(): Promise<void> {
    const drafts = this.waiting;
    this.waiting = this.current === undefined ? [] : [this.current];
    for (const draft of drafts) await this.write(draft);
  }

  /** The document without its statements, once its end was read and flushed. */
  applied(document: CamtDocument): Applied {
    const counts = { statements: this.statements, entries: this.kept, repeated: this.repeated };
    return { kind: "applied", findings: [...document.findings, ...this.findings.list()], counts };
  }

  private draftOf(statement: Statement): StatementDraft {
    if (this.current === undefined) {
      this.current = new StatementDraft(this.kind, statement);
      this.waiting.push(this.current);
    }
    return this.current;
  }

  private tell(findings: readonly Finding[]): void {
    for (const finding of findings) this.findings.add(finding);
  }

  private async write(draft: StatementDraft): Promise<void> {
    const { tx } = this;
    const statementId = draft.rowId ?? (await this.begin(draft));
    draft.rowId = statementId;
    const facts = draft.facts;
    draft.facts = [];
    const { kept, repeated } = await keepFacts(tx, statementId, facts, this.keeping);
    draft.kept += kept;
    draft.repeated += repeated;
    this.kept += kept;
    this.repeated += repeated;
    if (draft.ended !== undefined) await this.end(draft, statementId, draft.ended);
  }

  private async begin(draft: StatementDraft): Promise<bigint> {
    const { tx, keeping, kind } = this;
    const { account } = draft;
    if (!keeping.owners.has(account)) {
      this.tell([accountUnknown(account)]);
      await openExceptions(tx, [unknownAccount(account)], keeping.businessDate, keeping.now);
    }
    return insertStatement(tx, {
      inboundFileId: keeping.inboundFileId,
      kind,
      account,
      ...(draft.id === undefined ? {} : { statementRef: draft.id }),
    });
  }

  private async end(draft: StatementDraft, rowId: bigint, statement: Statement): Promise<void> {
    const { numbers, findings } = draft.numbers(statement);
    this.tell(findings);
    const { account, id } = draft;
    const isCopy = id !== undefined && draft.kept === 0 && this.kind === "camt.053";
    if (isCopy && (await hasStatement(this.tx.db, { kind: this.kind, account, statementRef: id, before: rowId }))) {
      this.tell([statementRepeated(id, draft.repeated)]);
    }
    await setStatementNumbers(this.tx, rowId, {
      entrySum: (numbers?.bookedCreditMinor ?? 0n) - (numbers?.bookedDebitMinor ?? 0n),
      ...(statement.sequence === undefined ? {} : { sequence: statement.sequence }),
      ...(statement.page?.number === undefined ? {} : { page: statement.page.number }),
      ...(numbers === undefined ? {} : { currency: numbers.currency, closingDate: numbers.date }),
      ...(numbers?.openingMinor === undefined ? {} : { opening: numbers.openingMinor }),
      ...(numbers?.closingMinor === undefined ? {} : { closing: numbers.closingMinor }),
    });
  }
}

function accountUnknown(account: string): Finding {
  return {
    code: "ACCOUNT_UNKNOWN",
    where: "Stmt/Acct",
    found: maskIban(account),
    expected: "an account of one of our marketplaces",
  };
}

function statementRepeated(id: string, lines: number): Finding {
  const found = `${lines} lines, all kept before`;
  return { code: "STATEMENT_REPEATED", where: `statement ${id}`, found, expected: "a statement that is new" };
}

/** The matter of an account that is in no marketplace, until one has it. */
export function unknownAccountIdentity(account: string): string {
  return `statement-account/${shortHash([account])}`;
}

function unknownAccount(account: string) {
  return {
    identity: unknownAccountIdentity(account),
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
        ...referenceOf(fact),
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

function referenceOf(fact: BookedFact): { readonly servicerReference?: string } {
  const servicerReference = referenceText(fact.servicerReference);
  return servicerReference === undefined ? {} : { servicerReference };
}
