/** The matcher over more lines than fit in memory: page by page in their order, with what each page can name beside it. */
import { matchEntry, settlePool } from "./match.ts";
import { raiseMissing, raiseNotBooked } from "./overdue.ts";
import { PaymentIndex } from "./payment-index.ts";
import type { ReconEntry } from "./recon-entry.ts";
import type { ExpectedPayIn, ReconSettings, ReconTransfer, SeenReference } from "./recon-input.ts";
import type { ReconResult } from "./recon-result.ts";
import { ReconRun } from "./recon-run.ts";
import type { ReconBeside } from "./transfer-index.ts";
import { type AmountWanted, namesWanted, wantedBeyond } from "./wanted.ts";

/** Where lines and what they are about come from, and where decisions go. Each list of transfers is complete. */
export interface ReconSource {
  /** Every line once, in the order in which they are decided. */
  pages(): AsyncIterable<readonly ReconEntry[]>;
  lines(identities: readonly string[]): Promise<readonly ReconEntry[]>;
  transfers(ids: readonly string[]): Promise<readonly ReconTransfer[]>;
  /** By EndToEndId or InstrId. */
  named(names: readonly string[]): Promise<readonly ReconTransfer[]>;
  /** By PmtInfId or MsgId. */
  payments(names: readonly string[]): Promise<readonly ReconTransfer[]>;
  alike(amounts: readonly AmountWanted[]): Promise<readonly ReconTransfer[]>;
  seen(servicerReferences: readonly string[]): Promise<readonly SeenReference[]>;
  /** Those under way that may be overdue, the transfers of one payment never apart. */
  underWay(): AsyncIterable<readonly ReconTransfer[]>;
  /** Applies what was decided: `transfers` and its like tell of it from then on. */
  take(result: ReconResult): Promise<void>;
}

export interface PagedInput {
  readonly source: ReconSource;
  readonly payIns: readonly ExpectedPayIn[];
  readonly settings: ReconSettings;
  /** Pools are settled so many lines at a time; a single pool may have more. */
  readonly pageSize: number;
}

const NO_PAYMENTS = new PaymentIndex([]);
const NOTHING = { named: [], payments: NO_PAYMENTS, alike: [], seen: [], seenReferences: [] } as const;

/**
 * Decides exactly what `matchEntries` decides over everything at once, and holds a page of lines, what they can name, and
 * the lines of one pool. Of a line that waits for a pool only its identity is kept.
 */
export async function matchPages({ source, payIns, settings, pageSize }: PagedInput): Promise<void> {
  const run = new ReconRun(settings, { ...NOTHING, payIns });
  for await (const entries of source.pages()) {
    run.lay(await besideOf(run, source, entries, payIns));
    for (const entry of entries) matchEntry(run, entry);
    await source.take(run.take(entries));
  }
  for (const keys of poolPages(run, pageSize)) await settlePools(run, source, keys, payIns);
  run.lay({ ...NOTHING, payIns });
  for await (const transfers of source.underWay()) {
    raiseNotBooked(run, transfers);
    await source.take(run.take([]));
  }
  raiseMissing(run, payIns);
  await source.take(run.take([]));
}

/** In two steps, because most lines name their transfers and then no whole payment is asked for. */
async function besideOf(
  run: ReconRun,
  source: ReconSource,
  entries: readonly ReconEntry[],
  payIns: readonly ExpectedPayIn[],
): Promise<ReconBeside> {
  const named = await source.named(namesWanted(entries));
  const { payments: held } = run.index;
  run.lay({ ...NOTHING, named, payments: held, payIns });
  const wanted = wantedBeyond(run, entries);
  const seenReferences = await source.seen(wanted.servicerReferences);
  return {
    named,
    payments: await paymentsFor(source, held, wanted.payments),
    alike: await source.alike(wanted.amounts),
    seen: await source.transfers([...new Set(seenReferences.flatMap(({ transfers }) => transfers))]),
    seenReferences,
    payIns,
  };
}

/** A payment that page after page names is asked for once, and let go when others are named. */
async function paymentsFor(source: ReconSource, held: PaymentIndex, names: readonly string[]): Promise<PaymentIndex> {
  const asked = names.filter((name) => held.whole(name) === undefined);
  const more = asked.length === 0 ? [] : await source.payments(asked);
  if (more.length === 0) return held;
  const kept = names.flatMap((name) => held.whole(name) ?? []);
  const once = new Map([...kept, ...more].map((transfer) => [transfer.id, transfer]));
  const found = new Set([...once.values()].flatMap((one) => [one.paymentInformationId, one.messageId]));
  return new PaymentIndex(
    [...once.values()],
    names.filter((name) => found.has(name)),
  );
}

/** The pools in their order, so many together as have a page of lines. */
function* poolPages(run: ReconRun, pageSize: number): Generator<readonly string[]> {
  let keys: string[] = [];
  let lines = 0;
  for (const [key, { parts }] of [...run.pools]) {
    keys.push(key);
    lines += parts.length;
    if (lines < pageSize) continue;
    yield keys;
    keys = [];
    lines = 0;
  }
  if (keys.length > 0) yield keys;
}

async function settlePools(
  run: ReconRun,
  source: ReconSource,
  keys: readonly string[],
  payIns: readonly ExpectedPayIn[],
): Promise<void> {
  const pools = keys.flatMap((key) => run.pools.get(key) ?? []);
  const entries = await source.lines([...new Set(pools.flatMap(({ parts }) => parts.map(({ identity }) => identity)))]);
  const subjects = pools.map(({ subject }) => subject);
  const ids = subjects.flatMap((subject) => (subject.kind === "transfer" ? [subject.transferId] : []));
  const names = subjects.flatMap((subject) => (subject.kind === "batch" ? Object.values(subject.name) : []));
  const payments = await paymentsFor(source, run.index.payments, names);
  const transfers = await source.transfers(ids);
  run.lay({ ...NOTHING, payments, payIns });
  const beside = {
    known: new Map(entries.map((entry) => [entry.identity, entry])),
    transfers: new Map(transfers.map((transfer) => [transfer.id, transfer])),
  };
  for (const key of keys) settlePool(run, key, beside);
  await source.take(run.take(entries));
}
