/** The archive on our own disk: every file that came or went, whole, under the hash of its bytes. */
import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, unlink } from "node:fs/promises";
import { join } from "node:path";
import { RemitError } from "../domain/errors.ts";
import { type At, nowhere, step } from "./fail-point.ts";
import { reducedName } from "./remote-name.ts";
import { syncFolder } from "./sync-folder.ts";

export interface Archived {
  /** Relative to the archive's root: `YYYY-MM-DD/<sha256>-<name>`. */
  readonly path: string;
  readonly sha256: string;
  readonly size: number;
  /** False when the same file was there already, that day and under that name. */
  readonly isNew: boolean;
}

export interface ArchiveRequest {
  /** In pieces, so that no file is ever held whole. */
  readonly pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
  /** As the remote named it; reduced to a safe name. */
  readonly name: string;
  /** `YYYY-MM-DD`, the day of the folder. */
  readonly day: string;
}

/**
 * Keeps the bytes and returns once they and their name are on the disk. They are written under a name of their own and
 * hashed on the way; the name with the hash comes last. Keeping the same file twice is one file.
 * @throws INPUT_INVALID for a day that is none; what `pieces` throws
 */
export async function archive(root: string, request: ArchiveRequest, at: At = nowhere): Promise<Archived> {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(request.day)) {
    throw new RemitError("INPUT_INVALID", { where: "archive day", found: request.day, expected: "YYYY-MM-DD" });
  }
  const folder = join(root, request.day);
  await mkdir(folder, { recursive: true, mode: 0o750 });
  await syncFolder(root);
  const temporary = join(folder, `.${randomUUID()}.tmp`);
  const { sha256, size } = await step(at, "archive-write", () => writeDurably(temporary, request.pieces));
  const path = `${request.day}/${sha256}-${reducedName(request.name)}`;
  if (await holds(join(root, path), sha256)) {
    await unlink(temporary);
    return { path, sha256, size, isNew: false };
  }
  await step(at, "archive-rename", async () => {
    await rename(temporary, join(root, path));
    await syncFolder(folder);
  });
  return { path, sha256, size, isNew: true };
}

/**
 * The bytes of an archived file piece by piece, checked against the hash in its name at the end: what was handed out
 * counts only when this ends without an error. @throws NOT_FOUND; ARCHIVE_DAMAGED
 */
export async function* readArchived(root: string, path: string): AsyncGenerator<Uint8Array> {
  const [, day = "", expected = "", name = ""] =
    /^(\d{4}-\d{2}-\d{2})\/([0-9a-f]{64})-([A-Za-z0-9._-]+)$/.exec(path) ?? [];
  if (name === "") throw new RemitError("NOT_FOUND", { where: "archive", found: path, expected: "DAY/SHA256-NAME" });
  const hash = createHash("sha256");
  try {
    for await (const piece of piecesOf(join(root, day, `${expected}-${name}`))) {
      hash.update(piece);
      yield piece;
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw cause;
    throw new RemitError("NOT_FOUND", { where: `archive ${path}`, cause });
  }
  const found = hash.digest("hex");
  if (found !== expected) throw new RemitError("ARCHIVE_DAMAGED", { where: path, found, expected });
}

function piecesOf(path: string): AsyncIterable<Uint8Array> {
  return createReadStream(path, { highWaterMark: 256 * 1024 });
}

/** Whether the file is there and whole; one that is there and damaged is written anew. */
async function holds(path: string, sha256: string): Promise<boolean> {
  const hash = createHash("sha256");
  try {
    for await (const piece of piecesOf(path)) hash.update(piece);
  } catch {
    return false;
  }
  return hash.digest("hex") === sha256;
}

async function writeDurably(
  path: string,
  pieces: ArchiveRequest["pieces"],
): Promise<{ readonly sha256: string; readonly size: number }> {
  const hash = createHash("sha256");
  let size = 0;
  const file = await open(path, "wx", 0o640);
  try {
    for await (const piece of pieces) {
      hash.update(piece);
      size += piece.length;
      await file.writeFile(piece);
    }
    await file.sync();
    await file.close();
  } catch (cause) {
    await file.close().catch(() => undefined);
    await unlink(path).catch(() => undefined);
    throw cause;
  }
  return { sha256: hash.digest("hex"), size };
}
