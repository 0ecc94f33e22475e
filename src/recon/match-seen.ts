/** The bank's own reference, where an earlier report or an earlier line of the run tied it to transfers. */
import { sum } from "./entry-lines.ts";
import { type ReconEntry, referenceText } from "./recon-entry.ts";
import type { ReconTransfer } from "./recon-input.ts";
import type { ReconRun } from "./recon-run.ts";
import { creditBar, debitBar } from "./transfer-stance.ts";

/**
 * True when exactly one set of transfers seen under the line's reference has its amount and may take the booking. The
 * reference is not unique, so the amount is a condition; two sets that fit are left to a person.
 */
export function matchSeen(run: ReconRun, entry: ReconEntry): boolean {
  const isDebit = entry.direction === "DBIT";
  if (!isDebit && !entry.reversal && entry.kind !== "return") return false;
  const bar = isDebit ? debitBar : creditBar;
  const sets = seenSets(run, entry).filter(
    (set) => amountOf(set) === entry.amountMinor && set.every((one) => bar(run, one, entry) === undefined),
  );
  const [transfers, second] = sets;
  if (transfers === undefined || second !== undefined) return false;
  const { amountMinor, returnReason } = entry;
  const effect = isDebit ? "EXECUTED" : entry.kind === "return" ? "RETURNED" : "REVERSED";
  run.decide({
    effect,
    rule: "SERVICER_REFERENCE",
    parts: [{ entry, minor: amountMinor }],
    transfers,
    amountMinor,
    ...(returnReason === undefined ? {} : { returnReason }),
  });
  if (effect === "REVERSED") run.raise("REVERSED", [entry], { transfers });
  return true;
}

/** The sets whose transfers are all known to this run, each once, in the currency of the line. */
function seenSets(run: ReconRun, entry: ReconEntry): readonly (readonly ReconTransfer[])[] {
  const texts = [entry.servicerReference, ...entry.details.map((detail) => detail.servicerReference)];
  const references = new Set(texts.map(referenceText).filter((reference) => reference !== undefined));
  const sets = new Map<string, readonly ReconTransfer[]>();
  for (const reference of references) {
    const here = run.settledAt(entry.account, reference);
    const before = run.index
      .seenAt(entry.account, reference)
      .filter((seen) => seen.entry === undefined || !here.has(seen.entry))
      .map(({ transfers }) => knownOf(run, transfers));
    for (const set of [...before, ...here.values()]) {
      if (set.length > 0 && set.every(({ currency }) => currency === entry.currency)) sets.set(keyOf(set), set);
    }
  }
  return [...sets.values()];
}

/** The transfers of an earlier report; none when this run does not know all of them. */
function knownOf(run: ReconRun, ids: readonly string[]): readonly ReconTransfer[] {
  const set = ids.map((id) => run.index.seenById.get(id)).filter((one) => one !== undefined);
  return set.length === ids.length ? set : [];
}

function keyOf(set: readonly ReconTransfer[]): string {
  return set
    .map(({ id }) => id)
    .sort()
    .join("\n");
}

function amountOf(set: readonly ReconTransfer[]): bigint {
  return sum(set.map(({ amountMinor }) => amountMinor));
}
