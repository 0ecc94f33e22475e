/** What every step of a hand-over works with: the file, its bank, the fence, and the bytes the bank is meant to get. */
import type { BankProfile } from "../bankfiles/profile/profile.ts";
import type { TransferFileState } from "../domain/transfer-file.ts";
import type { FrozenBytes, HandOffOptions, HandOffPlace } from "../exchange/hand-off.ts";
import { type Claim, type FileUnderWay, moveFile } from "../store/hand-off.ts";
import type { Context } from "./context.ts";

export interface ClaimedWork {
  readonly context: Context;
  readonly file: FileUnderWay;
  readonly profile: BankProfile;
  readonly claim: Claim;
}

export interface HandOverWork extends ClaimedWork {
  /** As finance approved them, or sealed for the bank. */
  readonly frozen: FrozenBytes;
}

/** Commits a state between two fail points; FENCE_LOST when another worker, or people, took the file over. */
export async function move(
  { context, file, claim }: ClaimedWork,
  event: "upload" | "verify" | "rename" | "publish" | "unopened",
  to: TransferFileState,
): Promise<void> {
  await context.at(`${event}.commit.before`);
  await context.store.write((tx) => moveFile(tx, file, claim.fence, event, to, context.clock()));
  await context.at(`${event}.commit.after`);
}

export function placeOf({ file, profile: { exchange } }: ClaimedWork): HandOffPlace {
  return {
    folder: exchange.folders.outbound,
    name: file.remoteName,
    tempSuffix: exchange.rename ? exchange.tempSuffix : null,
  };
}

export function optionsOf({ context, profile: { exchange } }: ClaimedWork): HandOffOptions {
  const readBack = exchange.stat ? (exchange.readBack ? "hash" : "size") : "nothing";
  return { readBack, fsync: exchange.fsync, at: context.at };
}
