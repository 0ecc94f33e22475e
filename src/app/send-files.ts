/** The job `send-files`: approved files go to their bank exactly once, or we know that we do not know (design, section 9). */
import { hostname } from "node:os";
import type { BankProfile } from "../bankfiles/profile/profile.ts";
import { RemitError } from "../domain/errors.ts";
import type { Finding } from "../domain/finding.ts";
import { type BankChannel, remotePath } from "../exchange/bank-channel.ts";
import { step } from "../exchange/fail-point.ts";
import { type HandOffOptions, type HandOffPlace, publish, removePart, uploadPart } from "../exchange/hand-off.ts";
import { decideAfterDoubt, inspect } from "../exchange/inspect.ts";
import { openExceptions } from "../store/exceptions.ts";
import {
  type Claim,
  claimFile,
  extendFile,
  type FileUnderWay,
  filesUnderWay,
  markSent,
  moveFile,
  releaseFile,
} from "../store/hand-off.ts";
import { recordStatusChanges } from "../store/status-changes.ts";
import { transfersOfFile } from "../store/transfer-files.ts";
import { moveTransfers } from "../store/transfers.ts";
import { answerDeadline } from "./answer-deadline.ts";
import type { Context, Job } from "./context.ts";
import { fileCutoff, maySendNow } from "./file-cutoff.ts";
import { matterOf } from "./file-matters.ts";
import { watchCutoffs } from "./watch-cutoffs.ts";

/**
 * How long a worker that hands a file over counts as alive after it last said so; it says so three times as often. A file may
 * take as long as the bank's link needs, and is still handed over soon when its worker has died.
 */
const FENCE_MS = 60_000;

type Outcome = "sent" | "unconfirmed" | "waiting" | "busy";

export const sendFiles: Job = async (context, businessDate) => {
  const counts: Record<string, number> = { sent: 0, unconfirmed: 0, waiting: 0, busy: 0, failed: 0 };
  const findings: Finding[] = [];
  for (const file of await filesUnderWay(context.store.db)) {
    try {
      const outcome = await sendOne(context, file);
      counts[outcome] = (counts[outcome] ?? 0) + 1;
    } catch (error) {
      // A file that cannot be sent now must not keep the others from it; it is tried again at the next run.
      if (!(error instanceof RemitError)) throw error;
      counts.failed = (counts.failed ?? 0) + 1;
      findings.push(
        ...error.findings.map((finding) => ({ ...finding, where: `file ${file.messageId}: ${finding.where}` })),
      );
      context.log.error({ messageId: file.messageId, code: error.code }, "file not sent");
    }
  }
  findings.push(...(await watchCutoffs(context, businessDate)));
  return { counts, findings };
};

async function sendOne(context: Context, file: FileUnderWay): Promise<Outcome> {
  const profile = context.profile(file.profile);
  const now = context.clock();
  if (file.state === "APPROVED" && (!maySendNow(profile, now) || (await isTooLate(context, file, profile, now)))) {
    return "waiting";
  }
  await context.at("claim.commit.before");
  const claim = await context.store.write((tx) =>
    claimFile(tx, file.id, `${context.actor}@${hostname()}#${process.pid}`, now, new Date(now.getTime() + FENCE_MS)),
  );
  if (claim === undefined) return "busy";
  await context.at("claim.commit.after");
  const heart = setInterval(() => {
    const until = new Date(context.clock().getTime() + FENCE_MS);
    context.store
      .write((tx) => extendFile(tx, file.id, claim.fence, until))
      .catch((error: unknown) => context.log.warn({ error: String(error) }, "could not say that this file is held"));
  }, FENCE_MS / 3);
  try {
    return await handOff({ context, file, profile, claim });
  } catch (error) {
    if (!(error instanceof RemitError && error.code === "FENCE_LOST")) {
      await context.store.write((tx) => releaseFile(tx, file.id, claim.fence));
    }
    throw error;
  } finally {
    clearInterval(heart);
  }
}

/** An approved file whose date was missed meanwhile, at a bank that rejects other dates, is not sent: a person withdraws it. */
async function isTooLate(context: Context, file: FileUnderWay, profile: BankProfile, now: Date): Promise<boolean> {
  const cutoff = fileCutoff(profile, file.executionDate, now);
  if (cutoff?.late !== true || profile.execution.pastDate === "move") return false;
  const exception = {
    identity: matterOf("cutoff-missed", file.messageId),
    marketplaceId: file.marketplaceId,
    reason: "CUTOFF_MISSED",
    subjectKind: "transfer-file" as const,
    subjectRef: file.messageId,
    says: `it was approved and not sent in time for ${file.executionDate}, and the bank rejects later dates: withdraw it`,
    owner: "finance" as const,
  };
  const isNew = await context.store.write((tx) => openExceptions(tx, [exception], file.businessDate, now));
  if (isNew > 0) context.log.warn({ messageId: file.messageId }, "execution date missed, file not sent");
  return true;
}

interface HandOff {
  readonly context: Context;
  readonly file: FileUnderWay;
  readonly profile: BankProfile;
  readonly claim: Claim;
}

async function handOff(work: HandOff): Promise<Outcome> {
  const { context, file, profile, claim } = work;
  if (claim.state === "APPROVED") await move(work, "upload", "UPLOADING");
  const channel = await context.connectBank(file.bank, profile);
  try {
    return claim.state === "APPROVED" ? await uploadAndPublish(work, channel) : await resume(work, channel);
  } finally {
    await channel.close();
  }
}

async function uploadAndPublish(work: HandOff, channel: BankChannel): Promise<Outcome> {
  await uploadPart(channel, placeOf(work), frozenOf(work), optionsOf(work));
  await move(work, "verify", "UPLOADED");
  return renameAndFinish(work, channel);
}

async function renameAndFinish(work: HandOff, channel: BankChannel): Promise<Outcome> {
  await move(work, "rename", "RENAMING");
  await publish(channel, placeOf(work), optionsOf(work));
  return finish(work, channel, "send");
}

/** After a crash or a lost connection: look at what is there, and never offer a file twice. */
async function resume(work: HandOff, channel: BankChannel): Promise<Outcome> {
  const { file, claim } = work;
  const seen = await inspect(channel, placeOf(work), optionsOf(work));
  const decision = decideAfterDoubt(seen, {
    size: claim.bytes.length,
    sha256: file.sha256,
    renameBegun: claim.state === "RENAMING",
  });
  switch (decision) {
    case "upload-again":
      await move(work, "upload", "UPLOADING");
      await removePart(channel, placeOf(work), optionsOf(work));
      return uploadAndPublish(work, channel);
    case "rename":
      if (claim.state === "UPLOADING") await move(work, "verify", "UPLOADED");
      return renameAndFinish(work, channel);
    case "sent":
      if (claim.state === "UPLOADING") await move(work, "verify", "UPLOADED");
      if (claim.state !== "RENAMING") await move(work, "rename", "RENAMING");
      return finish(work, channel, "send");
    case "sent-unconfirmed":
      return finish(work, channel, "doubt");
    case "stop":
      return stop(
        work,
        seen.part === null ? "a file that is not ours under the final name" : "a file under both names",
      );
    default:
      return decision satisfies never;
  }
}

async function finish(work: HandOff, channel: BankChannel, event: "send" | "doubt"): Promise<Outcome> {
  const { context, file, profile, claim } = work;
  if (event === "send") await writeMarker(work, channel);
  await context.at("sent.commit.before");
  const now = context.clock();
  await context.store.write(async (tx) => {
    await moveFile(tx, file, claim.fence, event, event === "send" ? "SENT" : "UPLOAD_UNKNOWN", now);
    await markSent(tx, file.id, now, answerDeadline(profile, now));
    const transfers = await transfersOfFile(tx.db, file.id);
    await moveTransfers(
      tx,
      transfers.map(({ id }) => id),
      "send",
      "SENT",
      now,
    );
    await recordStatusChanges(
      tx,
      file.marketplaceId,
      transfers.map(({ end_to_end_id }) => ({
        kind: "transfer",
        ref: end_to_end_id,
        status: "SENT",
        detail: file.messageId,
      })),
      now,
    );
    if (event === "doubt") await openExceptions(tx, [unknownException(file)], file.businessDate, now);
  });
  await context.at("sent.commit.after");
  context.log.info({ messageId: file.messageId, outcome: event }, "file handed over");
  return event === "send" ? "sent" : "unconfirmed";
}

function unknownException(file: FileUnderWay) {
  return {
    identity: matterOf("upload-unknown", file.messageId),
    marketplaceId: file.marketplaceId,
    reason: "UPLOAD_UNKNOWN",
    subjectKind: "transfer-file" as const,
    subjectRef: file.messageId,
    says: "the rename was sent and the file is gone: the bank has probably collected it; it is never sent again by itself",
    owner: "operations" as const,
  };
}

async function stop({ context, file }: HandOff, what: string): Promise<never> {
  await context.store.write((tx) =>
    openExceptions(
      tx,
      [
        {
          identity: matterOf("hand-off-stopped", file.messageId),
          marketplaceId: file.marketplaceId,
          reason: "HAND_OFF_STOPPED",
          subjectKind: "transfer-file",
          subjectRef: file.messageId,
          says: `the bank's folder holds ${what}: a person decides, nothing is sent`,
          owner: "operations",
        },
      ],
      file.businessDate,
      context.clock(),
    ),
  );
  throw new RemitError("BANK_TARGET_EXISTS", {
    where: file.remoteName,
    found: what,
    expected: "our file once, or no file",
  });
}

/** An empty file beside ours, for banks that wait for it; writing it twice is harmless. */
async function writeMarker(work: HandOff, channel: BankChannel): Promise<void> {
  const { context } = work;
  const { marker, folders } = work.profile.exchange;
  if (marker === undefined) return;
  const path = remotePath(folders.outbound, work.file.remoteName + marker.suffix);
  await step(context.at, "marker", async () => {
    if ((await channel.stat(path)) !== undefined) return;
    const writer = await channel.create(path);
    await writer.close();
  });
}

async function move(
  work: HandOff,
  event: "upload" | "verify" | "rename",
  to: Parameters<typeof moveFile>[4],
): Promise<void> {
  const { context, file, claim } = work;
  await context.at(`${event}.commit.before`);
  await context.store.write((tx) => moveFile(tx, file, claim.fence, event, to, context.clock()));
  await context.at(`${event}.commit.after`);
}

function placeOf({ file, profile }: HandOff): HandOffPlace {
  return { folder: profile.exchange.folders.outbound, name: file.remoteName, tempSuffix: profile.exchange.tempSuffix };
}

function frozenOf({ file, claim }: HandOff) {
  return { bytes: claim.bytes, sha256: file.sha256 };
}

function optionsOf({ context, profile }: HandOff): HandOffOptions {
  return { readBack: profile.exchange.readBack ? "hash" : "size", at: context.at };
}
