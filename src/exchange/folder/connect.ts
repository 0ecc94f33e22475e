/** Opening a mounted folder as a channel. */
import { stat } from "node:fs/promises";
import { RemitError } from "../../domain/errors.ts";
import type { BankChannel } from "../bank-channel.ts";
import { DEFAULT_DEADLINE_MS, startLifeline } from "../deadline.ts";
import { folderChannel } from "./channel.ts";
import { checkFolderSettings, type FolderSettings } from "./settings.ts";

/** @throws CONFIG_INVALID; BANK_UNREACHABLE when the folder is not there, as when the share is not mounted */
export async function connectFolder(settings: FolderSettings): Promise<BankChannel> {
  checkFolderSettings(settings);
  const { root } = settings;
  const lifeline = startLifeline(root, settings.deadlineMs ?? DEFAULT_DEADLINE_MS, () => undefined);
  try {
    const found = await lifeline.guard(() => stat(root));
    if (!found.isDirectory()) throw new Error("not a folder");
  } catch (cause) {
    lifeline.end();
    if (cause instanceof RemitError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new RemitError("BANK_UNREACHABLE", { where: root, found: code ?? message, cause });
  }
  return folderChannel(root, lifeline);
}
