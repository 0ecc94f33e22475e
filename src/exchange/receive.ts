/** Fetching one of the bank's files whole. */
import { createHash } from "node:crypto";
import { type BankChannel, remotePath } from "./bank-channel.ts";
import { type At, nowhere, step } from "./fail-point.ts";
import { asBaseName } from "./remote-name.ts";

export interface Received {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Lower-case hex. */
  readonly sha256: string;
}

/**
 * Downloads a file into memory.
 * @param maxBytes more than this is FILE_TOO_LARGE, told before the file is fetched
 * @throws REMOTE_NAME_INVALID, FILE_TOO_LARGE, BANK_FILE_CHANGED, every failure of the channel
 */
export async function receive(
  channel: BankChannel,
  file: { readonly folder: string; readonly name: string },
  maxBytes: number,
  at: At = nowhere,
): Promise<Received> {
  const path = remotePath(file.folder, asBaseName(file.name));
  return step(at, "download", async () => {
    const hash = createHash("sha256");
    const chunks: Uint8Array[] = [];
    for await (const chunk of channel.read(path, maxBytes)) {
      hash.update(chunk);
      chunks.push(chunk);
    }
    return { name: file.name, bytes: Buffer.concat(chunks), sha256: hash.digest("hex") };
  });
}
