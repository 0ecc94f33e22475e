/** The job `send-files`: approved files go to their bank exactly once, or we know that we do not know (design, section 9). */
import { hostname } from "node:os";
import type { BankProfile } from "../bankfiles/profile/profile.ts";
import { RemitError } from "../domain/errors.ts";
import type { Finding } from "../domain/finding.ts";
import { openExceptions } from "../store/exceptions.ts";
import { claimFile, extendFile, type FileUnderWay, filesUnderWay, releaseFile } from "../store/hand-off.ts";
import type { Context, Job } from "./context.ts";
import { fileCutoff, maySendNow } from "./file-cutoff.ts";
import { matterOf } from "./file-matters.ts";
import { handOver } from "./hand-over.ts";
import type { HandedOver } from "./hand-over-end.ts";
import { watchCutoffs } from "./watch-cutoffs.ts";
import { watchKeys } from "./watch-keys.ts";

/**
 * How long a worker that hands a file over counts as alive after it last said so; it says so three times as often. A file may
 * take as long as the bank's link needs, and is still handed over soon when its worker has died.
 */
const FENCE_MS = 60_000;

type Outcome = HandedOver | "waiting" | "busy";

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
  findings.push(...(await watchCutoffs(context, businessDate)), ...(await watchKeys(context, businessDate)));
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
    return await handOver({ context, file, profile, claim });
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
