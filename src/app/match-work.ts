/** What the matches of one run change: gathered match by match, then written by sets. */
import { applyStatus } from "../bankfiles/meaning/payment-status.ts";
import type { TransferStanding } from "../bankfiles/meaning/transfer-standing.ts";
import type { Posting } from "../domain/ledger.ts";
import { TRANSFER_LIFECYCLE, type TransferState } from "../domain/transfer.ts";
import type { EntryResult, ReconMatch, ReconResult } from "../recon/recon-result.ts";
import { type EntryOutcome, insertMatches, markEntries, type NewMatch, type OpenEntry } from "../store/bank-entries.ts";
import { resolveExceptions } from "../store/exceptions.ts";
import { refreshFile } from "../store/file-answers.ts";
import { postToJournal } from "../store/journal.ts";
import type { Marketplace } from "../store/marketplaces.ts";
import type { MatchCandidate } from "../store/match-candidates.ts";
import { type AnnouncedPayIn, markPaidIn } from "../store/payins.ts";
import { recordStatusChanges } from "../store/status-changes.ts";
import type { Transaction } from "../store/store.ts";
import { changeStandings, type StandingChange } from "../store/transfer-standings.ts";
import { factOf } from "./fact-text.ts";
import { type FailedTransfer, reissueTransfers } from "./reissue-transfers.ts";

/** When and for whom the matches are applied. */
export interface MatchOccasion {
  readonly marketplace: Marketplace;
  readonly businessDate: string;
  readonly now: Date;
}

export class MatchWork {
  executed = 0;
  returned = 0;
  paidIn = 0;
  private readonly matching: MatchOccasion;
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
    matching: MatchOccasion,
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

  /** A bank that booked a file has it, though it never said so. */
  private async endSilence(tx: Transaction, changes: readonly StandingChange[]): Promise<void> {
    const files = new Set(changes.flatMap(({ id }) => this.states.get(String(id))?.messageId ?? []));
    const matters = [...files].flatMap((file) => [`never-heard-back/${file}`, `upload-unknown/${file}`]);
    await resolveExceptions(tx, matters, "the bank has booked it", this.matching.now);
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
    await this.endSilence(tx, changes);
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
