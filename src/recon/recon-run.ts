/** The state of one reconciliation run: what has been decided so far, so that nothing is decided twice. */

import type { Batch, BatchName } from "./match-batch.ts";
import type { ReconEntry } from "./recon-entry.ts";
import { dateOf, referenceText } from "./recon-entry.ts";
import type { ExpectedPayIn, ReconSettings, ReconTransfer } from "./recon-input.ts";
import type {
  EntryResult,
  IgnoreReason,
  MatchRule,
  ReconException,
  ReconExceptionCode,
  ReconMatch,
  ReconProposal,
  ReconResult,
} from "./recon-result.ts";
import { type ReconBeside, TransferIndex } from "./transfer-index.ts";

/** A piece of an entry that may, with others, make up one transfer, batch or pay-in. */
export interface PoolPart {
  readonly entry: ReconEntry;
  readonly minor: bigint;
}

/** What several lines, each smaller than it, may make up together. */
export type PoolSubject =
  | { readonly kind: "transfer"; readonly transferId: string; readonly rule: MatchRule }
  | { readonly kind: "batch"; readonly name: BatchName; readonly account: string }
  | { readonly kind: "payIn"; readonly payInId: string };

/** Lines that name the same thing: n entries to one. Decided once every line of the run has been seen. */
export interface Pool {
  readonly subject: PoolSubject;
  /** No more of each line than finds it again: a run may be longer than what fits in memory. */
  readonly parts: { readonly identity: string; readonly minor: bigint }[];
}

type Decided = Omit<ReconMatch, "entries" | "transfers" | "payIns" | "bookedMinor" | "currency" | "chargesMinor"> & {
  readonly parts: readonly PoolPart[];
  readonly transfers?: readonly ReconTransfer[];
  readonly payIns?: readonly ExpectedPayIn[];
  readonly chargesMinor?: bigint;
};

type Raised = {
  readonly transfers?: readonly ReconTransfer[];
  readonly payIns?: readonly ExpectedPayIn[];
  readonly amountMinor?: bigint;
  readonly detail?: string;
};

/** What is held of lines is given away by `take`: all but the pools, and what was decided that nobody else knows yet. */
export class ReconRun {
  index: TransferIndex;
  readonly settings: ReconSettings;
  readonly pools = new Map<string, Pool>();
  readonly batches = new Map<string, { readonly decisions: number; readonly batch: Batch }>();
  private decided = 0;
  private readonly seenHere = new Map<string, Map<string, ReconTransfer[]>>();
  /** By transfer, what this run decided last: the lines that booked it; none when the bank took the booking back. */
  private readonly bookedHere = new Map<string, readonly string[]>();
  private readonly returnedHere = new Map<string, readonly string[]>();
  private readonly paidHere = new Set<string>();
  /** Of lines with parts in pools, how many parts are not decided yet. */
  private readonly waiting = new Map<string, number>();
  private matches: ReconMatch[] = [];
  private proposals: ReconProposal[] = [];
  private exceptions: ReconException[] = [];
  private readonly matchedMinor = new Map<string, bigint>();
  private readonly named = new Set<string>();
  private readonly namedPayIns = new Set<string>();
  private readonly reasons = new Map<string, ReconExceptionCode | IgnoreReason>();

  constructor(settings: ReconSettings, beside: ReconBeside) {
    this.settings = settings;
    this.index = new TransferIndex(beside);
  }

  /** The next lines have something else beside them. */
  lay(beside: ReconBeside): void {
    if (beside.payments !== this.index.payments) this.batches.clear();
    this.index = new TransferIndex(beside);
  }

  /** A match that may be applied: it is recorded for each of its entries, transfers and pay-ins. */
  decide({ parts, transfers = [], payIns = [], chargesMinor = 0n, ...match }: Decided): void {
    const entries = [...new Set(parts.map(({ entry }) => entry.identity))];
    const [first] = parts;
    if (first === undefined) return;
    for (const { entry, minor } of parts) this.matchedMinor.set(entry.identity, this.matchedOf(entry) + minor);
    this.remember(match.effect, entries, transfers, payIns);
    if (match.effect === "EXECUTED") for (const { entry } of parts) this.rememberReference(entry, transfers);
    this.decided += 1;
    this.matches.push({
      ...match,
      entries,
      transfers: transfers.map(({ id }) => id),
      payIns: payIns.map(({ id }) => id),
      currency: first.entry.currency,
      bookedMinor: parts.reduce((sum, { minor }) => sum + minor, 0n),
      chargesMinor,
    });
  }

  private remember(
    effect: ReconMatch["effect"],
    entries: readonly string[],
    transfers: readonly ReconTransfer[],
    payIns: readonly ExpectedPayIn[],
  ): void {
    for (const { id } of transfers) {
      if (effect === "EXECUTED") this.bookedHere.set(id, entries);
      else if (effect === "RETURNED") this.returnedHere.set(id, entries);
      // The debit is undone: the bank may book the transfer again.
      else if (effect === "REVERSED") this.bookedHere.set(id, []);
    }
    for (const { id } of payIns) this.paidHere.add(id);
  }

  /** The bank's reference of a line and what it settled, for a reversal that names nothing else. */
  private rememberReference(entry: ReconEntry, transfers: readonly ReconTransfer[]): void {
    const reference = referenceText(entry.servicerReference);
    if (reference === undefined) return;
    const key = `${entry.account}\n${reference}`;
    const lines = this.seenHere.get(key) ?? new Map<string, ReconTransfer[]>();
    this.seenHere.set(key, lines);
    const settled = lines.get(entry.identity) ?? [];
    lines.set(entry.identity, settled);
    for (const transfer of transfers) if (settled.at(-1) !== transfer) settled.push(transfer);
  }

  /** What lines of this run settled under a reference of the bank: one set for each line, by its identity. */
  settledAt(account: string, reference: string): ReadonlyMap<string, readonly ReconTransfer[]> {
    return this.seenHere.get(`${account}\n${reference}`) ?? new Map();
  }

  /** Something for a person. A notice does not keep the line open. */
  raise(code: ReconExceptionCode, entries: readonly ReconEntry[], raised: Raised = {}): void {
    const { transfers = [], payIns = [], detail } = raised;
    const [first] = entries;
    if (entries.length > 0) for (const { id } of payIns) this.namedPayIns.add(id);
    for (const { identity } of entries) {
      if (transfers.length + payIns.length > 0) this.named.add(identity);
      if (!this.reasons.has(identity)) this.reasons.set(identity, code);
    }
    this.exceptions.push({
      code,
      entries: entries.map(({ identity }) => identity),
      transfers: transfers.map(({ id }) => id),
      payIns: payIns.map(({ id }) => id),
      currency: first?.currency ?? transfers[0]?.currency ?? payIns[0]?.currency ?? "",
      amountMinor: raised.amountMinor ?? entries.reduce((sum, { amountMinor }) => sum + amountMinor, 0n),
      since: first === undefined ? (transfers[0]?.executionDate ?? payIns[0]?.expectedDate ?? "") : dateOf(first),
      ...(detail === undefined ? {} : { detail }),
    });
  }

  propose(
    entry: ReconEntry,
    because: ReconProposal["because"],
    transfers: readonly ReconTransfer[],
    payIns: readonly ExpectedPayIn[] = [],
  ): void {
    if (transfers.length + payIns.length === 0) return;
    const limit = this.settings.proposalLimit;
    this.proposals.push({
      entry: entry.identity,
      because,
      transfers: transfers.slice(0, limit).map(({ id }) => id),
      payIns: payIns.slice(0, limit).map(({ id }) => id),
      candidates: transfers.length + payIns.length,
    });
  }

  ignore(entry: ReconEntry, reason: IgnoreReason): void {
    this.reasons.set(entry.identity, reason);
  }

  /** How many matches there are so far: what was worked out before the last one may no longer hold. */
  get decisions(): number {
    return this.decided;
  }

  /** Adds a piece to what the lines naming `key` make up together. */
  pool(key: string, { entry: { identity }, minor }: PoolPart, subject: PoolSubject): void {
    this.waiting.set(identity, (this.waiting.get(identity) ?? 0) + 1);
    const pool = this.pools.get(key);
    if (pool === undefined) this.pools.set(key, { parts: [{ identity, minor }], subject });
    else pool.parts.push({ identity, minor });
  }

  /** A pool is decided: its lines wait for it no longer. */
  unpool(key: string): void {
    for (const { identity } of this.pools.get(key)?.parts ?? []) {
      const parts = (this.waiting.get(identity) ?? 0) - 1;
      if (parts > 0) this.waiting.set(identity, parts);
      else this.waiting.delete(identity);
    }
    this.pools.delete(key);
  }

  isBooked({ id, bookedBy = [] }: ReconTransfer): boolean {
    return (this.bookedHere.get(id) ?? bookedBy).length > 0;
  }

  /** The bank reversed its debit in this run, and has not booked it again. */
  isTakenBack({ id }: ReconTransfer): boolean {
    return this.bookedHere.get(id)?.length === 0;
  }

  /** Booked in this run, or in an earlier one by another line: the same line read again is no second booking. */
  isBookedElsewhere({ id, bookedBy = [] }: ReconTransfer, ...entries: readonly ReconEntry[]): boolean {
    const here = this.bookedHere.get(id);
    if (here !== undefined) return here.length > 0;
    return bookedBy.length > 0 && !entries.some(({ identity }) => bookedBy.includes(identity));
  }

  isReturnedElsewhere({ id, returnedBy }: ReconTransfer, { identity }: ReconEntry): boolean {
    return this.returnedHere.has(id) || (returnedBy !== undefined && returnedBy !== identity);
  }

  /** Whether a line has it, though perhaps not as it was expected. */
  isSeen({ id, paidBy = [] }: ExpectedPayIn): boolean {
    return this.paidHere.has(id) || paidBy.length > 0 || this.namedPayIns.has(id);
  }

  isPaidElsewhere({ id, paidBy = [] }: ExpectedPayIn, { identity }: ReconEntry): boolean {
    return this.paidHere.has(id) || (paidBy.length > 0 && !paidBy.includes(identity));
  }

  /**
   * What was decided since it was last asked, with the results of those of `entries` that wait for no pool. Whoever takes it
   * applies it: from then on the transfers beside the lines are given with `bookedBy` and `returnedBy`.
   */
  take(entries: readonly ReconEntry[]): ReconResult {
    const { matches, proposals, exceptions } = this;
    const done = entries.filter(({ identity }) => !this.waiting.has(identity));
    const results = done.map((entry) => this.resultOf(entry));
    this.matches = [];
    this.proposals = [];
    this.exceptions = [];
    for (const { identity } of done) {
      this.matchedMinor.delete(identity);
      this.named.delete(identity);
      this.reasons.delete(identity);
    }
    this.seenHere.clear();
    for (const here of [this.bookedHere, this.returnedHere]) this.forget(here);
    return { matches, entries: results, proposals, exceptions };
  }

  /** All but what nobody else can tell: bookings taken back, those of lines that wait, and those of payments still held. */
  private forget(here: Map<string, readonly string[]>): void {
    for (const [id, by] of here) {
      const isTold = by.length > 0 && !by.some((identity) => this.waiting.has(identity));
      if (isTold && !this.index.payments.holds(id)) here.delete(id);
    }
  }

  private matchedOf({ identity }: ReconEntry): bigint {
    return this.matchedMinor.get(identity) ?? 0n;
  }

  private resultOf(entry: ReconEntry): EntryResult {
    const matchedMinor = this.matchedOf(entry);
    const openMinor = entry.amountMinor - matchedMinor;
    const reason = this.reasons.get(entry.identity);
    const base = { entry: entry.identity, matchedMinor, openMinor };
    if (reason === "ZERO_AMOUNT") return { ...base, state: "IGNORED", reason };
    if (openMinor === 0n) return { ...base, state: "MATCHED" };
    const partly = matchedMinor > 0n || this.named.has(entry.identity);
    return { ...base, state: partly ? "PARTLY_MATCHED" : "UNMATCHED", ...(reason === undefined ? {} : { reason }) };
  }
}
