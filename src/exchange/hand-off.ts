/** Handing one frozen file to a bank in steps, so that the caller can commit its state between them. */
import { createHash, type Hash } from "node:crypto";
import { type ErrorCode, RemitError } from "../domain/errors.ts";
import { type BankChannel, type RemoteWriter, remotePath } from "./bank-channel.ts";
import { type At, nowhere, step } from "./fail-point.ts";
import { asBaseName } from "./remote-name.ts";

/** Where a file goes at the bank. */
export interface HandOffPlace {
  readonly folder: string;
  /** The final name. */
  readonly name: string;
  /** Added to the name while the file is not complete, e.g. `.part`; null at a bank that forbids to rename. */
  readonly tempSuffix: string | null;
}

/**
 * How to make sure of what arrived: `hash` reads it back; `size` is for banks that do not let us read our own files;
 * `nothing` for those that let us look at nothing at all, where every request's own answer must do.
 */
export type ReadBack = "hash" | "size" | "nothing";

export interface HandOffOptions {
  readonly readBack?: ReadBack;
  /** Whether the bank's server is asked to put the file on its disk; it is unless this is false. */
  readonly fsync?: boolean;
  readonly at?: At;
}

export interface FrozenBytes {
  readonly bytes: Uint8Array;
  /** Lower-case hex, as it was frozen and approved. */
  readonly sha256: string;
}

const CHUNK_BYTES = 128 * 1024;
/** Keeps a link with a long round trip busy; 2 MiB is also what OpenSSH takes before it wants to answer. */
const CHUNKS_IN_FLIGHT = 16;

/**
 * State UPLOADING: writes the file under its temporary name and makes sure every byte of it is there. Afterwards the caller
 * commits UPLOADED. Never touches the final name. When it fails the .part stays: only a worker that has just made sure
 * of its fence may remove it (`removePart`), a late one could remove the .part of its successor.
 * @throws BANK_TARGET_EXISTS when either name exists; BANK_HASH_DIFFERS; every failure of the channel
 */
export async function uploadPart(
  channel: BankChannel,
  place: HandOffPlace,
  frozen: FrozenBytes,
  options: HandOffOptions = {},
): Promise<void> {
  const { part } = pathsOf(place);
  if (part === null) throw new Error("a bank that forbids to rename has no temporary names");
  await expectFree(channel, place, options);
  const writer = await step(options.at ?? nowhere, "open", () => channel.create(part));
  await fill(channel, writer, part, frozen, options);
}

/** Looks whether the final name is free, where the bank lets us look. @throws BANK_TARGET_EXISTS */
export async function expectFree(
  channel: BankChannel,
  place: HandOffPlace,
  { readBack, at = nowhere }: HandOffOptions = {},
): Promise<void> {
  const { final } = pathsOf(place);
  if (readBack === "nothing") return;
  if ((await step(at, "check-final", () => channel.stat(final))) === undefined) return;
  throw new RemitError("BANK_TARGET_EXISTS", { where: final });
}

/** What a server answers when it has created nothing. */
const NOT_CREATED: ReadonlySet<ErrorCode> = new Set([
  ...(["BANK_TARGET_EXISTS", "BANK_PERMISSION", "BANK_FOLDER_MISSING", "BANK_REFUSED"] as const),
]);

/**
 * State RENAMING, committed before this is called, at a bank that forbids to rename: creates the file under its final name.
 * Undefined with the error when the server said plainly that it created nothing: then the caller may go back.
 */
export async function createFinal(
  channel: BankChannel,
  place: HandOffPlace,
  { at = nowhere }: HandOffOptions = {},
): Promise<RemoteWriter | RemitError> {
  try {
    return await step(at, "open", () => channel.create(pathsOf(place).final));
  } catch (cause) {
    if (cause instanceof RemitError && NOT_CREATED.has(cause.code)) return cause;
    throw cause;
  }
}

/** Writes the file that was created under its final name. Whatever fails from here on, the bank may have a part of it. */
export function fillFinal(
  channel: BankChannel,
  place: HandOffPlace,
  writer: RemoteWriter,
  frozen: FrozenBytes,
  options: HandOffOptions = {},
): Promise<void> {
  return fill(channel, writer, pathsOf(place).final, frozen, options);
}

async function fill(
  channel: BankChannel,
  writer: RemoteWriter,
  path: string,
  frozen: FrozenBytes,
  options: HandOffOptions,
): Promise<void> {
  const { readBack = "hash", at = nowhere } = options;
  await writeOut(writer, frozen, options);
  if (readBack === "nothing") return;
  await step(at, "stat", () => expectSize(channel, path, frozen.bytes.length));
  if (readBack === "size") return;
  await step(at, "read-back", async () => {
    expectHash(await hashOf(channel, path, frozen.bytes.length), frozen.sha256, path);
  });
}

/**
 * State RENAMING, committed before this is called: gives the file its final name. A plain rename; for servers whose rename
 * would overwrite, `uploadPart` and `inspect` looked at the final name before. When this fails in any way other than
 * BANK_TARGET_EXISTS the outcome is unknown: `inspect`, then `decideAfterDoubt`.
 */
export async function publish(channel: BankChannel, place: HandOffPlace, options: HandOffOptions = {}): Promise<void> {
  const { part, final } = pathsOf(place);
  if (part === null) throw new Error("a bank that forbids to rename is never asked to");
  await step(options.at ?? nowhere, "rename", () => channel.rename(part, final));
}

/** Removes our own temporary file before a new upload; no such file is fine. Only after `upload-again` was decided. */
export async function removePart(
  channel: BankChannel,
  place: HandOffPlace,
  options: HandOffOptions = {},
): Promise<void> {
  const { part } = pathsOf(place);
  if (part === null) return;
  await step(options.at ?? nowhere, "remove", async () => {
    try {
      await channel.remove(part);
    } catch (cause) {
      if (!(cause instanceof RemitError && cause.code === "BANK_FILE_MISSING")) throw cause;
    }
  });
}

/** Both paths of a file at the bank; REMOTE_NAME_INVALID when the name is more than a name. */
export function pathsOf(place: HandOffPlace): { readonly part: string | null; readonly final: string } {
  if (place.tempSuffix === "") {
    throw new RemitError("CONFIG_INVALID", {
      where: "tempSuffix",
      found: "nothing",
      expected: "an ending such as .part",
    });
  }
  return {
    part: place.tempSuffix === null ? null : remotePath(place.folder, asBaseName(place.name + place.tempSuffix)),
    final: remotePath(place.folder, asBaseName(place.name)),
  };
}

/** SHA-256 of a remote file in lower-case hex; FILE_TOO_LARGE when it has more than `maxBytes`. */
export async function hashOf(channel: BankChannel, path: string, maxBytes: number): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of channel.read(path, maxBytes)) hash.update(chunk);
  return hash.digest("hex");
}

async function writeOut(
  writer: RemoteWriter,
  { bytes, sha256 }: FrozenBytes,
  { at = nowhere, fsync = true }: HandOffOptions,
): Promise<void> {
  const first = Math.min(CHUNK_BYTES, bytes.length);
  const middle = Math.max(first, Math.floor(bytes.length / 2));
  // Hashed while the bank's server is busy with them, and compared before anything is made durable.
  const hash = createHash("sha256");
  try {
    await step(at, "first-write", () => writeRange(writer, bytes, 0, first, hash));
    await step(at, "mid-write", () => writeRange(writer, bytes, first, middle, hash));
    await step(at, "last-write", () => writeRange(writer, bytes, middle, bytes.length, hash));
    expectHash(hash.digest("hex"), sha256, "the frozen bytes");
    if (fsync) await step(at, "fsync", () => writer.sync());
    await at("close.before");
  } catch (cause) {
    await writer.close().catch(() => undefined);
    throw cause;
  }
  await writer.close();
  await at("close.after");
}

/** Writes with several requests under way; the first that fails is reported after all have ended. */
async function writeRange(
  writer: RemoteWriter,
  bytes: Uint8Array,
  from: number,
  to: number,
  hash: Hash,
): Promise<void> {
  let next = from;
  const lane = async () => {
    while (next < to) {
      const position = next;
      next = Math.min(to, position + CHUNK_BYTES);
      const chunk = bytes.subarray(position, next);
      const written = writer.write(chunk, position);
      hash.update(chunk);
      await written;
    }
  };
  const lanes = Math.min(CHUNKS_IN_FLIGHT, Math.ceil((to - from) / CHUNK_BYTES));
  const ends = await Promise.allSettled(Array.from({ length: lanes }, lane));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}

async function expectSize(channel: BankChannel, path: string, size: number): Promise<void> {
  const found = await channel.stat(path);
  if (found?.size === size) return;
  const what = found === undefined ? "no file" : `${found.size} bytes`;
  throw new RemitError("BANK_HASH_DIFFERS", { where: path, found: what, expected: `${size} bytes` });
}

function expectHash(found: string, expected: string, where: string): void {
  if (found !== expected) throw new RemitError("BANK_HASH_DIFFERS", { where, found, expected });
}
