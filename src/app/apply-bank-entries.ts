/** Lays open bank lines beside transfers and applies what the matcher is sure of: executed, returned, charged. */
import { applyStatus } from "../bankfiles/meaning/payment-status.ts";
import type { TransferStanding } from "../bankfiles/meaning/transfer-standing.ts";
import type { BankProfile } from "../bankfiles/profile/profile.ts";
import { addDays } from "../domain/calendar.ts";
import { shortHash } from "../domain/ids.ts";
import type { Posting } from "../domain/ledger.ts";
import { TRANSFER_LIFECYCLE, type TransferState } from "../domain/transfer.ts";
import { matchEntries } from "../recon/match.ts";
import { type ExpectedPayIn, RECON_DEFAULTS, type ReconSettings, type ReconTransfer } from "../recon/recon-input.ts";
import {
  type EntryResult,
  RECON_EXCEPTIONS,
  type ReconException,
  type ReconMatch,
  type ReconResult,
} from "../recon/recon-result.ts";
import {
  adoptEntries,
  type EntryOutcome,
  insertMatches,
  markEntries,
  type NewMatch,
  type OpenEntry,
  openEntries,
} from "../store/bank-entries.ts";
import { isOpen, type NewException, openExceptions, resolveExceptions } from "../store/exceptions.ts";
import { refreshFile } from "../store/file-answers.ts";
import { postToJournal } from "../store/journal.ts";
import type { Marketplace } from "../store/marketplaces.ts";
import { type MatchCandidate, matchCandidates } from "../store/match-candidates.ts";
import { type AnnouncedPayIn, markPaidIn, type PayInWithLines, payInCandidates } from "../store/payins.ts";
import { recordStatusChanges } from "../store/status-changes.ts";
import type { Transaction } from "../store/store.ts";
import { changeStandings, type StandingChange } from "../store/transfer-standings.ts";
import { factOf } from "./fact-text.ts";
import { unknownAccountIdentity } from "./keep-statements.ts";
import { type FailedTransfer, reissueTransfers } from "./reissue-transfers.ts";

export interface BankMatching {
  readonly marketplace: Marketplace;
  readonly businessDate: string;
  readonly now: Date;
  /** Of the bank: what may be charged without anybody being asked. */
  readonly profile: BankProfile;
}

export interface BankMatchingReport {
  readonly result: ReconResult;
  readonly executed: number;
  readonly returned: number;
  /** Pay-ins that are complete now. */
  readonly paidIn: number;
  readonly exceptions: readonly NewException[];
  /** What nothing explains of each line that stays open, by its identity. */
  readonly unexplained: ReadonlyMap<string, bigint>;
}

/** One marketplace, one transaction. Running it again with nothing new changes nothing. */
export async function applyBankEntries(tx: Transaction, matching: BankMatching): Promise<BankMatchingReport> {
  const { marketplace, businessDate, now } = matching;
  await adoptKnownAccount(tx, matching);
  const entries = await openEntries(tx.db, marketplace.id);
  const facts = entries.map(({ fact }) => factOf(fact));
  const candidates = await matchCandidates(tx.db, marketplace.id, namesIn(facts));
  const payIns = await payInCandidates(tx.db, marketplace.id, addDays(businessDate, -PAY_IN_DAYS));
  const result = matchEntries({
    entries: facts,
    transfers: candidates.map(reconTransfer),
    payIns: payIns.map((payIn) => expectedPayIn(payIn, marketplace.row.debtor_iban)),
    settings: settingsOf(matching),
  });
  const work = new Applying(matching, entries, candidates, payIns);
  for (const match of result.matches) work.take(match);
  await work.write(tx, result);
  const names = {
    transfers: new Map(candidates.map(({ id, endToEndId }) => [String(id), endToEndId])),
    payIns: new Map(payIns.map(({ id, ref }) => [String(id), ref])),
  };
  const exceptions = result.exceptions.map((exception) => newException(exception, marketplace, names));
  await openExceptions(tx, exceptions, businessDate, now);
  return {
    result,
    executed: work.executed,
    returned: work.returned,
    paidIn: work.paidIn,
    exceptions,
    unexplained: work.unexplained,
  };
}

/** A pay-in that was named so long ago is not compared with new lines any more. */
const PAY_IN_DAYS = 400;

function settingsOf({ marketplace, businessDate, profile: { charges } }: BankMatching): ReconSettings {
  return {
    ...RECON_DEFAULTS,
    returnChargeLimitMinor: BigInt(charges.return),
    payInChargeLimitMinor: BigInt(charges.payIn),
    bankChargeLimitMinor: BigInt(charges.bank),
    asOf: businessDate,
    accounts: [marketplace.row.debtor_iban],
  };
}

function expectedPayIn(payIn: PayInWithLines, account: string): ExpectedPayIn {
  const { amount, charges, currency, references, expectedOn, paidBy } = payIn;
  return {
    id: String(payIn.id),
    references,
    account,
    amountMinor: amount,
    chargesMinor: charges,
    currency,
    expectedDate: expectedOn,
    ...(paidBy.length === 0 ? {} : { paidBy }),
  };
}

/** Lines that came before their account was in a marketplace become its own, and the matter is closed. */
async function adoptKnownAccount(tx: Transaction, { marketplace, now }: BankMatching): Promise<void> {
  const account = marketplace.row.debtor_iban;
  const matter = unknownAccountIdentity(account);
  if (!(await isOpen(tx.db, matter))) return;
  const lines = await adoptEntries(tx, account, marketplace.id);
  const how = `the account is in marketplace ${marketplace.ref} now: it has taken ${lines} lines over`;
  await resolveExceptions(tx, [matter], how, now);
}

function namesIn(facts: readonly ReturnType<typeof factOf>[]) {
  const endToEndIds = new Set<string>();
  const messageIds = new Set<string>();
  const paymentIds = new Set<string>();
  const add = (names: Set<string>, name: string | undefined): void => {
    if (name !== undefined && name.trim() !== "") names.add(name.trim());
  };
  for (const { details, batch } of facts) {
    add(messageIds, batch?.messageId);
    add(paymentIds, batch?.paymentInformationId);
    for (const detail of details) {
      add(endToEndIds, detail.endToEndId);
      add(endToEndIds, detail.instructionId);
      add(messageIds, detail.messageId);
      add(paymentIds, detail.paymentInformationId);
    }
  }
  return { endToEndIds: [...endToEndIds], messageIds: [...messageIds], paymentIds: [...paymentIds] };
}

function reconTransfer(candidate: MatchCandidate): ReconTransfer {
  const { bookedBy, returnedBy } = candidate;
  return {
    id: String(candidate.id),
    endToEndId: candidate.endToEndId,
    instructionId: candidate.endToEndId,
    paymentInformationId: candidate.paymentInformationId,
    messageId: candidate.messageId,
    account: candidate.account,
    iban: candidate.iban,
    amountMinor: candidate.amount,
    currency: candidate.currency,
    state: candidate.state,
    executionDate: candidate.executionDate,
    ...(bookedBy.length === 0 ? {} : { bookedBy }),
    ...(returnedBy === undefined ? {} : { returnedBy }),
  };
}

/** Gathers what all matches of a run change, so that it is written by sets. */
class Applying {
  executed = 0;
  returned = 0;
  paidIn = 0;
  private readonly matching: BankMatching;
  private readonly entries: ReadonlyMap<string, OpenEntry>;
  private readonly states: Map<string, MatchCandidate>;
  private readonly changes = new Map<bigint, StandingChange>();
  private readonly matches: NewMatch[] = [];
  private readonly postings: Posting[] = [];
  private readonly failed: FailedTransfer[] = [];
  private readonly payIns: ReadonlyMap<string, AnnouncedPayIn>;
  private readonly paid: { readonly id: bigint; readonly paidOn: string }[] = [];
  readonly unexplained = new Map<string, bigint>();
  private readonly explained = new Set<string>();

  constructor(
    matching: BankMatching,
    entries: readonly OpenEntry[],
    candidates: readonly MatchCandidate[],
    payIns: readonly AnnouncedPayIn[],
  ) {
    this.matching = matching;
    this.payIns = new Map(payIns.map((payIn) => [String(payIn.id), payIn]));
    this.entries = new Map(entries.map((entry) => [entry.identity, entry]));
    this.states = new Map(candidates.map((candidate) => [String(candidate.id), candidate]));
  }

  /** A reversal is left to finance: the line stays open, in suspense, with its exception. */
  take(match: ReconMatch): void {
    if (match.effect === "REVERSED") return;
    for (const identity of match.entries) this.explained.add(identity);
    if (match.effect === "EXECUTED") this.execute(match);
    if (match.effect === "RETURNED") this.giveBack(match);
    if (match.effect === "CHARGED") this.charge(match);
    if (match.effect === "PAID_IN") this.payIn(match);
  }

  /** What of a line stood in suspense and is explained now: the suspense posting is taken back by its opposite. */
  private leaveSuspense(entry: OpenEntry, unexplained: bigint): bigint {
    const explained = entry.suspended - unexplained;
    if (explained <= 0n) return entry.suspended;
    this.postings.push({
      movement: entry.direction === "CRDT" ? "UNEXPECTED_DEBIT" : "UNEXPECTED_CREDIT",
      amount: explained,
      currency: entry.currency,
      cause: { kind: "BANK_ENTRY", id: entry.id },
    });
    return unexplained;
  }

  /** What a match explains counts only where it was applied. */
  private outcomeOf({ entry: identity, state, reason, openMinor }: EntryResult): readonly EntryOutcome[] {
    const entry = this.entries.get(identity);
    if (entry === undefined) return [];
    const isApplied = state !== "MATCHED" || this.explained.has(identity);
    const unexplained = state === "IGNORED" ? 0n : isApplied ? openMinor : entry.amount;
    if (unexplained > 0n) this.unexplained.set(identity, unexplained);
    const suspended = this.leaveSuspense(entry, unexplained);
    const outcome = { id: entry.id, state: isApplied ? state : "UNMATCHED", suspended } as const;
    return [reason === undefined ? outcome : { ...outcome, reason }];
  }

  private execute(match: ReconMatch): void {
    const entry = this.entryOf(match);
    const transfers = this.transfersOf(match);
    for (const transfer of transfers) {
      this.move(transfer, "book", entry);
      this.executed += 1;
      this.matches.push({
        entryId: entry.id,
        transferId: transfer.id,
        kind: "EXECUTED",
        rule: match.rule,
        amount: transfer.amount,
      });
      this.postings.push(posting("BOOKED", transfer, transfer.amount));
    }
    if (transfers.length > 0) this.bankCharges(match, entry);
  }

  private giveBack(match: ReconMatch): void {
    const entry = this.entryOf(match);
    for (const transfer of this.transfersOf(match)) {
      this.move(transfer, "return", entry, match.returnReason?.code);
      this.returned += 1;
      const charges = match.transfers.length === 1 ? match.chargesMinor : 0n;
      this.matches.push({
        entryId: entry.id,
        transferId: transfer.id,
        kind: "RETURNED",
        rule: match.rule,
        amount: transfer.amount,
      });
      this.postings.push(posting("RETURNED", transfer, transfer.amount - charges));
      if (charges > 0n) this.postings.push(posting("RETURN_CHARGED", transfer, charges));
      const reasonCode = match.returnReason?.code;
      this.failed.push({ ...transfer, ...(reasonCode === undefined ? {} : { reasonCode }) });
    }
  }

  private charge(match: ReconMatch): void {
    const entry = this.entryOf(match);
    this.matches.push({ entryId: entry.id, kind: "CHARGE", rule: match.rule, amount: match.bookedMinor });
    this.postings.push(chargePosting(entry, match.bookedMinor));
  }

  /** What reached the bank settles the acquirer's debt to us, and so does what he kept: that is a cost. */
  private payIn(match: ReconMatch): void {
    const lines = match.entries.flatMap((identity) => this.entries.get(identity) ?? []);
    for (const entry of lines) this.postings.push(acquirerPosting("ACQUIRER_PAID_IN", entry, entry.amount));
    const [first] = lines;
    if (first === undefined) throw new Error(`the matcher paid in without a line: ${match.payIns.join(", ")}`);
    if (match.chargesMinor > 0n) this.postings.push(acquirerPosting("ACQUIRER_CHARGED", first, match.chargesMinor));
    const paidOn =
      lines
        .map(({ fact }) => factOf(fact).bookingDate ?? this.matching.businessDate)
        .sort()
        .at(-1) ?? "";
    for (const payIn of match.payIns.flatMap((id) => this.payIns.get(id) ?? [])) {
      this.paidIn += 1;
      this.paid.push({ id: payIn.id, paidOn });
      // Of several lines each tells its own amount, of one line that pays several pay-ins each tells the pay-in's.
      for (const entry of lines) {
        const amount = lines.length > 1 ? entry.amount : payIn.amount;
        this.matches.push({ entryId: entry.id, payInId: payIn.id, kind: "PAYIN", rule: match.rule, amount });
      }
    }
  }

  /** What the bank took on top of the transfers of a debit. */
  private bankCharges(match: ReconMatch, entry: OpenEntry): void {
    if (match.chargesMinor > 0n) this.postings.push(chargePosting(entry, match.chargesMinor));
  }

  private move(transfer: MatchCandidate, event: "book" | "return", entry: OpenEntry, reasonCode?: string): void {
    const cells: Readonly<Partial<Record<string, TransferState>>> = TRANSFER_LIFECYCLE[transfer.state];
    const to = cells[event];
    if (to === undefined)
      throw new Error(`the matcher booked transfer ${transfer.endToEndId} in state ${transfer.state}`);
    const before = transfer.standing === null ? undefined : (JSON.parse(transfer.standing) as TransferStanding);
    const { standing } = applyStatus(before, { kind: event === "book" ? "booked" : "returned" });
    const bookedOn = factOf(entry.fact).bookingDate ?? this.matching.businessDate;
    const earlier = this.changes.get(transfer.id);
    this.changes.set(transfer.id, {
      id: transfer.id,
      from: earlier?.from ?? transfer.state,
      to,
      bankStatus: standing.isoStatus,
      standing: JSON.stringify(standing),
      ...(reasonCode === undefined ? {} : { reasonCode }),
      ...(event === "book"
        ? { executedOn: bookedOn }
        : earlier?.executedOn === undefined
          ? {}
          : { executedOn: earlier.executedOn }),
    });
    // A debit and its return may come in one statement: the second starts where the first ended.
    this.states.set(String(transfer.id), { ...transfer, state: to, standing: JSON.stringify(standing) });
  }

  private entryOf(match: ReconMatch): OpenEntry {
    const entry = this.entries.get(match.entries[0] ?? "");
    if (entry === undefined) throw new Error(`the matcher used an entry it was not given: ${match.entries.join(", ")}`);
    return entry;
  }

  /** A line that stays open matches again what it matched before: that is not applied a second time. */
  private transfersOf(match: ReconMatch): readonly MatchCandidate[] {
    return match.transfers.flatMap((id) => {
      const transfer = this.states.get(id);
      const done = match.effect === "RETURNED" ? [transfer?.returnedBy] : (transfer?.bookedBy ?? []);
      return transfer === undefined || match.entries.some((entry) => done.includes(entry)) ? [] : [transfer];
    });
  }

  async write(tx: Transaction, result: ReconResult): Promise<void> {
    const { marketplace, businessDate, now } = this.matching;
    const changes = [...this.changes.values()];
    const outcomes = result.entries.flatMap((entry) => this.outcomeOf(entry));
    await changeStandings(tx, changes, now);
    await insertMatches(tx, this.matches, businessDate);
    await markPaidIn(tx, this.paid);
    await postToJournal(
      tx,
      { marketplaceId: marketplace.id, operatorId: marketplace.operatorId, businessDate },
      this.postings,
    );
    await recordStatusChanges(
      tx,
      marketplace.id,
      changes.flatMap(({ id, from, to, reasonCode }) => {
        const ref = this.states.get(String(id))?.endToEndId ?? "";
        const detail = reasonCode === undefined ? {} : { detail: reasonCode };
        const last = { kind: "transfer" as const, ref, status: to, ...detail };
        const both = to === "RETURNED" && from !== "EXECUTED";
        return both ? [{ kind: "transfer" as const, ref, status: "EXECUTED" }, last] : [last];
      }),
      now,
    );
    await reissueTransfers(tx, { marketplace, businessDate, now }, this.failed, "BANK_RETURNED");
    for (const fileId of new Set(changes.map(({ id }) => this.states.get(String(id))?.fileId ?? 0n))) {
      await refreshFile(tx, fileId, true, now);
    }
    await markEntries(tx, outcomes);
  }
}

function posting(
  movement: "BOOKED" | "RETURNED" | "RETURN_CHARGED",
  transfer: MatchCandidate,
  amount: bigint,
): Posting {
  return {
    movement,
    sellerId: transfer.sellerId,
    amount,
    currency: transfer.currency,
    cause: { kind: "TRANSFER", id: transfer.id },
  };
}

function chargePosting(entry: OpenEntry, amount: bigint): Posting {
  return { movement: "BANK_CHARGED", amount, currency: entry.currency, cause: { kind: "BANK_ENTRY", id: entry.id } };
}

function acquirerPosting(movement: "ACQUIRER_PAID_IN" | "ACQUIRER_CHARGED", entry: OpenEntry, amount: bigint): Posting {
  return { movement, amount, currency: entry.currency, cause: { kind: "BANK_ENTRY", id: entry.id } };
}

/** The same matter has the same identity in every run, so that it is opened once. */
export function newException(
  exception: ReconException,
  marketplace: Marketplace,
  names: { readonly transfers: ReadonlyMap<string, string>; readonly payIns: ReadonlyMap<string, string> },
): NewException {
  const transfers = exception.transfers.flatMap((id) => names.transfers.get(id) ?? []);
  const payIns = exception.payIns.flatMap((id) => names.payIns.get(id) ?? []);
  const subjects = [...exception.entries, ...transfers, ...payIns];
  return {
    identity: `recon/${exception.code}/${marketplace.ref}/${shortHash(subjects)}`,
    marketplaceId: marketplace.id,
    reason: exception.code,
    subjectKind: exception.entries.length > 0 ? "bank-entry" : transfers.length > 0 ? "transfer" : "payin",
    subjectRef: subjects[0] ?? exception.since,
    says: [RECON_EXCEPTIONS[exception.code].says, exception.detail].filter((text) => text !== undefined).join(": "),
    amount: exception.amountMinor,
    currency: exception.currency,
    owner: "finance",
  };
}
