/** One booked line of an account as a fact the engine can post: exact amounts, one identity, references as text. */
import type { Finding } from "../../domain/finding.ts";
import type {
  CamtDocument,
  Charge,
  Direction,
  Entry,
  EntryDetail,
  Party,
  Reason,
  Statement,
} from "../read/document.ts";
import { dayOf, entryIdentity } from "./entry-identity.ts";
import { type EntryKind, entryKind } from "./entry-kind.ts";
import { exactAmount } from "./exact-amount.ts";

export interface BookedCharge {
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly direction: Direction;
  /** True when the charge is already part of the entry's amount. */
  readonly included: boolean;
}

export interface BookedDetail {
  readonly endToEndId?: string;
  readonly instructionId?: string;
  readonly messageId?: string;
  readonly paymentInformationId?: string;
  readonly transactionId?: string;
  readonly servicerReference?: string;
  /** Absent when the file gives none that can be read; a single detail without an amount has the entry's. */
  readonly amountMinor?: bigint;
  readonly currency?: string;
  /** The entry's direction, unless the detail states its own. */
  readonly direction: Direction;
  readonly charges: readonly BookedCharge[];
  readonly return?: Reason;
  readonly debtor?: Party;
  readonly creditor?: Party;
  readonly remittance: readonly string[];
  readonly exchange?: EntryDetail["exchange"];
}

export interface BookedBatch {
  readonly messageId?: string;
  readonly paymentInformationId?: string;
  readonly count?: number;
  readonly totalMinor?: bigint;
}

export interface BookedFact {
  /** The same for one booking in camt.052, 053 and 054: see entry-identity.ts. */
  readonly identity: string;
  /** IBAN, or the bank's own number when there is none. */
  readonly account: string;
  readonly direction: Direction;
  /** Zero or more. */
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly bookingDate?: string;
  readonly valueDate?: string;
  readonly reversal: boolean;
  readonly reference?: string;
  readonly servicerReference?: string;
  readonly batch?: BookedBatch;
  /** Of the entry and of its details. */
  readonly charges: readonly BookedCharge[];
  readonly details: readonly BookedDetail[];
  readonly returnReason?: Reason;
  readonly kind: EntryKind;
  readonly additionalInfo?: string;
  /** Which message said it; `confirmed` when it is a statement (camt.053), the only one a day is closed by. */
  readonly source: CamtDocument["kind"];
  readonly confirmed: boolean;
  readonly statementId?: string;
  /** 1-based place of the line in its statement. */
  readonly position: number;
}

/** What an entry needs to know of the statement around it. */
export interface StatementHead {
  readonly kind: CamtDocument["kind"];
  readonly id?: string;
  readonly account: Statement["account"];
}

export interface FactReading {
  /** Absent for a line that is not booked, and for one that cannot be read (then there is a finding). */
  readonly fact?: BookedFact;
  readonly findings: readonly Finding[];
}

/** Where a line stands: its place, and which of several lines alike it is (both from 1). */
export interface EntryPlace {
  readonly position: number;
  readonly occurrence: number;
}

/** The account a statement is about: its IBAN without spaces, or the bank's own number. */
export function accountOf(head: { readonly account: Statement["account"] }): string {
  return (head.account.iban ?? head.account.other ?? "").replaceAll(/\s/g, "").toUpperCase();
}

/**
 * The fact of one entry; pure, so a reader can hand entries over one by one. Only BOOK is a fact: PDNG may vanish and
 * INFO never moves money. What cannot be read is a finding at the entry; an unreadable detail or charge leaves the rest.
 */
export function bookedFact(entry: Entry, head: StatementHead, place: EntryPlace): FactReading {
  if (!isBooked(entry)) return { findings: [] };
  const where = `${head.kind} ${head.id ?? "statement"}/Ntry[${place.position}]`;
  const findings: Finding[] = [];
  const account = accountOf(head);
  const amount = exactAmount(entry.amount, entry.currency ?? head.account.currency, `${where}/Amt`);
  if (!amount.ok) findings.push(amount.finding);
  if (entry.direction === undefined) {
    findings.push({ code: "DIRECTION_MISSING", where, found: "no CdtDbtInd", expected: "CRDT or DBIT" });
  }
  if (account === "") {
    findings.push({ code: "ACCOUNT_MISSING", where, found: "no account", expected: "an IBAN or account number" });
  }
  if (!amount.ok || entry.direction === undefined || account === "") return { findings };
  const { minor, currency } = amount;
  const negative = minor < 0n;
  if (negative) findings.push({ code: "AMOUNT_NEGATIVE", where, found: entry.amount, expected: "zero or more" });
  const direction = negative ? opposite(entry.direction) : entry.direction;
  const amountMinor = negative ? -minor : minor;
  const details = entry.details.map((detail, row) => {
    const whole = entry.details.length === 1 ? amountMinor : undefined;
    return bookedDetail(detail, { direction, currency, whole }, `${where}/TxDtls[${row + 1}]`, findings);
  });
  const bookingDate = dayOf(entry.bookingDate);
  const valueDate = dayOf(entry.valueDate);
  const batch = entry.batch === undefined ? undefined : bookedBatch(entry.batch, currency, where, findings);
  const returnReason = details.find((detail) => detail.return !== undefined)?.return;
  const fact: BookedFact = {
    identity: entryIdentity(account, { ...entry, currency }, place.occurrence),
    account,
    direction,
    amountMinor,
    currency,
    ...(bookingDate === undefined ? {} : { bookingDate }),
    ...(valueDate === undefined ? {} : { valueDate }),
    reversal: entry.reversal,
    ...(entry.reference === undefined ? {} : { reference: entry.reference }),
    ...(entry.servicerReference === undefined ? {} : { servicerReference: entry.servicerReference }),
    ...(batch === undefined ? {} : { batch }),
    charges: [
      ...bookedCharges(entry.charges, currency, where, findings),
      ...details.flatMap((detail) => detail.charges),
    ],
    details,
    ...(returnReason === undefined ? {} : { returnReason }),
    kind: entryKind({ ...entry, direction }),
    ...(entry.additionalInfo === undefined ? {} : { additionalInfo: entry.additionalInfo }),
    source: head.kind,
    confirmed: head.kind === "camt.053",
    ...(head.id === undefined ? {} : { statementId: head.id }),
    position: place.position,
  };
  return { fact, findings };
}

export function isBooked(entry: Entry): boolean {
  return entry.status?.trim().toUpperCase() === "BOOK";
}

interface EntryFrame {
  readonly direction: Direction;
  readonly currency: string;
  readonly whole: bigint | undefined;
}

function bookedDetail(detail: EntryDetail, frame: EntryFrame, where: string, findings: Finding[]): BookedDetail {
  const { amount: text, charges = [], ...references } = detail;
  const { currency: _, ...rest } = references;
  const amount = text === undefined ? undefined : exactAmount(text, detail.currency ?? frame.currency, `${where}/Amt`);
  if (amount !== undefined && !amount.ok) findings.push(amount.finding);
  const read = amount?.ok === true ? { amountMinor: amount.minor, currency: amount.currency } : undefined;
  const inherited = frame.whole === undefined ? undefined : { amountMinor: frame.whole, currency: frame.currency };
  const missing = text === undefined ? inherited : undefined;
  return {
    ...rest,
    direction: detail.direction ?? frame.direction,
    ...read,
    ...missing,
    charges: bookedCharges(charges, frame.currency, where, findings),
  };
}

function bookedCharges(
  charges: readonly Charge[],
  currency: string,
  where: string,
  findings: Finding[],
): BookedCharge[] {
  return charges.flatMap((charge) => {
    const amount = exactAmount(charge.amount, charge.currency ?? currency, `${where}/Chrgs`);
    if (!amount.ok) {
      findings.push(amount.finding);
      return [];
    }
    const { minor: amountMinor, currency: charged } = amount;
    const { direction = "DBIT", included = false } = charge;
    return [{ amountMinor, currency: charged, direction, included }];
  });
}

function bookedBatch(
  batch: NonNullable<Entry["batch"]>,
  currency: string,
  where: string,
  findings: Finding[],
): BookedBatch {
  const { count: countText, total: totalText, ...references } = batch;
  const total = totalText === undefined ? undefined : exactAmount(totalText, currency, `${where}/Btch/TtlAmt`);
  if (total !== undefined && !total.ok) findings.push(total.finding);
  const count = countText !== undefined && /^\s*\d{1,15}\s*$/.test(countText) ? Number(countText) : undefined;
  if (countText !== undefined && count === undefined) {
    findings.push({
      code: "COUNT_UNREADABLE",
      where: `${where}/Btch/NbOfTxs`,
      found: countText.slice(0, 40),
      expected: "a number",
    });
  }
  return {
    ...references,
    ...(count === undefined ? {} : { count }),
    ...(total?.ok === true ? { totalMinor: total.minor } : {}),
  };
}

function opposite(direction: Direction): Direction {
  return direction === "CRDT" ? "DBIT" : "CRDT";
}
