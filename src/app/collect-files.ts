/** The job `collect-files`: what banks left for us is kept whole, understood, applied once, and put away at the bank. */
import { setTimeout as pause } from "node:timers/promises";
import { inboundKind } from "../bankfiles/profile/file-name.ts";
import type { BankProfile } from "../bankfiles/profile/profile.ts";
import { RemitError } from "../domain/errors.ts";
import type { Finding } from "../domain/finding.ts";
import { readArchived } from "../exchange/archive.ts";
import { type BankChannel, type RemoteFile, remotePath } from "../exchange/bank-channel.ts";
import { receive } from "../exchange/receive.ts";
import { isBaseName } from "../exchange/remote-name.ts";
import { settled } from "../exchange/settled.ts";
import { fetchedBefore, recordInbound } from "../store/inbound-files.ts";
import { applyInbound, bankProfiles } from "./apply-inbound.ts";
import type { Context, Job } from "./context.ts";

interface Mailbox {
  readonly bank: string;
  readonly profile: BankProfile;
}

export const collectFiles: Job = async (context, businessDate) => {
  const counts: Record<string, number> = { fetched: 0, duplicates: 0, ignored: 0 };
  const findings: Finding[] = [];
  // Several marketplaces may share a mailbox: it is emptied once.
  for (const [bank, profile] of await bankProfiles(context)) {
    try {
      await collectFrom(context, { bank, profile }, businessDate, counts, findings);
    } catch (error) {
      // One bank that does not answer must not keep the others' files from being read.
      if (!(error instanceof RemitError)) throw error;
      findings.push(...error.findings.map((finding) => ({ ...finding, where: `bank ${bank}: ${finding.where}` })));
    }
  }
  const applied = await applyInbound(context, businessDate);
  for (const [name, value] of Object.entries(applied.counts)) counts[name] = (counts[name] ?? 0) + value;
  return { counts, findings: [...findings, ...applied.findings] };
};

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
    const files = await completeFiles(context, channel, profile, findings);
    const stays = profile.exchange.afterFetch === "keep";
    const fetched = stays ? await fetchedBefore(context.store.db, bank, files) : new Set<string>();
    for (const file of files) {
      if (inboundKind(profile, file.name) === undefined) counts.ignored = (counts.ignored ?? 0) + 1;
      else if (!fetched.has(file.name)) {
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
  findings: Finding[],
): Promise<readonly RemoteFile[]> {
  const { folders, tempSuffix, marker } = profile.exchange;
  const first = await channel.list(folders.inbound);
  // A mailbox often holds folders; with nothing else in it there is nothing to wait for.
  if (!first.some(({ kind }) => kind === "file")) return [];
  await pause(context.config.settleMs);
  const second = await channel.list(folders.inbound);
  findings.push(...unsafeNames(second));
  const rules = {
    tempSuffixes: [tempSuffix, ".part", ".filepart", ".tmp", ".temp", ".uploading"],
    minAgeMs: 0,
    ...(marker === undefined ? {} : { markerSuffix: marker.suffix }),
  };
  // The bank's clock, as the age of a file is told by it; with no minimum age it decides nothing.
  return settled(first, second, rules, Date.now()).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** Names that lead elsewhere are never used, not even to fetch the file: somebody has to ask the bank. */
function unsafeNames(files: readonly RemoteFile[]): readonly Finding[] {
  const names = files.filter(({ kind, name }) => kind === "file" && !isBaseName(name)).map(({ name }) => name);
  return names.slice(0, MOST_NAMES).map((name) => ({
    code: "REMOTE_NAME_INVALID",
    where: "a file in the bank's folder",
    found: JSON.stringify(name.slice(0, 100)).replaceAll(/[^\x20-\x7e]/g, "?"),
    expected: "one name without a path and control characters",
  }));
}

const MOST_NAMES = 100;

async function fetchOne(
  context: Context,
  channel: BankChannel,
  { bank, profile }: Mailbox,
  file: RemoteFile,
  businessDate: string,
  counts: Record<string, number>,
): Promise<void> {
  const { folders, bytesPerInboundFile } = profile.exchange;
  const { name, modifiedAt } = file;
  const root = context.config.archive;
  const place = { folder: folders.inbound, name, maxBytes: bytesPerInboundFile };
  // Kept before it is looked at: whatever a reader makes of it, the bytes are safe.
  const { path, sha256, size } = await receive(channel, { ...place, archive: root, day: businessDate }, context.at);
  const content = () => readArchived(root, path);
  const now = context.clock();
  const recorded = await context.store.write((tx) =>
    recordInbound(tx, { bank, remoteName: name, sha256, size, content, modifiedAt, archivedAs: path, now }),
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
