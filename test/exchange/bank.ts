/** Settings, files and looks at the disk that the tests of the exchange share. */
import { createHash, randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { RemitError } from "../../src/domain/errors.ts";
import { readArchived } from "../../src/exchange/archive.ts";
import type { BankChannel } from "../../src/exchange/bank-channel.ts";
import type { FrozenBytes, HandOffPlace } from "../../src/exchange/hand-off.ts";
import { receive } from "../../src/exchange/receive.ts";
import type { SftpSettings } from "../../src/exchange/sftp/settings.ts";
import type { TestSshd } from "../support/sshd.ts";
import { tempDir } from "../support/temp-dir.ts";

/** Settings for the test server, or for a proxy in front of it. */
export function settingsFor(
  server: TestSshd,
  changes: Partial<SftpSettings> & { readonly port?: number } = {},
): SftpSettings {
  return {
    kind: "sftp",
    host: server.host,
    port: server.port,
    user: server.user,
    hostKeys: [server.hostKeyFingerprint],
    privateKey: server.privateKey,
    ...changes,
  };
}

/** Random bytes as a frozen file. */
export function frozenFile(size: number): FrozenBytes {
  const bytes = randomBytes(size);
  return { bytes, sha256: sha256(bytes) };
}

export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

export function placeIn(folder: string, name = "PAY.xml"): HandOffPlace {
  return { folder, name, tempSuffix: ".part" };
}

/** What stands in a folder: name -> hash. */
export function filesIn(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => [name, sha256(readFileSync(join(folder, name)))]),
  );
}

/** All pieces as one, for files small enough. */
export async function bytesOf(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

/** Receives a file into an archive of its own, and reads it back from there. */
export async function received(
  channel: BankChannel,
  place: { readonly folder: string; readonly name: string },
  maxBytes: number,
): Promise<{ readonly bytes: Buffer; readonly sha256: string }> {
  const archive = tempDir();
  const { path, sha256: hash } = await receive(channel, { ...place, maxBytes, archive, day: "2026-11-20" });
  return { bytes: await bytesOf(readArchived(archive, path)), sha256: hash };
}

/** The code of the RemitError that `work` fails with; "none" when it does not fail. */
export async function codeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return "none";
  } catch (error) {
    return error instanceof RemitError ? error.code : `not a RemitError: ${String(error)}`;
  }
}
