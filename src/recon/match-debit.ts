/** Money that left the account: transfers named by reference, batches, references seen before, bank charges. */
import { amountsOf, type EntryLine, linesOf, statedCharges } from "./entry-lines.ts";
import { matchBatch } from "./match-batch.ts";
import { matchSeen } from "./match-seen.ts";
import { proposeFor } from "./propose.ts";
import type { ReconEntry } from "./recon-entry.ts";
import type { ReconTransfer } from "./recon-input.ts";
import type { MatchRule, ReconExceptionCode } from "./recon-result.ts";
import type { PoolPart, ReconRun } from "./recon-run.ts";
import { debitBar } from "./transfer-stance.ts";

export function matchDebit(run: ReconRun, entry: ReconEntry): void {
  const lines = linesOf(run, entry);
  const names = lines.filter(({ candidates }) => candidates.length > 0);
  const amounts = names.length > 0 ? amountsOf(entry, lines) : undefined;
  if (amounts !== undefined) settleLines(run, entry, lines, amounts);
  else if (matchBatch(run, entry, lines)) return;
  else if (names.length > 0) leaveOpen(run, entry, names);
  else if (matchSeen(run, entry)) return;
  else if (entry.kind === "charge") settleCharge(run, entry);
  else {
    const named = lines.some(({ problem }) => problem === "REFERENCE_UNKNOWN");
    proposeFor(run, entry, named ? "REFERENCE_UNKNOWN" : "ENTRY_UNMATCHED");
  }
}

/** Partial details prove nothing about the whole: the entry stays open, what it names is shown to a person. */
export function leaveOpen(run: ReconRun, entry: ReconEntry, lines: readonly EntryLine[]): void {
  const transfers = lines.flatMap(({ candidates }) => candidates);
  const problems = new Set(lines.map(({ problem }) => problem).filter((problem) => problem !== undefined));
  for (const problem of problems)
    raiseLines(
      run,
      entry,
      problem,
      lines.filter((line) => line.problem === problem),
    );
  run.raise("DETAILS_INCOMPLETE", [entry], { transfers });
  run.propose(entry, "NAMED_BUT_OPEN", transfers);
}

interface Amounts {
  readonly minors: readonly bigint[];
  readonly extraMinor: bigint;
}

function settleLines(run: ReconRun, entry: ReconEntry, lines: readonly EntryLine[], amounts: Amounts): void {
  const open = new Map<ReconExceptionCode, { transfers: ReconTransfer[]; minor: bigint }>();
  const keep = (code: ReconExceptionCode, transfers: readonly ReconTransfer[], minor: bigint) => {
    const found = open.get(code) ?? { transfers: [], minor: 0n };
    for (const transfer of transfers) found.transfers.push(transfer);
    open.set(code, { transfers: found.transfers, minor: found.minor + minor });
  };
  for (const [row, line] of lines.entries()) {
    const minor = amounts.minors[row] ?? 0n;
    const problem = line.transfer === undefined ? (line.problem ?? "REFERENCE_UNKNOWN") : undefined;
    const bar =
      problem ?? (line.transfer === undefined ? undefined : settleLine(run, entry, line, line.transfer, minor));
    if (bar !== undefined) keep(bar, line.candidates, minor);
  }
  if (amounts.extraMinor > 0n && open.size === 0) decideCharge(run, entry, amounts.extraMinor);
  for (const [code, { transfers, minor }] of open) run.raise(code, [entry], { transfers, amountMinor: minor });
}

/** Books one line, or says why it may not be. */
function settleLine(
  run: ReconRun,
  entry: ReconEntry,
  line: EntryLine,
  transfer: ReconTransfer,
  minor: bigint,
): ReconExceptionCode | undefined {
  const bar = debitBar(run, transfer, entry);
  if (bar !== undefined) return bar;
  const { amountMinor } = transfer;
  const extra = minor - amountMinor;
  if (extra > 0n && !statedCharges(entry).includes(extra)) return "AMOUNT_DIFFERS";
  if (extra < 0n) {
    const subject = { kind: "transfer", transferId: transfer.id, rule: line.rule } as const;
    run.pool(`transfer ${transfer.id}`, { entry, minor }, subject);
    return undefined;
  }
  run.decide({
    effect: "EXECUTED",
    rule: line.rule,
    parts: [{ entry, minor: amountMinor }],
    transfers: [transfer],
    amountMinor,
  });
  if (extra > 0n) decideCharge(run, entry, extra);
  return undefined;
}

/** Several lines that name one transfer: only together, and only to the cent. */
export function settleParts(run: ReconRun, rule: MatchRule, transfer: ReconTransfer, parts: readonly PoolPart[]): void {
  const { amountMinor } = transfer;
  const booked = parts.reduce((total, { minor }) => total + minor, 0n);
  const entries = [...new Set(parts.map(({ entry }) => entry))];
  const twice = entries.some((entry) => run.isBookedElsewhere(transfer, entry));
  if (booked === amountMinor && !twice) {
    run.decide({ effect: "EXECUTED", rule, parts, transfers: [transfer], amountMinor });
    return;
  }
  const detail = `${booked} of ${amountMinor} minor units`;
  run.raise(twice ? "BOOKED_TWICE" : "AMOUNT_DIFFERS", entries, { transfers: [transfer], amountMinor: booked, detail });
}

function decideCharge(run: ReconRun, entry: ReconEntry, minor: bigint): void {
  const parts = [{ entry, minor }];
  run.decide({ effect: "CHARGED", rule: "CHARGE_CODE", parts, amountMinor: 0n, chargesMinor: minor });
}

function settleCharge(run: ReconRun, entry: ReconEntry): void {
  if (entry.amountMinor <= run.settings.bankChargeLimitMinor) decideCharge(run, entry, entry.amountMinor);
  else run.raise("CHARGE_ABOVE_LIMIT", [entry]);
}

function raiseLines(run: ReconRun, entry: ReconEntry, code: ReconExceptionCode, lines: readonly EntryLine[]): void {
  const transfers = lines.flatMap(({ candidates }) => candidates);
  const amountMinor = lines.reduce((total, { detail }) => total + (detail.amountMinor ?? 0n), 0n);
  run.raise(code, [entry], { transfers, amountMinor });
}
