/** What the matches of one step of the matcher change: gathered match by match, then written by sets. */
import { applyStatus } from "../bankfiles/meaning/payment-status.ts";
import type { TransferStanding } from "../bankfiles/meaning/transfer-standing.ts";
import type { Posting } from "../domain/ledger.ts";
import { TRANSFER_LIFECYCLE, type TransferState } from "../domain/transfer.ts";
import type { EntryResult, ReconMatch, ReconResult } from "../recon/recon-result.ts";
import { type EntryOutcome, insertMatches, markEntries, type NewMatch } from "../store/bank-entries.ts";
import { postToJournal } from "../store/journal.ts";
import type { Marketplace } from "../store/marketplaces.ts";
import type { MatchCandidate } from "../store/match-candidates.ts";
import type { OpenEntry } from "../store/open-entries.ts";
import { type AnnouncedPayIn, markPaidIn } from "../store/payins.ts";
import { recordStatusChanges } from "../store/status-changes.ts";
import type { Transaction } from "../store/store.ts";
import { changeStandings, type StandingChange } from "../store/transfer-standings.ts";
import { factOf } from "./fact-text.ts";
import type { Decided } from "./line-source.ts";
import { type FailedTransfer, reissueTransfers } from "./reissue-transfers.ts";

/** When and for whom the matches are applied. */
export interface MatchOccasion {
  readonly marketplace: Marketplace;
  readonly businessDate: string;
  readonly now: Date;
  /** What nothing explains still moved our money: then it goes to suspense until finance says what it was. */
  readonly suspend?: boolean;
}

export class MatchWork {
  executed = 0;
  returned = 0;
  paidIn = 0;
  suspended = 0;
  private readonly matching: MatchOccasion;
  private readonly entries: ReadonlyMap<string, OpenEntry>;
  private readonly states: Map<string, MatchCandidate>;
  private readonly changes = new Map<bigint, StandingChange>();
  private readonly matches: NewMatch[] = [];
  private readonly postings: Posting[] = [];
  private readonly failed: FailedTransfer[] = [];
  private readonly payIns: ReadonlyMap<string, AnnouncedPayIn>;
  private readonly paid: { readonly id: bigint; readonly paidOn: string }[] = [];
  /** Of a line, what its matches explain and what was yet not applied. */
  private readonly unapplied = new Map<string, bigint>();

  constructor(matching: MatchOccasion, { entries, transfers }: Decided, payIns: readonly AnnouncedPayIn[]) {
    this.matching = matching;
    this.payIns = new Map(payIns.map((payIn) => [String(payIn.id), payIn]));
    this.entries = new Map(entries.map((entry) => [entry.identity, entry]));
    this.states = new Map(transfers);
  }

  /** A reversal is left to finance, and so is what the bank booked again after it: both stay open, in suspense. */
  take(match: ReconMatch): void {
    if (match.effect === "REVERSED" || this.isBookedAgain(match)) this.leave(match);
    else if (match.effect === "EXECUTED") this.execute(match);
    else if (match.effect === "RETURNED") this.giveBack(match);
    else if (match.effect === "CHARGED") this.charge(match);
    else if (match.effect === "PAID_IN") this.payIn(match);
    else match.effect satisfies never;
  }

  private isBookedAgain(match: ReconMatch): boolean {
    const isDone = ({ state }: MatchCandidate) => state === "EXECUTED" || state === "RETURNED";
    return match.effect === "EXECUTED" && this.transfersOf(match).some(isDone);
  }

  private leave({ entries, bookedMinor }: ReconMatch): void {
    for (const identity of entries) {
      const entry = this.entries.get(identity);
      const left = entries.length === 1 ? bookedMinor : (entry?.amount ?? 0n);
      this.unapplied.set(identity, (this.unapplied.get(identity) ?? 0n) + left);
    }
  }

  /** What of a line stood in suspense and is explained now leaves it by the opposite posting; what is not may enter it. */
  private suspense(entry: OpenEntry, unexplained: bigint): bigint {
    const more = unexplained - entry.suspended;
    if (more === 0n || (more > 0n && this.matching.suspend !== true)) return entry.suspended;
    if (more > 0n) this.suspended += 1;
    const isCredit = (entry.direction === "CRDT") === more > 0n;
    this.postings.push({
      movement: isCredit ? "UNEXPECTED_CREDIT" : "UNEXPECTED_DEBIT",
      amount: more > 0n ? more : -more,
      currency: entry.currency,
      cause: { kind: "BANK_ENTRY", id: entry.id },
    });
    return unexplained;
  }

  /** What a match explains counts only where it was applied. A line that stays as it is needs no writing. */
  private outcomeOf({ entry: identity, state: decided, reason, openMinor }: EntryResult): readonly EntryOutcome[] {
    const entry = this.entries.get(identity);
    if (entry === undefined) return [];
    const left = this.unapplied.get(identity) ?? 0n;
    const unexplained = decided === "IGNORED" ? 0n : openMinor + left;
    const open = unexplained < entry.amount ? "PARTLY_MATCHED" : "UNMATCHED";
    const state = left > 0n ? open : decided;
    const suspended = this.suspense(entry, unexplained);
    const isSame = entry.state === state && entry.reason === (reason ?? null) && entry.suspended === suspended;
    if (isSame) return [];
    const outcome = { id: entry.id, state, suspended } as const;
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

  /** Files whose transfers moved: their MsgIds by their row ids. */
  movedFiles(): ReadonlyMap<bigint, string> {
    const moved = [...this.changes.keys()].flatMap((id) => this.states.get(String(id)) ?? []);
    return new Map(moved.map(({ fileId, messageId }) => [fileId, messageId]));
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
