/** Handing one claimed file over to its bank, from wherever the last attempt stopped (design, section 9). */
import { RemitError } from "../domain/errors.ts";
import type { BankChannel } from "../exchange/bank-channel.ts";
import { createFinal, expectFree, fillFinal, publish, removePart, uploadPart } from "../exchange/hand-off.ts";
import { decideAfterDoubt, inspect } from "../exchange/inspect.ts";
import { finish, type HandedOver, stop } from "./hand-over-end.ts";
import { type ClaimedWork, type HandOverWork, move, optionsOf, placeOf } from "./hand-over-step.ts";
import { outgoing } from "./seal-file.ts";

/** @throws FENCE_LOST; BANK_TARGET_EXISTS when a person must decide; every failure of the channel */
export async function handOver(claimed: ClaimedWork): Promise<HandedOver> {
  const { context, file, profile, claim } = claimed;
  const work: HandOverWork = { ...claimed, frozen: await outgoing(claimed) };
  if (claim.state === "APPROVED") await move(work, "upload", "UPLOADING");
  const channel = await context.connectBank(file.bank, profile);
  try {
    if (claim.state === "APPROVED") return await uploadAndPublish(work, channel);
    return profile.exchange.stat ? await resume(work, channel) : await resumeBlindly(work, channel);
  } finally {
    await channel.close();
  }
}

async function uploadAndPublish(work: HandOverWork, channel: BankChannel): Promise<HandedOver> {
  if (!work.profile.exchange.rename) return publishDirectly(work, channel);
  await uploadPart(channel, placeOf(work), work.frozen, optionsOf(work));
  await move(work, "verify", "UPLOADED");
  return renameAndFinish(work, channel);
}

async function renameAndFinish(work: HandOverWork, channel: BankChannel): Promise<HandedOver> {
  await move(work, "rename", "RENAMING");
  await publish(channel, placeOf(work), optionsOf(work));
  return finish(work, channel, "send");
}

/**
 * At a bank that forbids to rename the file stands under its final name from its first byte, so that RENAMING is committed
 * before it is created: after a crash it is looked at and never written again.
 */
async function publishDirectly(work: HandOverWork, channel: BankChannel): Promise<HandedOver> {
  await expectFree(channel, placeOf(work), optionsOf(work));
  await move(work, "publish", "RENAMING");
  const writer = await createFinal(channel, placeOf(work), optionsOf(work));
  if (writer instanceof RemitError) {
    await move(work, "unopened", "UPLOADING");
    throw writer;
  }
  await fillFinal(channel, placeOf(work), writer, work.frozen, optionsOf(work));
  return finish(work, channel, "send");
}

/** After a crash or a lost connection: look at what is there, and never offer a file twice. */
async function resume(work: HandOverWork, channel: BankChannel): Promise<HandedOver> {
  const { claim, frozen, profile } = work;
  const seen = await inspect(channel, placeOf(work), optionsOf(work));
  const decision = decideAfterDoubt(seen, {
    size: frozen.bytes.length,
    sha256: frozen.sha256,
    renameBegun: claim.state === "RENAMING",
  });
  switch (decision) {
    case "upload-again":
      return uploadAgain(work, channel);
    case "rename":
      if (claim.state === "UPLOADING") await move(work, "verify", "UPLOADED");
      return renameAndFinish(work, channel);
    case "sent":
      await moveToRenaming(work);
      return finish(work, channel, "send");
    case "sent-unconfirmed":
      return finish(work, channel, "doubt");
    case "stop":
      return stop(work, seen.part === null ? finalNotOurs(profile.exchange.rename) : "a file under both names");
    default:
      return decision satisfies never;
  }
}

async function uploadAgain(work: HandOverWork, channel: BankChannel): Promise<HandedOver> {
  await move(work, "upload", "UPLOADING");
  await removePart(channel, placeOf(work), optionsOf(work));
  return uploadAndPublish(work, channel);
}

async function moveToRenaming(work: HandOverWork): Promise<void> {
  const { claim, profile } = work;
  if (claim.state === "RENAMING") return;
  if (!profile.exchange.rename) return move(work, "publish", "RENAMING");
  if (claim.state === "UPLOADING") await move(work, "verify", "UPLOADED");
  await move(work, "rename", "RENAMING");
}

function finalNotOurs(renames: boolean): string {
  return `a file that is not ours${renames ? "" : ", or a part of ours,"} under the final name`;
}

/**
 * The bank lets us look at nothing. Before a rename was begun the upload is simply made again. Afterwards the same .part is
 * renamed once more: it has one source, so that it can succeed only once, and a missing source means that it had.
 */
async function resumeBlindly(work: HandOverWork, channel: BankChannel): Promise<HandedOver> {
  const { claim, profile } = work;
  if (claim.state !== "RENAMING") return uploadAgain(work, channel);
  if (!profile.exchange.rename) return finish(work, channel, "doubt");
  try {
    return await renameAndFinish(work, channel);
  } catch (error) {
    if (error instanceof RemitError && error.code === "BANK_FILE_MISSING") return finish(work, channel, "doubt");
    if (error instanceof RemitError && error.code === "BANK_TARGET_EXISTS") return stop(work, finalNotOurs(true));
    throw error;
  }
}
