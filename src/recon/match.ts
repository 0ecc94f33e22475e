/** The matcher: bank lines against transfers and expected pay-ins. Pure; the same input gives the same result in any order. */
import { settleBatchParts } from "./match-batch.ts";
import { matchCredit } from "./match-credit.ts";
import { matchDebit, settleParts } from "./match-debit.ts";
import { settlePayInParts } from "./match-pay-in.ts";
import { raiseMissing, raiseNotBooked } from "./overdue.ts";
import { inOrder, type ReconEntry } from "./recon-entry.ts";
import type { ReconInput, ReconTransfer } from "./recon-input.ts";
import type { ReconResult } from "./recon-result.ts";
import { ReconRun } from "./recon-run.ts";
import { wholeInput } from "./transfer-index.ts";

/**
 * Rules, in order: EndToEndId with amount and payee account; InstrId, or PmtInfId and MsgId where they name one transfer;
 * batch by PmtInfId or MsgId with its sum, less what was rejected; the bank's reference where it was seen before; amount
 * and date as proposals only. Amount is always a condition and never a key. Matches may be applied, proposals never.
 * A line already applied to a transfer (`bookedBy`) matches it again, so a run may be repeated any day.
 */
export function matchEntries(input: ReconInput): ReconResult {
  const run = new ReconRun(input.settings, wholeInput(input));
  const entries = inOrder(unique(input.entries));
  for (const entry of entries) matchEntry(run, entry);
  const known = new Map(entries.map((entry) => [entry.identity, entry]));
  const transfers = new Map(input.transfers.map((transfer) => [transfer.id, transfer]));
  for (const key of run.pools.keys()) settlePool(run, key, { known, transfers });
  raiseNotBooked(run, input.transfers);
  raiseMissing(run, input.payIns);
  return run.take(entries);
}

export function matchEntry(run: ReconRun, entry: ReconEntry): void {
  const { accounts } = run.settings;
  if (entry.amountMinor === 0n) run.ignore(entry, "ZERO_AMOUNT");
  else if (accounts !== undefined && !accounts.includes(entry.account)) run.raise("ACCOUNT_UNKNOWN", [entry]);
  else if (entry.direction === "DBIT") matchDebit(run, entry);
  else matchCredit(run, entry);
}

/** Decides what lines make up together. `known`: at least those lines; `transfers`: the one the pool is about, by its id. */
export function settlePool(
  run: ReconRun,
  key: string,
  {
    known,
    transfers,
  }: { readonly known: ReadonlyMap<string, ReconEntry>; readonly transfers: ReadonlyMap<string, ReconTransfer> },
): void {
  const pool = run.pools.get(key);
  if (pool === undefined) return;
  const { subject } = pool;
  const parts = pool.parts.flatMap(({ identity, minor }) => {
    const entry = known.get(identity);
    return entry === undefined ? [] : [{ entry, minor }];
  });
  if (subject.kind === "transfer") {
    const transfer = transfers.get(subject.transferId);
    if (transfer !== undefined) settleParts(run, subject.rule, transfer, parts);
  } else if (subject.kind === "batch") {
    const { paymentInformationId, messageId } = subject.name;
    settleBatchParts(run, run.index.payment(paymentInformationId, messageId, subject.account), parts);
  } else {
    const payIn = run.index.payInById.get(subject.payInId);
    if (payIn !== undefined) settlePayInParts(run, payIn, parts);
  }
  run.unpool(key);
}

/** One booking that came in several reports is one line. */
function unique(entries: readonly ReconEntry[]): readonly ReconEntry[] {
  return [...new Map(entries.map((entry) => [entry.identity, entry])).values()];
}
