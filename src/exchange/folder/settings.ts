/** What is needed to use a mounted folder as a bank's mailbox, and the check of it. */
import { isAbsolute } from "node:path";
import { RemitError } from "../../domain/errors.ts";

export interface FolderSettings {
  readonly kind: "folder";
  /** Absolute path of the mailbox; the bank's folders are below it. */
  readonly root: string;
  /** From the first operation to the last of one transfer: a share that hangs must not hang us. Default 600 000. */
  readonly deadlineMs?: number;
}

/** @throws CONFIG_INVALID */
export function checkFolderSettings({ root, deadlineMs }: FolderSettings): void {
  if (!isAbsolute(root)) {
    throw new RemitError("CONFIG_INVALID", { where: "folder.root", found: root, expected: "an absolute path" });
  }
  if (deadlineMs !== undefined && !(deadlineMs > 0)) {
    throw new RemitError("CONFIG_INVALID", {
      where: "folder.deadlineMs",
      found: String(deadlineMs),
      expected: "more than 0",
    });
  }
}
