/** One debit for many transfers: by the payment or file it names, its sum, and what was rejected before. */
import { type EntryLine, statedCharges, sum } from "./entry-lines.ts";
import { type ReconEntry, referenceText } from "./recon-entry.ts";
import type { ReconTransfer } from "./recon-input.ts";
import type { PoolPart, ReconRun } from "./recon-run.ts";
import { debitBar } from "./transfer-stance.ts";

interface BatchName {
  readonly paymentInformationId?: string;
  readonly messageId?: string;
}

/**
 * True when the entry names a batch we know, whatever comes of it. Confirmed are all transfers of the batch that were not
 * rejected, when the sum is theirs to the cent; else those the bank has accepted. The announced count is only compared.
 */
export function matchBatch(run: ReconRun, entry: ReconEntry, lines: readonly EntryLine[]): boolean {
  const name = batchNameOf(entry);
  if (name === undefined) return false;
  const members = run.index.payment(name.paymentInformationId, name.messageId, entry.account);
  const known = new Set(members);
  const strangers = lines.some(({ transfer }) => transfer !== undefined && !known.has(transfer));
  const contradicted = lines.some(({ problem }) => problem !== undefined && problem !== "REFERENCE_UNKNOWN");
  if (members.length === 0 || strangers || contradicted) return false;
  const open = members.filter((transfer) => debitBar(run, transfer, entry) === undefined);
  const taken = fitting(entry, open);
  if (taken !== undefined) decideBatch(run, [{ entry, minor: entry.amountMinor }], taken);
  else if (entry.amountMinor < totalOf(open)) {
    const key = ["batch", entry.account, entry.currency, name.paymentInformationId, name.messageId].join("\n");
    run.pool(key, { entry, minor: entry.amountMinor }, (all, parts) => settleBatchParts(all, members, parts));
  } else raiseMisfit(run, entry, members, open);
  return true;
}

function batchNameOf({ batch, details }: ReconEntry): BatchName | undefined {
  const [detail] = details;
  const same = (pick: (row: BatchName) => string | undefined) => {
    const first = detail === undefined ? undefined : pick(detail);
    return details.every((row) => pick(row) === first) ? first : undefined;
  };
  const paymentInformationId =
    referenceText(batch?.paymentInformationId) ?? referenceText(same((row) => row.paymentInformationId));
  const messageId = referenceText(batch?.messageId) ?? referenceText(same((row) => row.messageId));
  if (paymentInformationId === undefined && messageId === undefined) return undefined;
  return {
    ...(paymentInformationId === undefined ? {} : { paymentInformationId }),
    ...(messageId === undefined ? {} : { messageId }),
  };
}

/** All open transfers of the batch, else those the bank accepted: sets by status only, never a search for a fitting sum. */
function fitting(entry: ReconEntry, open: readonly ReconTransfer[]): readonly ReconTransfer[] | undefined {
  const accepted = open.filter(({ state }) => state !== "SENT");
  return [open, accepted].find((set) => set.length > 0 && fits(entry, set));
}

function fits(entry: ReconEntry, set: readonly ReconTransfer[]): boolean {
  if (set.some(({ currency }) => currency !== entry.currency)) return false;
  const extra = entry.amountMinor - totalOf(set);
  return extra === 0n || statedCharges(entry).includes(extra);
}

function decideBatch(run: ReconRun, parts: readonly PoolPart[], transfers: readonly ReconTransfer[]): void {
  const [part] = parts;
  if (part === undefined) return;
  const { entry } = part;
  const amountMinor = totalOf(transfers);
  const extra = sum(parts.map(({ minor }) => minor)) - amountMinor;
  const own = parts.map((one) => (one === part ? { entry, minor: one.minor - extra } : one));
  run.decide({ effect: "EXECUTED", rule: "BATCH", parts: own, transfers, amountMinor });
  if (extra > 0n) {
    const charge = [{ entry, minor: extra }];
    run.decide({ effect: "CHARGED", rule: "BATCH", parts: charge, amountMinor: 0n, chargesMinor: extra });
  }
  const count = parts.length === 1 ? entry.batch?.count : undefined;
  if (count !== undefined && count !== transfers.length) {
    run.raise("BATCH_COUNT_DIFFERS", [entry], { detail: `${count} announced, ${transfers.length} transfers` });
  }
}

function raiseMisfit(
  run: ReconRun,
  entry: ReconEntry,
  members: readonly ReconTransfer[],
  open: readonly ReconTransfer[],
): void {
  const refused = members.filter((transfer) => debitBar(run, transfer, entry) === "BOOKED_AFTER_REJECTION");
  if (refused.length > 0 && fits(entry, [...open, ...refused])) {
    run.raise("BATCH_INCLUDES_REJECTED", [entry], { transfers: refused, amountMinor: totalOf(refused) });
    run.propose(entry, "NAMED_BUT_OPEN", open);
    return;
  }
  if (open.length === 0 && members.every((transfer) => run.isBookedElsewhere(transfer, entry))) {
    run.raise("BOOKED_TWICE", [entry], { transfers: members });
    return;
  }
  const detail = `${entry.amountMinor} booked, ${totalOf(open)} open in minor units`;
  const amountMinor = entry.amountMinor - totalOf(open);
  run.raise("BATCH_SUM_DIFFERS", [entry], { transfers: members, amountMinor, detail });
  run.propose(entry, "NAMED_BUT_OPEN", open);
}

/** A batch that was booked in several lines: only together, and only to the cent. */
function settleBatchParts(run: ReconRun, members: readonly ReconTransfer[], parts: readonly PoolPart[]): void {
  const entries = parts.map(({ entry }) => entry);
  const open = members.filter((transfer) => entries.every((entry) => debitBar(run, transfer, entry) === undefined));
  const booked = sum(parts.map(({ minor }) => minor));
  if (open.length > 0 && booked === totalOf(open)) {
    decideBatch(run, parts, open);
    return;
  }
  const detail = `${booked} booked, ${totalOf(open)} open in minor units`;
  run.raise("BATCH_SUM_DIFFERS", entries, { transfers: members, amountMinor: booked - totalOf(open), detail });
  for (const entry of entries) run.propose(entry, "NAMED_BUT_OPEN", open);
}

function totalOf(transfers: readonly ReconTransfer[]): bigint {
  return sum(transfers.map(({ amountMinor }) => amountMinor));
}
