/** A camt document as booked facts, and the overlap of several documents counted once. */
import type { Finding } from "../../domain/finding.ts";
import type { CamtDocument, Entry } from "../read/document.ts";
import {
  accountOf,
  type BookedDetail,
  type BookedFact,
  bookedFact,
  type FactReading,
  isBooked,
  type StatementHead,
} from "./booked-fact.ts";
import { entryLikeness } from "./entry-identity.ts";

export type { BookedCharge, BookedDetail, BookedFact, StatementHead } from "./booked-fact.ts";
export { bookedFact } from "./booked-fact.ts";

export interface BookedFacts {
  readonly facts: readonly BookedFact[];
  readonly findings: readonly Finding[];
}

/** The booked lines of a document, in its order. Only BOOK is a fact. Never throws: what cannot be read is a finding. */
export function bookedFacts(document: CamtDocument): BookedFacts {
  const facts: BookedFact[] = [];
  const findings: Finding[] = [];
  for (const statement of document.statements) {
    const head: StatementHead = {
      kind: document.kind,
      ...(statement.id === undefined ? {} : { id: statement.id }),
      account: statement.account,
    };
    const reading = new StatementReading(head);
    for (const entry of statement.entries) {
      const read = reading.next(entry);
      if (read.fact !== undefined) facts.push(read.fact);
      findings.push(...read.findings);
    }
  }
  return { facts, findings };
}

/** Reads the entries of one statement one by one, for files too large to hold: it keeps only a count of lines alike. */
export class StatementReading {
  private readonly head: StatementHead;
  private readonly alike = new Map<string, number>();
  private position = 0;

  constructor(head: StatementHead) {
    this.head = head;
  }

  next(entry: Entry): FactReading {
    this.position += 1;
    if (!isBooked(entry)) return { findings: [] };
    const { currency = this.head.account.currency } = entry;
    const likeness = entryLikeness(accountOf(this.head), { ...entry, ...(currency === undefined ? {} : { currency }) });
    const occurrence = (this.alike.get(likeness) ?? 0) + 1;
    this.alike.set(likeness, occurrence);
    return bookedFact(entry, this.head, { position: this.position, occurrence });
  }
}

const SOURCE_WEIGHT = { "camt.053": 2, "camt.054": 1, "camt.052": 0 } as const satisfies Record<
  CamtDocument["kind"],
  number
>;

/**
 * One fact for each identity, in the order they are first met. Of several reports the statement (camt.053) stands, with
 * the details of whichever report has most of them; `confirmed` is true once a statement has it. Two lines under one
 * identity that name different transfers are kept apart and reported: IDENTITY_SHARED.
 */
export function countOnce(facts: Iterable<BookedFact>): BookedFacts {
  const findings: Finding[] = [];
  const once = new Map<string, BookedFact>();
  for (const fact of facts) {
    let { identity } = fact;
    let known = once.get(identity);
    while (known !== undefined && contradict(known, fact)) {
      const found = namesOf(fact).join(", ");
      if (identity === fact.identity) {
        findings.push({ code: "IDENTITY_SHARED", where: identity, found, expected: namesOf(known).join(", ") });
      }
      identity += "'";
      known = once.get(identity);
    }
    once.set(identity, known === undefined ? { ...fact, identity } : mergeFacts(known, fact));
  }
  return { facts: [...once.values()], findings };
}

/** Two reports of one booking as one fact. */
export function mergeFacts(known: BookedFact, other: BookedFact): BookedFact {
  const [base, more] = weigh(known) >= weigh(other) ? [known, other] : [other, known];
  const richer = more.details.length > base.details.length ? more : base;
  const batch = base.batch ?? more.batch;
  const valueDate = base.valueDate ?? more.valueDate;
  const returnReason = base.returnReason ?? more.returnReason;
  return {
    ...base,
    identity: known.identity,
    details: richer.details,
    charges: base.charges.length > 0 ? base.charges : more.charges,
    kind: base.kind === "other" ? more.kind : base.kind,
    ...(batch === undefined ? {} : { batch }),
    ...(valueDate === undefined ? {} : { valueDate }),
    ...(returnReason === undefined ? {} : { returnReason }),
    confirmed: known.confirmed || other.confirmed,
  };
}

function weigh(fact: BookedFact): number {
  return SOURCE_WEIGHT[fact.source];
}

function contradict(a: BookedFact, b: BookedFact): boolean {
  const [left, right] = [namesOf(a), new Set(namesOf(b))];
  return left.length > 0 && right.size > 0 && !left.some((name) => right.has(name));
}

function namesOf(fact: BookedFact): string[] {
  return fact.details.map(nameOf).filter((name) => name !== undefined);
}

function nameOf({ endToEndId }: BookedDetail): string | undefined {
  const name = endToEndId?.trim();
  return name === undefined || name === "" || name.toUpperCase() === "NOTPROVIDED" ? undefined : name;
}
