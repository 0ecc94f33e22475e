/** Open bank lines of a marketplace and what they may be about, read from the store page by page; what is decided is applied. */
import { addDays } from "../domain/calendar.ts";
import type { ReconSource } from "../recon/match-pages.ts";
import type { ReconEntry } from "../recon/recon-entry.ts";
import type { ReconSettings, ReconTransfer } from "../recon/recon-input.ts";
import type { ReconResult } from "../recon/recon-result.ts";
import type { AmountWanted } from "../recon/wanted.ts";
import type { Marketplace } from "../store/marketplaces.ts";
import {
  candidatesAlike,
  candidatesById,
  candidatesNamed,
  candidatesOfPayments,
  candidatesUnderWay,
  type MatchCandidate,
} from "../store/match-candidates.ts";
import { executedUnder, type OpenEntry, openEntriesOf, openEntryPages } from "../store/open-entries.ts";
import type { Transaction } from "../store/store.ts";
import { factOf } from "./fact-text.ts";

/** One step's decisions with the rows they are about: the lines read for it, and every transfer it names. */
export interface Decided {
  readonly result: ReconResult;
  readonly entries: readonly OpenEntry[];
  readonly transfers: ReadonlyMap<string, MatchCandidate>;
}

export interface LineSourceOptions {
  readonly marketplace: Marketplace;
  readonly settings: ReconSettings;
  readonly pageSize: number;
  readonly apply: (decided: Decided) => Promise<void>;
}

export class LineSource implements ReconSource {
  private readonly tx: Transaction;
  private readonly options: LineSourceOptions;
  /** Of the step that is being decided. */
  private entries: readonly OpenEntry[] = [];
  private readonly fresh = new Map<string, MatchCandidate>();

  constructor(tx: Transaction, options: LineSourceOptions) {
    this.tx = tx;
    this.options = options;
  }

  async *pages(): AsyncGenerator<readonly ReconEntry[]> {
    const { marketplace, pageSize } = this.options;
    for await (const page of openEntryPages(this.tx.db, marketplace.id, pageSize)) yield this.read(page);
  }

  async lines(identities: readonly string[]): Promise<readonly ReconEntry[]> {
    return this.read(await openEntriesOf(this.tx.db, identities));
  }

  async transfers(ids: readonly string[]): Promise<readonly ReconTransfer[]> {
    return this.lay(await candidatesById(this.tx.db, this.marketplaceId, ids.map(BigInt)));
  }

  async named(names: readonly string[]): Promise<readonly ReconTransfer[]> {
    return this.lay(await candidatesNamed(this.tx.db, this.marketplaceId, names));
  }

  /** Held for several pages: what is applied to one of them later is read again. */
  async payments(names: readonly string[]): Promise<readonly ReconTransfer[]> {
    return (await candidatesOfPayments(this.tx.db, this.marketplaceId, names)).map(reconTransfer);
  }

  async alike(wanted: readonly AmountWanted[]): Promise<readonly ReconTransfer[]> {
    const [first] = wanted;
    if (first === undefined) return [];
    const amounts = [...new Set(wanted.map(({ amountMinor }) => amountMinor))];
    const from = wanted.reduce((least, one) => (one.from < least ? one.from : least), first.from);
    const to = wanted.reduce((most, one) => (one.to > most ? one.to : most), first.to);
    return (await candidatesAlike(this.tx.db, this.marketplaceId, { amounts, from, to })).map(reconTransfer);
  }

  async seen(references: readonly string[]) {
    const account = this.options.marketplace.row.debtor_iban;
    const lines = await executedUnder(this.tx.db, this.marketplaceId, references);
    return lines.map(({ reference, identity, transferIds }) => ({
      account,
      servicerReference: reference,
      transfers: transferIds.map(String),
      entry: identity,
    }));
  }

  async *underWay(): AsyncGenerator<readonly ReconTransfer[]> {
    const { asOf, overdueDays } = this.options.settings;
    for await (const file of candidatesUnderWay(this.tx.db, this.marketplaceId, addDays(asOf, -overdueDays))) {
      yield file.map(reconTransfer);
    }
  }

  async take(result: ReconResult): Promise<void> {
    const named = [...result.matches, ...result.exceptions].flatMap(({ transfers }) => transfers);
    const missing = [...new Set(named)].filter((id) => !this.fresh.has(id));
    this.lay(await candidatesById(this.tx.db, this.marketplaceId, missing.map(BigInt)));
    await this.options.apply({ result, entries: this.entries, transfers: this.fresh });
    this.entries = [];
    this.fresh.clear();
  }

  private get marketplaceId(): bigint {
    return this.options.marketplace.id;
  }

  private read(entries: readonly OpenEntry[]): readonly ReconEntry[] {
    this.entries = entries;
    return entries.map(({ fact }) => factOf(fact));
  }

  private lay(candidates: readonly MatchCandidate[]): readonly ReconTransfer[] {
    for (const candidate of candidates) this.fresh.set(String(candidate.id), candidate);
    return candidates.map(reconTransfer);
  }
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
