/** One debit for many transfers: by the payment or file it names, its sum, and what was rejected before. */
import { type EntryLine, statedCharges, sum } from "./entry-lines.ts";
import { type ReconEntry, referenceText } from "./recon-entry.ts";
import type { ReconTransfer } from "./recon-input.ts";
import type { PoolPart, ReconRun } from "./recon-run.ts";
import { debitBar } from "./transfer-stance.ts";

export interface BatchName {
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
  const batch = batchOf(run, entry, name);
  const { members } = batch;
  const ids = lines.some(({ transfer }) => transfer !== undefined) ? new Set(members.map(({ id }) => id)) : undefined;
  const strangers = lines.some(({ transfer }) => transfer !== undefined && ids?.has(transfer.id) !== true);
  const contradicted = lines.some(({ problem }) => problem !== undefined && problem !== "REFERENCE_UNKNOWN");
  if (members.length === 0 || strangers || contradicted) return false;
  const { open } = batch;
  const taken = [batch.open, batch.accepted].find((set) => fits(entry, set));
  if (taken !== undefined) decideBatch(run, [{ entry, minor: entry.amountMinor }], taken.transfers);
  else if (entry.amountMinor < open.totalMinor) {
    run.pool(batch.key, { entry, minor: entry.amountMinor }, { kind: "batch", name, account: entry.account });
  } else raiseMisfit(run, entry, members, open.transfers);
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

/** Transfers of a batch that may be taken together. */
export interface BatchSet {
  readonly transfers: readonly ReconTransfer[];
  readonly totalMinor: bigint;
}

export interface Batch {
  readonly key: string;
  readonly members: readonly ReconTransfer[];
  readonly open: BatchSet;
  readonly accepted: BatchSet;
}

/**
 * The sets a sum may stand for: all open transfers of the batch, else those the bank accepted. Sets by status only, never
 * a search for a fitting sum. Remembered until the next decision, for banks that book a large file in very many lines.
 */
function batchOf(run: ReconRun, entry: ReconEntry, name: BatchName): Batch {
  const key = ["batch", entry.account, name.paymentInformationId, name.messageId].join("\n");
  const before = run.batches.get(key);
  if (before?.decisions === run.decisions) return before.batch;
  const members = run.index.payment(name.paymentInformationId, name.messageId, entry.account);
  const open = members.filter((transfer) => debitBar(run, transfer, entry) === undefined);
  // What the bank booked and took back it had accepted.
  const accepted = open.filter((transfer) => transfer.state !== "SENT" || run.isTakenBack(transfer));
  const batch = { key, members, open: setOf(open), accepted: setOf(accepted) };
  // What an earlier run booked is open to its own line only: such a batch is looked at anew for each line.
  if (!members.some((transfer) => run.isBooked(transfer))) run.batches.set(key, { decisions: run.decisions, batch });
  return batch;
}

function setOf(transfers: readonly ReconTransfer[]): BatchSet {
  return { transfers, totalMinor: totalOf(transfers) };
}

function fits(entry: ReconEntry, { transfers, totalMinor }: BatchSet): boolean {
  const extra = entry.amountMinor - totalMinor;
  if (transfers.length === 0 || (extra !== 0n && !statedCharges(entry).includes(extra))) return false;
  return transfers.every(({ currency }) => currency === entry.currency);
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
  if (refused.length > 0 && fits(entry, setOf([...open, ...refused]))) {
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
export function settleBatchParts(run: ReconRun, members: readonly ReconTransfer[], parts: readonly PoolPart[]): void {
  const entries = parts.map(({ entry }) => entry);
  const open = members.filter((transfer) => debitBar(run, transfer, ...entries) === undefined);
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
