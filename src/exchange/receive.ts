/** Fetching one of the bank's files straight into the archive, without ever holding it whole. */
import { type Archived, archive } from "./archive.ts";
import { type BankChannel, remotePath } from "./bank-channel.ts";
import { type At, nowhere, step } from "./fail-point.ts";
import { asBaseName } from "./remote-name.ts";

export interface Reception {
  readonly folder: string;
  readonly name: string;
  /** More than this is FILE_TOO_LARGE, told before the file is fetched. */
  readonly maxBytes: number;
  /** Root of the archive, and the day under which the file is kept. */
  readonly archive: string;
  readonly day: string;
}

/**
 * Downloads a file; it is on our disk, hashed, when this returns.
 * @throws REMOTE_NAME_INVALID, FILE_TOO_LARGE, BANK_FILE_CHANGED, every failure of the channel and of the archive
 */
export async function receive(channel: BankChannel, reception: Reception, at: At = nowhere): Promise<Archived> {
  const { name, folder, maxBytes, day } = reception;
  const path = remotePath(folder, asBaseName(name));
  return step(at, "download", () =>
    archive(reception.archive, { pieces: channel.read(path, maxBytes), name, day }, at),
  );
}
