/** The bank channel over a folder of this machine, usually a share that is mounted. */
import { constants } from "node:fs";
import { type FileHandle, lstat, open, readdir, rename, unlink } from "node:fs/promises";
import { dirname, join, normalize } from "node:path";
import { RemitError } from "../../domain/errors.ts";
import type { BankChannel, RemoteFile, RemoteStat, RemoteWriter } from "../bank-channel.ts";
import type { Lifeline } from "../deadline.ts";
import { syncFolder } from "../sync-folder.ts";
import { requestError } from "./bank-error.ts";

/** Runs one operation on a file and gives its failure one of our codes. */
type Request = <T>(where: string, work: (absolute: string) => Promise<T>) => Promise<T>;

/** Paths are relative to `root`; a path that would leave it is refused. */
export function folderChannel(root: string, lifeline: Lifeline): BankChannel {
  const request: Request = (where, work) =>
    lifeline.guard(async () => {
      try {
        return await work(inside(root, where));
      } catch (cause) {
        throw requestError(cause, where);
      }
    });
  const writing = new Set<FileHandle>();
  return {
    kind: "folder",
    list: (folder) => list(request, folder),
    stat: (path) => stat(request, path),
    read: (path, maxBytes) => read(request, path, maxBytes),
    create: (path) => create(request, path, writing),
    rename: async (from, to) => {
      // As an SFTP server does: a source that is gone is told before a target that is there.
      await request(from, (absolute) => lstat(absolute));
      // POSIX rename overwrites. The source is ours alone, so only a file put there by others can come between.
      if ((await stat(request, to)) !== undefined) throw new RemitError("BANK_TARGET_EXISTS", { where: to });
      await request(to, async (absolute) => {
        await rename(inside(root, from), absolute);
        await syncFolder(dirname(absolute));
      });
    },
    remove: (path) => request(path, unlink),
    close: async () => {
      lifeline.end();
      // As the end of a connection does: what was not closed until now was given up.
      for (const file of writing) await file.close().catch(() => undefined);
      writing.clear();
    },
  };
}

function inside(root: string, path: string): string {
  const clean = normalize(`/${path}`);
  if (path.split("/").includes("..") || path.includes("\0")) {
    throw new RemitError("REMOTE_NAME_INVALID", { found: JSON.stringify(path), expected: "a path inside the folder" });
  }
  return join(root, clean);
}

async function list(request: Request, folder: string): Promise<readonly RemoteFile[]> {
  return request(folder, async (absolute) => {
    const names = await readdir(absolute).catch((cause: unknown) => {
      throw inFolder(requestError(cause, folder));
    });
    const files: RemoteFile[] = [];
    for (const name of names) {
      // A file that was taken away since the listing is simply not there any more.
      const found = await lstat(join(absolute, name)).catch(() => undefined);
      if (found === undefined) continue;
      const kind = found.isFile() ? "file" : found.isDirectory() ? "folder" : "other";
      files.push({ name, kind, size: found.size, modifiedAt: found.mtime });
    }
    return files;
  });
}

async function stat(request: Request, path: string): Promise<RemoteStat | undefined> {
  try {
    const found = await request(path, (absolute) => lstat(absolute));
    return { size: found.size, modifiedAt: found.mtime };
  } catch (cause) {
    if (cause instanceof RemitError && cause.code === "BANK_FILE_MISSING") return undefined;
    throw cause;
  }
}

async function* read(request: Request, path: string, maxBytes: number): AsyncGenerator<Uint8Array> {
  // Never through a link: what a bank puts into its folder must not lead to other files of this machine.
  const file = await request(path, (absolute) => open(absolute, constants.O_RDONLY | constants.O_NOFOLLOW));
  try {
    const { size } = await request(path, () => file.stat());
    const tooLarge = () =>
      new RemitError("FILE_TOO_LARGE", { where: path, found: `${size} bytes`, expected: `at most ${maxBytes}` });
    if (size > maxBytes) throw tooLarge();
    let total = 0;
    for (;;) {
      const buffer = Buffer.allocUnsafe(256 * 1024);
      const { bytesRead } = await request(path, () => file.read(buffer, 0, buffer.length, total));
      if (bytesRead === 0) break;
      total += bytesRead;
      if (total > maxBytes) throw tooLarge();
      yield buffer.subarray(0, bytesRead);
    }
    if (total !== size) {
      throw new RemitError("BANK_FILE_CHANGED", { where: path, found: `${total} bytes`, expected: `${size}` });
    }
  } finally {
    await file.close();
  }
}

async function create(request: Request, path: string, writing: Set<FileHandle>): Promise<RemoteWriter> {
  const file = await request(path, (absolute) =>
    open(absolute, "wx", 0o644).catch((cause: unknown) => {
      throw inFolder(requestError(cause, path));
    }),
  );
  writing.add(file);
  return {
    write: (bytes, position) => request(path, () => writeWhole(file, bytes, position)),
    sync: () => request(path, () => file.sync().then(() => true)),
    close: () => {
      writing.delete(file);
      return request(path, () => file.close());
    },
  };
}

/** A single write may take less than it was given, for one when the disk fills up. */
async function writeWhole(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

function inFolder(error: RemitError): RemitError {
  if (error.code !== "BANK_FILE_MISSING") return error;
  return new RemitError("BANK_FOLDER_MISSING", { where: error.findings[0]?.where ?? "", cause: error });
}
