/** What lines may be about, so that no more is laid beside them than they can name. */
import { addDays, isIsoDate } from "../domain/calendar.ts";
import { amountsOf, linesOf } from "./entry-lines.ts";
import { dateOf, type ReconEntry, referenceText } from "./recon-entry.ts";
import type { ReconRun } from "./recon-run.ts";

/** EndToEndIds and InstrIds of the lines' details. */
export function namesWanted(entries: readonly ReconEntry[]): readonly string[] {
  return present(
    entries.flatMap(({ details }) => details.flatMap(({ endToEndId, instructionId }) => [endToEndId, instructionId])),
  );
}

/** Transfers or pay-ins of one amount whose dates lie near a line's. */
export interface AmountWanted {
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly from: string;
  readonly to: string;
}

export interface Wanted {
  /** PmtInfIds and MsgIds: banks give the one where the other belongs. */
  readonly payments: readonly string[];
  /** The bank's own references. */
  readonly servicerReferences: readonly string[];
  readonly amounts: readonly AmountWanted[];
}

/**
 * What the lines ask for that their transfers' own references, laid beside them before, do not settle: the payments and
 * files they name and, where nothing at all is named, what the bank's reference and the amount may stand for.
 */
export function wantedBeyond(run: ReconRun, entries: readonly ReconEntry[]): Wanted {
  const payments: (string | undefined)[] = [];
  const references: (string | undefined)[] = [];
  const amounts: AmountWanted[] = [];
  for (const entry of entries) {
    const lines = linesOf(run, entry);
    const named = lines.filter(({ candidates }) => candidates.length > 0).length;
    const isSettled = entry.direction === "CRDT" || amountsOf(entry, lines) !== undefined;
    if (named > 0 && named === lines.length && isSettled) continue;
    for (const row of [entry.batch, ...entry.details]) payments.push(row?.paymentInformationId, row?.messageId);
    if (named > 0) continue;
    for (const row of [entry, ...entry.details]) references.push(row.servicerReference);
    amounts.push(...amountWanted(run, entry));
  }
  return { payments: present(payments), servicerReferences: present(references), amounts };
}

function amountWanted({ settings }: ReconRun, entry: ReconEntry): readonly AmountWanted[] {
  const date = dateOf(entry);
  if (!isIsoDate(date)) return [];
  const { currency, amountMinor } = entry;
  const { proposalDays } = settings;
  return [{ currency, amountMinor, from: addDays(date, -proposalDays), to: addDays(date, proposalDays) }];
}

function present(texts: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(texts.map(referenceText).filter((text) => text !== undefined))];
}
