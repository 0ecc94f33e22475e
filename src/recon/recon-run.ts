/** The state of one reconciliation run: what has been decided so far, so that nothing is decided twice. */

import type { Batch } from "./match-batch.ts";
import type { ReconEntry } from "./recon-entry.ts";
import { dateOf, referenceText } from "./recon-entry.ts";
import type { ExpectedPayIn, ReconInput, ReconSettings, ReconTransfer } from "./recon-input.ts";
import type {
  EntryResult,
  IgnoreReason,
  ReconException,
  ReconExceptionCode,
  ReconMatch,
  ReconProposal,
  ReconResult,
} from "./recon-result.ts";
import { TransferIndex } from "./transfer-index.ts";

/** A piece of an entry that may, with others, make up one transfer, batch or pay-in. */
export interface PoolPart {
  readonly entry: ReconEntry;
  readonly minor: bigint;
}

/** Lines that name the same thing and are each smaller than it: n entries to one. */
export interface Pool {
  readonly parts: PoolPart[];
  /** Decides once every line of the run has been seen. */
  readonly settle: (run: ReconRun, parts: readonly PoolPart[]) => void;
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

export class ReconRun {
  readonly index: TransferIndex;
  readonly settings: ReconSettings;
  readonly pools = new Map<string, Pool>();
  readonly batches = new Map<string, { readonly decisions: number; readonly batch: Batch }>();
  private readonly seenHere = new Map<string, Map<string, ReconTransfer[]>>();
  private readonly bookedBy = new Map<string, readonly string[]>();
  private readonly returnedBy = new Map<string, string>();
  private readonly paidBy = new Map<string, readonly string[]>();
  private readonly decidedHere = new Set<string>();
  private readonly matches: ReconMatch[] = [];
  private readonly proposals: ReconProposal[] = [];
  private readonly exceptions: ReconException[] = [];
  private readonly matchedMinor = new Map<string, bigint>();
  private readonly named = new Set<string>();
  private readonly namedPayIns = new Set<string>();
  private readonly reasons = new Map<string, ReconExceptionCode | IgnoreReason>();

  constructor(input: ReconInput) {
    this.settings = input.settings;
    this.index = new TransferIndex(input);
    for (const { id, bookedBy = [], returnedBy } of input.transfers) {
      if (bookedBy.length > 0) this.bookedBy.set(id, bookedBy);
      if (returnedBy !== undefined) this.returnedBy.set(id, returnedBy);
    }
    for (const { id, paidBy = [] } of input.payIns) if (paidBy.length > 0) this.paidBy.set(id, paidBy);
  }

  /** A match that may be applied: it is recorded for each of its entries, transfers and pay-ins. */
  decide({ parts, transfers = [], payIns = [], chargesMinor = 0n, ...match }: Decided): void {
    const entries = [...new Set(parts.map(({ entry }) => entry.identity))];
    const [first] = parts;
    if (first === undefined) return;
    for (const { entry, minor } of parts) this.matchedMinor.set(entry.identity, this.matchedOf(entry) + minor);
    this.remember(match.effect, entries, transfers, payIns);
    if (match.effect === "EXECUTED") for (const { entry } of parts) this.rememberReference(entry, transfers);
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
    const [entry = ""] = entries;
    for (const { id } of transfers) {
      if (effect === "EXECUTED") {
        this.bookedBy.set(id, entries);
        this.decidedHere.add(`book ${id}`);
      } else if (effect === "RETURNED") {
        this.returnedBy.set(id, entry);
        this.decidedHere.add(`return ${id}`);
      } else if (effect === "REVERSED") {
        // The debit is undone: the bank may book the transfer again.
        this.bookedBy.delete(id);
        this.decidedHere.delete(`book ${id}`);
      }
    }
    for (const { id } of payIns) {
      this.paidBy.set(id, entries);
      this.decidedHere.add(`pay ${id}`);
    }
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

  /** What lines of this run settled under a reference of the bank: one set for each line. */
  settledAt(account: string, reference: string): readonly (readonly ReconTransfer[])[] {
    return [...(this.seenHere.get(`${account}\n${reference}`)?.values() ?? [])];
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
    return this.matches.length;
  }

  /** Adds a piece to what the lines naming `key` make up together. */
  pool(key: string, part: PoolPart, settle: Pool["settle"]): void {
    const pool = this.pools.get(key);
    if (pool === undefined) this.pools.set(key, { parts: [part], settle });
    else pool.parts.push(part);
  }

  isBooked({ id }: ReconTransfer): boolean {
    return (this.bookedBy.get(id)?.length ?? 0) > 0;
  }

  /** Booked in this run, or in an earlier one by another line: the same line read again is no second booking. */
  isBookedElsewhere({ id }: ReconTransfer, ...entries: readonly ReconEntry[]): boolean {
    const by = this.bookedBy.get(id);
    if (by === undefined || by.length === 0) return false;
    return this.decidedHere.has(`book ${id}`) || !entries.some(({ identity }) => by.includes(identity));
  }

  isReturnedElsewhere({ id }: ReconTransfer, { identity }: ReconEntry): boolean {
    const by = this.returnedBy.get(id);
    return this.decidedHere.has(`return ${id}`) || (by !== undefined && by !== identity);
  }

  isPaid({ id }: ExpectedPayIn): boolean {
    return (this.paidBy.get(id)?.length ?? 0) > 0;
  }

  /** Whether a line has it, though perhaps not as it was expected. */
  isSeen(payIn: ExpectedPayIn): boolean {
    return this.isPaid(payIn) || this.namedPayIns.has(payIn.id);
  }

  isPaidElsewhere({ id }: ExpectedPayIn, { identity }: ReconEntry): boolean {
    const by = this.paidBy.get(id) ?? [];
    return this.decidedHere.has(`pay ${id}`) || (by.length > 0 && !by.includes(identity));
  }

  result(entries: readonly ReconEntry[]): ReconResult {
    return {
      matches: this.matches,
      entries: entries.map((entry) => this.resultOf(entry)),
      proposals: this.proposals,
      exceptions: this.exceptions,
    };
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
