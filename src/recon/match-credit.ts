/** Money that came to the account: returns and reversals of our transfers, expected pay-ins. */
import { amountsOf, chargeSum, type EntryLine, linesOf, statedCharges } from "./entry-lines.ts";
import { leaveOpen } from "./match-debit.ts";
import { matchPayIn } from "./match-pay-in.ts";
import { matchSeen } from "./match-seen.ts";
import { proposeFor } from "./propose.ts";
import type { ReconEntry } from "./recon-entry.ts";
import type { ReconTransfer } from "./recon-input.ts";
import type { ReconExceptionCode } from "./recon-result.ts";
import type { ReconRun } from "./recon-run.ts";
import { creditBar } from "./transfer-stance.ts";

export function matchCredit(run: ReconRun, entry: ReconEntry): void {
  const lines = linesOf(run, entry);
  const names = lines.filter(({ candidates }) => candidates.length > 0);
  if (names.length > 0) {
    const nets = netAmountsOf(entry, lines);
    if (nets === undefined) leaveOpen(run, entry, names);
    else settleReturns(run, entry, lines, nets);
    return;
  }
  if (matchPayIn(run, entry) || matchSeen(run, entry)) return;
  // The reference of somebody else's payment to us is not ours to know: only on a return is it strange.
  const strange = entry.kind === "return" && lines.some(({ problem }) => problem === "REFERENCE_UNKNOWN");
  proposeFor(run, entry, strange ? "REFERENCE_UNKNOWN" : "ENTRY_UNMATCHED");
}

/** What reached us of each line: a single one has the whole entry; of several, amounts or amounts less their charges. */
function netAmountsOf(entry: ReconEntry, lines: readonly EntryLine[]): readonly bigint[] | undefined {
  if (lines.length === 1) return [entry.amountMinor];
  const amounts = amountsOf(entry, lines);
  if (amounts?.extraMinor === 0n) return amounts.minors;
  const nets = lines.map(({ detail }) => (detail.amountMinor ?? 0n) - chargeSum(entry, detail.charges));
  return nets.reduce((total, net) => total + net, 0n) === entry.amountMinor ? nets : undefined;
}

function settleReturns(run: ReconRun, entry: ReconEntry, lines: readonly EntryLine[], nets: readonly bigint[]): void {
  for (const [row, line] of lines.entries()) {
    const net = nets[row] ?? 0n;
    const { transfer } = line;
    const problem =
      transfer === undefined ? (line.problem ?? "REFERENCE_UNKNOWN") : settleReturn(run, entry, line, transfer, net);
    if (problem === undefined) continue;
    const detail = transfer === undefined ? {} : { detail: `${net} of ${transfer.amountMinor} minor units` };
    run.raise(problem, [entry], { transfers: line.candidates, amountMinor: net, ...detail });
  }
}

/** Takes one return back, the charge booked apart, or says why it may not be. */
function settleReturn(
  run: ReconRun,
  entry: ReconEntry,
  line: EntryLine,
  transfer: ReconTransfer,
  net: bigint,
): ReconExceptionCode | undefined {
  const bar = creditBar(run, transfer, entry);
  if (bar !== undefined) return bar;
  const { amountMinor } = transfer;
  const loss = amountMinor - net;
  const stated = loss === 0n || loss === chargeSum(entry, line.detail.charges) || statedCharges(entry).includes(loss);
  if (loss < 0n || !(stated || loss <= run.settings.returnChargeLimitMinor)) return "RETURN_AMOUNT_DIFFERS";
  const returnReason = line.detail.return ?? entry.returnReason;
  const isReversal = entry.reversal && entry.kind !== "return" && returnReason === undefined;
  run.decide({
    effect: isReversal ? "REVERSED" : "RETURNED",
    rule: line.rule,
    parts: [{ entry, minor: net }],
    transfers: [transfer],
    amountMinor,
    chargesMinor: loss,
    ...(returnReason === undefined ? {} : { returnReason }),
  });
  if (isReversal) run.raise("REVERSED", [entry], { transfers: [transfer], amountMinor });
  if (!stated) run.raise("RETURN_CHARGE_NOT_STATED", [entry], { transfers: [transfer], amountMinor: loss });
  return undefined;
}
