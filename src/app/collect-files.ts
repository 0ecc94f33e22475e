/** The job `collect-files`: what banks left for us is kept whole, understood, applied once, and put away at the bank. */
import { setTimeout as pause } from "node:timers/promises";
import { inboundKind } from "../bankfiles/profile/file-name.ts";
import type { BankProfile } from "../bankfiles/profile/profile.ts";
import { RemitError } from "../domain/errors.ts";
import type { Finding } from "../domain/finding.ts";
import { archive } from "../exchange/archive.ts";
import { type BankChannel, type RemoteFile, remotePath } from "../exchange/bank-channel.ts";
import { receive } from "../exchange/receive.ts";
import { asBaseName } from "../exchange/remote-name.ts";
import { settled } from "../exchange/settled.ts";
import { fetchedSizes, recordInbound } from "../store/inbound-files.ts";
import { allMarketplaces } from "../store/marketplaces.ts";
import { applyInbound } from "./apply-inbound.ts";
import type { Context, Job } from "./context.ts";

interface Mailbox {
  readonly bank: string;
  readonly profile: BankProfile;
}

export const collectFiles: Job = async (context, businessDate) => {
  const counts: Record<string, number> = { fetched: 0, duplicates: 0, ignored: 0 };
  const findings: Finding[] = [];
  for (const mailbox of await mailboxes(context)) {
    try {
      await collectFrom(context, mailbox, businessDate, counts, findings);
    } catch (error) {
      // One bank that does not answer must not keep the others' files from being read.
      if (!(error instanceof RemitError)) throw error;
      findings.push(
        ...error.findings.map((finding) => ({ ...finding, where: `bank ${mailbox.bank}: ${finding.where}` })),
      );
    }
  }
  const applied = await applyInbound(context, businessDate);
  for (const [name, value] of Object.entries(applied.counts)) counts[name] = (counts[name] ?? 0) + value;
  return { counts, findings: [...findings, ...applied.findings] };
};

/** Several marketplaces may share a mailbox: it is emptied once. */
async function mailboxes(context: Context): Promise<readonly Mailbox[]> {
  const found = new Map<string, Mailbox>();
  for (const { row } of await allMarketplaces(context.store.db)) {
    if (!found.has(row.bank)) found.set(row.bank, { bank: row.bank, profile: context.profile(row.bank_profile) });
  }
  return [...found.values()];
}

async function collectFrom(
  context: Context,
  mailbox: Mailbox,
  businessDate: string,
  counts: Record<string, number>,
  findings: Finding[],
): Promise<void> {
  const { bank, profile } = mailbox;
  const channel = await context.connectBank(bank, profile);
  try {
    const files = await completeFiles(context, channel, profile);
    const fetched = profile.exchange.afterFetch === "keep" ? await fetchedSizes(context.store.db, bank) : new Map();
    for (const file of files) {
      if (inboundKind(profile, file.name) === undefined) counts.ignored = (counts.ignored ?? 0) + 1;
      else if (fetched.get(file.name) !== BigInt(file.size)) {
        await fetchOne(context, channel, mailbox, file, businessDate, counts).catch((error: unknown) => {
          if (!(error instanceof RemitError) || error.traits.retry === "later") throw error;
          findings.push(...error.findings);
        });
      }
    }
  } finally {
    await channel.close();
  }
}

/** Two looks: what grew or changed between them is still being written and waits for the next collection. */
async function completeFiles(
  context: Context,
  channel: BankChannel,
  profile: BankProfile,
): Promise<readonly RemoteFile[]> {
  const { folders, tempSuffix, marker } = profile.exchange;
  const first = await channel.list(folders.inbound);
  // A mailbox often holds folders; with nothing else in it there is nothing to wait for.
  if (!first.some(({ kind }) => kind === "file")) return [];
  await pause(context.config.settleMs);
  const second = await channel.list(folders.inbound);
  const rules = {
    tempSuffixes: [tempSuffix, ".part", ".filepart", ".tmp", ".temp", ".uploading"],
    minAgeMs: 0,
    ...(marker === undefined ? {} : { markerSuffix: marker.suffix }),
  };
  // The bank's clock, as the age of a file is told by it; with no minimum age it decides nothing.
  return settled(first, second, rules, Date.now()).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

async function fetchOne(
  context: Context,
  channel: BankChannel,
  { bank, profile }: Mailbox,
  file: RemoteFile,
  businessDate: string,
  counts: Record<string, number>,
): Promise<void> {
  const { folders, bytesPerInboundFile } = profile.exchange;
  const name = asBaseName(file.name);
  const received = await receive(channel, { folder: folders.inbound, name }, bytesPerInboundFile, (point) =>
    context.at(point),
  );
  // Kept before it is looked at: whatever a reader makes of it, the bytes are safe.
  await archive(context.config.archive, { bytes: received.bytes, name, day: businessDate }, (point) =>
    context.at(point),
  );
  const recorded = await context.store.write((tx) =>
    recordInbound(tx, { bank, remoteName: name, sha256: received.sha256, bytes: received.bytes, now: context.clock() }),
  );
  await context.at("inbound.recorded");
  counts.fetched = (counts.fetched ?? 0) + (recorded.kind === "new" ? 1 : 0);
  counts.duplicates = (counts.duplicates ?? 0) + (recorded.kind === "duplicate" ? 1 : 0);
  await putAway(channel, profile, name);
}

/** At the bank: moved, deleted or left, as its profile says. A name that its archive has already is left where it is. */
async function putAway(channel: BankChannel, { exchange }: BankProfile, name: string): Promise<void> {
  const path = remotePath(exchange.folders.inbound, name);
  if (exchange.afterFetch === "delete") await channel.remove(path);
  if (exchange.afterFetch !== "move" || exchange.folders.archive === undefined) return;
  const kept = remotePath(exchange.folders.archive, name);
  if ((await channel.stat(kept)) === undefined) await channel.rename(path, kept);
  else await channel.remove(path);
}
