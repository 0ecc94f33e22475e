/** The matcher: bank lines against transfers and expected pay-ins. Pure; the same input gives the same result in any order. */
import { matchCredit } from "./match-credit.ts";
import { matchDebit } from "./match-debit.ts";
import { raiseOverdue } from "./overdue.ts";
import { inOrder, type ReconEntry } from "./recon-entry.ts";
import type { ReconInput } from "./recon-input.ts";
import type { ReconResult } from "./recon-result.ts";
import { ReconRun } from "./recon-run.ts";

/**
 * Rules, in order: EndToEndId with amount and payee account; InstrId, or PmtInfId and MsgId where they name one transfer;
 * batch by PmtInfId or MsgId with its sum, less what was rejected; the bank's reference where it was seen before; amount
 * and date as proposals only. Amount is always a condition and never a key. Matches may be applied, proposals never.
 * A line already applied to a transfer (`bookedBy`) matches it again, so a run may be repeated any day.
 */
export function matchEntries(input: ReconInput): ReconResult {
  const run = new ReconRun(input);
  const entries = inOrder(unique(input.entries));
  for (const entry of entries) matchEntry(run, entry);
  for (const { settle, parts } of run.pools.values()) settle(run, parts);
  raiseOverdue(run, input);
  return run.result(entries);
}

function matchEntry(run: ReconRun, entry: ReconEntry): void {
  const { accounts } = run.settings;
  if (entry.amountMinor === 0n) run.ignore(entry, "ZERO_AMOUNT");
  else if (accounts !== undefined && !accounts.includes(entry.account)) run.raise("ACCOUNT_UNKNOWN", [entry]);
  else if (entry.direction === "DBIT") matchDebit(run, entry);
  else matchCredit(run, entry);
}

/** One booking that came in several reports is one line. */
function unique(entries: readonly ReconEntry[]): readonly ReconEntry[] {
  return [...new Map(entries.map((entry) => [entry.identity, entry])).values()];
}
