/** Opens the channel that a bank's settings describe. */
import type { BankChannel } from "./bank-channel.ts";
import { type At, nowhere, step } from "./fail-point.ts";
import { connectFolder } from "./folder/connect.ts";
import type { FolderSettings } from "./folder/settings.ts";
import { connectSftp } from "./sftp/connect.ts";
import type { SftpSettings } from "./sftp/settings.ts";

export type ChannelSettings = SftpSettings | FolderSettings;

/** One connection for one transfer; the caller closes it. Errors as of the adapters. */
export function openChannel(settings: ChannelSettings, at: At = nowhere): Promise<BankChannel> {
  return step(at, "connect", () => {
    switch (settings.kind) {
      case "sftp":
        return connectSftp(settings);
      case "folder":
        return connectFolder(settings);
      default:
        return settings satisfies never;
    }
  });
}
