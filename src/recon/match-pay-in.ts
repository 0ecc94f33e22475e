/** Expected pay-ins: by a reference that stands in the line, with the amount as a condition and charges by rule. */
import { statedCharges, sum } from "./entry-lines.ts";
import type { ReconEntry } from "./recon-entry.ts";
import type { ExpectedPayIn } from "./recon-input.ts";
import type { PoolPart, ReconRun } from "./recon-run.ts";

/** True when the line names pay-ins we expect, whatever comes of it. */
export function matchPayIn(run: ReconRun, entry: ReconEntry): boolean {
  if (entry.reversal) return false;
  const named = run.index.payInsNamed(entry).filter(({ currency }) => currency === entry.currency);
  if (named.length === 0) return false;
  const open = named.filter((payIn) => !run.isPaidElsewhere(payIn, entry));
  const parts = [{ entry, minor: entry.amountMinor }];
  const [only, ...others] = open;
  if (only === undefined) run.raise("PAYIN_TWICE", [entry], { payIns: named });
  else if (!settle(run, parts, open, statedCharges(entry))) {
    const short = others.length === 0 && entry.amountMinor < only.amountMinor;
    if (short) run.pool(`payin ${only.id}`, { entry, minor: entry.amountMinor }, { kind: "payIn", payInId: only.id });
    else raiseDifference(run, parts, open);
  }
  return true;
}

/** A pay-in that arrives in several lines. */
export function settlePayInParts(run: ReconRun, payIn: ExpectedPayIn, parts: readonly PoolPart[]): void {
  const entries = parts.map(({ entry }) => entry);
  const taken = entries.some((entry) => run.isPaidElsewhere(payIn, entry));
  const charges = parts.length === 1 ? [] : [sum(entries.map((entry) => statedCharges(entry)[0] ?? 0n))];
  if (taken) run.raise("PAYIN_TWICE", entries, { payIns: [payIn] });
  else if (!settle(run, parts, [payIn], charges)) raiseDifference(run, parts, [payIn]);
}

function settle(
  run: ReconRun,
  parts: readonly PoolPart[],
  payIns: readonly ExpectedPayIn[],
  charges: readonly bigint[],
): boolean {
  const amountMinor = sum(payIns.map((payIn) => payIn.amountMinor));
  const short = amountMinor - sum(parts.map(({ minor }) => minor));
  const announced = sum(payIns.map(({ chargesMinor }) => chargesMinor ?? 0n));
  const explained =
    short === 0n ||
    [announced, ...charges].includes(short) ||
    (short > 0n && short <= run.settings.payInChargeLimitMinor);
  if (!explained) return false;
  run.decide({ effect: "PAID_IN", rule: "PAYIN_REFERENCE", parts, payIns, amountMinor, chargesMinor: short });
  return true;
}

function raiseDifference(run: ReconRun, parts: readonly PoolPart[], payIns: readonly ExpectedPayIn[]): void {
  const booked = sum(parts.map(({ minor }) => minor));
  const expected = sum(payIns.map(({ amountMinor }) => amountMinor));
  run.raise(
    "PAYIN_AMOUNT_DIFFERS",
    parts.map(({ entry }) => entry),
    { payIns, amountMinor: booked - expected, detail: `${booked} of ${expected} minor units` },
  );
  for (const { entry } of parts) run.propose(entry, "NAMED_BUT_OPEN", [], payIns);
}
