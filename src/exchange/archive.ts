/** The archive on our own disk: every file that came or went, whole, under the hash of its bytes. */
import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, readFile, rename, unlink } from "node:fs/promises";
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
  readonly bytes: Uint8Array;
  /** As the remote named it; reduced to a safe name. */
  readonly name: string;
  /** `YYYY-MM-DD`, the day of the folder. */
  readonly day: string;
}

/**
 * Keeps the bytes and returns once they and their name are on the disk. Keeping the same file twice is one file.
 * @throws INPUT_INVALID for a day that is none
 */
export async function archive(root: string, request: ArchiveRequest, at: At = nowhere): Promise<Archived> {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(request.day)) {
    throw new RemitError("INPUT_INVALID", { where: "archive day", found: request.day, expected: "YYYY-MM-DD" });
  }
  const { bytes } = request;
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const path = `${request.day}/${sha256}-${reducedName(request.name)}`;
  const result = { path, sha256, size: bytes.length };
  if (await holds(join(root, path), sha256)) return { ...result, isNew: false };
  const folder = join(root, request.day);
  await mkdir(folder, { recursive: true, mode: 0o750 });
  await syncFolder(root);
  const temporary = join(folder, `.${randomUUID()}.tmp`);
  await step(at, "archive-write", () => writeDurably(temporary, bytes));
  await step(at, "archive-rename", async () => {
    await rename(temporary, join(root, path));
    await syncFolder(folder);
  });
  return { ...result, isNew: true };
}

/** The bytes of an archived file, checked against the hash in its name. @throws NOT_FOUND; ARCHIVE_DAMAGED */
export async function readArchived(root: string, path: string): Promise<Uint8Array> {
  const [, day = "", expected = "", name = ""] =
    /^(\d{4}-\d{2}-\d{2})\/([0-9a-f]{64})-([A-Za-z0-9._-]+)$/.exec(path) ?? [];
  if (name === "") throw new RemitError("NOT_FOUND", { where: "archive", found: path, expected: "DAY/SHA256-NAME" });
  const bytes = await readFile(join(root, day, `${expected}-${name}`)).catch((cause: unknown) => {
    throw new RemitError("NOT_FOUND", { where: `archive ${path}`, cause });
  });
  const found = createHash("sha256").update(bytes).digest("hex");
  if (found !== expected) throw new RemitError("ARCHIVE_DAMAGED", { where: path, found, expected });
  return bytes;
}

/** Whether the file is there and whole; one that is there and damaged is written anew. */
async function holds(path: string, sha256: string): Promise<boolean> {
  const bytes = await readFile(path).catch(() => undefined);
  return bytes !== undefined && createHash("sha256").update(bytes).digest("hex") === sha256;
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, "wx", 0o640);
    await file.writeFile(bytes);
    await file.sync();
    await file.close();
  } catch (cause) {
    await file?.close().catch(() => undefined);
    await unlink(path).catch(() => undefined);
    throw cause;
  }
}
