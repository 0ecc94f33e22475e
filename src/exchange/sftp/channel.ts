/** The bank channel over one SFTP session. */
import { posix } from "node:path";
import type { SFTPWrapper } from "ssh2";
import type SftpClient from "ssh2-sftp-client";
import { RemitError } from "../../domain/errors.ts";
import type { BankChannel, RemoteFile, RemoteStat, RemoteWriter } from "../bank-channel.ts";
import type { Lifeline } from "../deadline.ts";
import { requestError, STATUS, statusOf } from "./bank-error.ts";
import { readRemote } from "./read-remote.ts";

export interface SftpSession {
  /** For listings; its `stat` and `put` are not used, see below. */
  readonly session: SftpClient;
  readonly sftp: SFTPWrapper;
  readonly lifeline: Lifeline;
  readonly where: string;
  readonly hangUp: () => Promise<void>;
}

export type Done<T> = (error?: Error | null, value?: T) => void;

/** Sends one request and waits for its answer, or for the end of the connection. */
export type Request = <T>(where: string, send: (sftp: SFTPWrapper, done: Done<T>) => void) => Promise<T>;

/**
 * Requests go to the ssh2 channel itself. The client library over it calls an upload to a full disk a success, and a
 * `stat` that the server failed to answer a missing file; neither may be believed where money moves.
 */
export function sftpChannel(link: SftpSession): BankChannel {
  const request = requester(link);
  return {
    kind: "sftp",
    list: (folder) => list(link, folder),
    stat: (path) => stat(request, path),
    read: (path, maxBytes) => readRemote(request, path, maxBytes),
    create: (path) => create(request, path),
    rename: (from, to) => rename(request, from, to),
    remove: (path) => request<void>(path, (sftp, done) => sftp.unlink(path, done)),
    close: link.hangUp,
  };
}

function requester({ sftp, lifeline }: SftpSession): Request {
  return <T>(where: string, send: (sftp: SFTPWrapper, done: Done<T>) => void) =>
    lifeline.guard(
      () =>
        new Promise<T>((resolve, reject) => {
          send(sftp, (error, value) => (error ? reject(requestError(error, where)) : resolve(value as T)));
        }),
    );
}

async function list({ session, lifeline }: SftpSession, folder: string): Promise<readonly RemoteFile[]> {
  const found = await lifeline.guard(() =>
    session.list(folder).catch((cause: unknown) => {
      throw inFolder(requestError(cause, folder));
    }),
  );
  return found.map(({ name, type, size, modifyTime }) => ({
    name,
    kind: type === "-" ? "file" : type === "d" ? "folder" : "other",
    size,
    modifiedAt: new Date(modifyTime),
  }));
}

async function stat(request: Request, path: string): Promise<RemoteStat | undefined> {
  try {
    const found = await request<{ size: number; mtime: number }>(path, (sftp, done) => sftp.stat(path, done));
    return { size: found.size, modifiedAt: new Date(found.mtime * 1000) };
  } catch (cause) {
    if (cause instanceof RemitError && cause.code === "BANK_FILE_MISSING") return undefined;
    throw cause;
  }
}

async function create(request: Request, path: string): Promise<RemoteWriter> {
  let handle: Buffer;
  try {
    handle = await request<Buffer>(path, (sftp, done) => sftp.open(path, "wx", done));
  } catch (cause) {
    throw inFolder(await existsInstead(request, cause, path));
  }
  return {
    write: async (bytes, position) => {
      const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      try {
        await request<void>(path, (sftp, done) => sftp.write(handle, data, 0, data.length, position, done));
      } catch (cause) {
        throw await writeFailure(request, cause, path);
      }
    },
    sync: () => sync(request, handle, path),
    close: () => request<void>(path, (sftp, done) => sftp.close(handle, done)),
  };
}

async function sync(request: Request, handle: Buffer, path: string): Promise<boolean> {
  try {
    await request<void>(path, (sftp, done) => sftp.ext_openssh_fsync(handle, done));
    return true;
  } catch (cause) {
    // ssh2 throws its own error, before it sends anything, when the server never offered the extension.
    if (!(cause instanceof RemitError) || statusOf(cause) === STATUS.UNSUPPORTED) return false;
    throw await writeFailure(request, cause, path);
  }
}

/** Plain rename, never posix-rename@openssh.com: that one overwrites. */
async function rename(request: Request, from: string, to: string): Promise<void> {
  try {
    await request<void>(to, (sftp, done) => sftp.rename(from, to, done));
  } catch (cause) {
    throw await existsInstead(request, cause, to);
  }
}

/** Version 3 has no status for "exists": servers say only Failure, so we look. */
async function existsInstead(request: Request, cause: unknown, path: string): Promise<unknown> {
  if (statusOf(cause) !== STATUS.FAILURE) return cause;
  const found = await stat(request, path).catch(() => undefined);
  return found === undefined ? cause : new RemitError("BANK_TARGET_EXISTS", { where: path, cause });
}

/** A full disk is a bare Failure too; OpenSSH can be asked how much room there is. */
async function writeFailure(request: Request, cause: unknown, path: string): Promise<unknown> {
  if (statusOf(cause) !== STATUS.FAILURE) return cause;
  const folder = posix.dirname(path);
  const room = await request<{ f_bavail: number | bigint }>(folder, (sftp, done) => {
    sftp.ext_openssh_statvfs(folder, done);
  }).catch(() => undefined);
  const code = room !== undefined && Number(room.f_bavail) === 0 ? "BANK_DISK_FULL" : "BANK_WRITE_FAILED";
  return new RemitError(code, { where: path, found: "Failure while writing", cause });
}

/** "No such file" for a file that is to be created, or for a folder, means the folder. */
function inFolder(cause: unknown): unknown {
  if (!(cause instanceof RemitError) || cause.code !== "BANK_FILE_MISSING") return cause;
  return new RemitError("BANK_FOLDER_MISSING", { where: cause.findings[0]?.where ?? "", cause });
}
