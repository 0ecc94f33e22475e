/** Lays open bank lines beside transfers and applies what the matcher is sure of: executed, returned, charged. */
import { applyStatus } from "../bankfiles/meaning/payment-status.ts";
import type { TransferStanding } from "../bankfiles/meaning/transfer-standing.ts";
import { shortHash } from "../domain/ids.ts";
import type { Posting } from "../domain/ledger.ts";
import { TRANSFER_LIFECYCLE, type TransferState } from "../domain/transfer.ts";
import { matchEntries } from "../recon/match.ts";
import { RECON_DEFAULTS, type ReconSettings, type ReconTransfer } from "../recon/recon-input.ts";
import { RECON_EXCEPTIONS, type ReconException, type ReconMatch, type ReconResult } from "../recon/recon-result.ts";
import { insertMatches, markEntries, type NewMatch, type OpenEntry, openEntries } from "../store/bank-entries.ts";
import { type NewException, openExceptions } from "../store/exceptions.ts";
import { refreshFile } from "../store/file-answers.ts";
import { postToJournal } from "../store/journal.ts";
import type { Marketplace } from "../store/marketplaces.ts";
import { type MatchCandidate, matchCandidates } from "../store/match-candidates.ts";
import { recordStatusChanges } from "../store/status-changes.ts";
import type { Transaction } from "../store/store.ts";
import { changeStandings, type StandingChange } from "../store/transfer-standings.ts";
import { factOf } from "./fact-text.ts";
import { type FailedTransfer, reissueTransfers } from "./reissue-transfers.ts";

export interface BankMatching {
  readonly marketplace: Marketplace;
  readonly businessDate: string;
  readonly now: Date;
  /** What a return may lack and a bank charge may be without anybody being asked. */
  readonly limits?: Partial<ReconSettings>;
}

export interface BankMatchingReport {
  readonly result: ReconResult;
  readonly executed: number;
  readonly returned: number;
  readonly exceptions: readonly NewException[];
}

/** One marketplace, one transaction. Running it again with nothing new changes nothing. */
export async function applyBankEntries(tx: Transaction, matching: BankMatching): Promise<BankMatchingReport> {
  const { marketplace, businessDate, now } = matching;
  const entries = await openEntries(tx.db, marketplace.id);
  const facts = entries.map(({ fact }) => factOf(fact));
  const candidates = await matchCandidates(tx.db, marketplace.id, namesIn(facts));
  const result = matchEntries({
    entries: facts,
    transfers: candidates.map(reconTransfer),
    payIns: [],
    settings: { ...RECON_DEFAULTS, ...matching.limits, asOf: businessDate, accounts: [marketplace.row.debtor_iban] },
  });
  const work = new Applying(matching, entries, candidates);
  for (const match of result.matches) work.take(match);
  await work.write(tx, result);
  const nameOf = new Map(candidates.map(({ id, endToEndId }) => [String(id), endToEndId]));
  const exceptions = result.exceptions.map((exception) => newException(exception, marketplace, nameOf));
  await openExceptions(tx, exceptions, businessDate, now);
  return { result, executed: work.executed, returned: work.returned, exceptions };
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
  private readonly matching: BankMatching;
  private readonly entries: ReadonlyMap<string, OpenEntry>;
  private readonly states: Map<string, MatchCandidate>;
  private readonly changes = new Map<bigint, StandingChange>();
  private readonly matches: NewMatch[] = [];
  private readonly postings: Posting[] = [];
  private readonly failed: FailedTransfer[] = [];
  private readonly explained = new Set<string>();
  private readonly released = new Set<string>();

  constructor(matching: BankMatching, entries: readonly OpenEntry[], candidates: readonly MatchCandidate[]) {
    this.matching = matching;
    this.entries = new Map(entries.map((entry) => [entry.identity, entry]));
    this.states = new Map(candidates.map((candidate) => [String(candidate.id), candidate]));
  }

  /** A reversal or a pay-in is left to finance: the line stays open, in suspense, with its exception. */
  take(match: ReconMatch): void {
    if (match.effect === "REVERSED" || match.effect === "PAID_IN") return;
    for (const identity of match.entries) {
      this.explained.add(identity);
      this.leaveSuspense(identity);
    }
    if (match.effect === "EXECUTED") this.execute(match);
    if (match.effect === "RETURNED") this.giveBack(match);
    if (match.effect === "CHARGED") this.charge(match);
  }

  /** A line that stood in suspense and is explained now: the suspense posting is taken back by its opposite. */
  private leaveSuspense(identity: string): void {
    const entry = this.entries.get(identity);
    if (entry === undefined || !entry.booked || this.released.has(identity)) return;
    this.released.add(identity);
    this.postings.push({
      movement: entry.direction === "CRDT" ? "UNEXPECTED_DEBIT" : "UNEXPECTED_CREDIT",
      amount: entry.amount,
      currency: entry.currency,
      cause: { kind: "BANK_ENTRY", id: entry.id },
    });
  }

  private execute(match: ReconMatch): void {
    const entry = this.entryOf(match);
    for (const transfer of this.transfersOf(match)) {
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
    this.bankCharges(match, entry);
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
    await changeStandings(tx, changes, now);
    await insertMatches(tx, this.matches, businessDate);
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
    await markEntries(
      tx,
      result.entries.flatMap(({ entry: identity, state, reason }) => {
        const entry = this.entries.get(identity);
        if (entry === undefined) return [];
        const done = state !== "MATCHED" || this.explained.has(identity);
        return [
          {
            id: entry.id,
            state: done ? state : ("UNMATCHED" as const),
            booked: entry.booked && !this.released.has(identity),
            ...(reason === undefined ? {} : { reason }),
          },
        ];
      }),
    );
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

/** The same matter has the same identity in every run, so that it is opened once. */
export function newException(
  exception: ReconException,
  marketplace: Marketplace,
  nameOf: ReadonlyMap<string, string>,
): NewException {
  const transfers = exception.transfers.flatMap((id) => nameOf.get(id) ?? []);
  const subjects = [...exception.entries, ...transfers, ...exception.payIns];
  return {
    identity: `recon/${exception.code}/${marketplace.ref}/${shortHash(subjects)}`,
    marketplaceId: marketplace.id,
    reason: exception.code,
    subjectKind: exception.entries.length > 0 ? "bank-entry" : "transfer",
    subjectRef: subjects[0] ?? exception.since,
    says: [RECON_EXCEPTIONS[exception.code].says, exception.detail].filter((text) => text !== undefined).join(": "),
    amount: exception.amountMinor,
    currency: exception.currency,
    owner: "finance",
  };
}
