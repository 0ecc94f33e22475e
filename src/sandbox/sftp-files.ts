/** The file operations of one SFTP session on the sandbox bank's folder. */
import { constants, type Stats } from "node:fs";
import { type FileHandle, link, lstat, mkdir, open, readdir, rename, rmdir, unlink } from "node:fs/promises";
import ssh2, { type Attributes, type FileEntry } from "ssh2";
import type { SftpPaths } from "./sftp-paths.ts";

const { OPEN_MODE } = ssh2.utils.sftp;

/** Ends a read or a listing. */
export class EndOfFile extends Error {}
/** A handle the session does not know, or an operation that does not fit it. */
export class BadHandle extends Error {}

interface OpenFile {
  readonly kind: "file";
  readonly file: FileHandle;
  readonly path: string;
  readonly isWriting: boolean;
}
interface OpenFolder {
  readonly kind: "folder";
  entries: FileEntry[];
}

export interface FileEvents {
  /** A client began to write to this path. */
  readonly opened: (path: string) => void;
  /** A client closed a path it wrote to, or gave it up with its connection. */
  readonly closed: (path: string) => void;
  /** A path came to be by rename. */
  readonly renamed: (path: string) => void;
}

const MAX_READ = 256 * 1024;

export class SftpFiles {
  readonly #paths: SftpPaths;
  readonly #events: FileEvents;
  readonly #handles = new Map<number, OpenFile | OpenFolder>();
  #lastHandle = 0;

  constructor(paths: SftpPaths, events: FileEvents) {
    this.#paths = paths;
    this.#events = events;
  }

  async open(path: string, flags: number): Promise<Buffer> {
    const place = this.#paths.inside(path);
    const isWriting = (flags & (OPEN_MODE.WRITE | OPEN_MODE.APPEND)) !== 0;
    const file = await open(place, diskFlags(flags), 0o600);
    if (!(await file.stat()).isFile()) {
      await file.close();
      throw new BadHandle("not a plain file");
    }
    if (isWriting) this.#events.opened(place);
    return this.#keep({ kind: "file", file, path: place, isWriting });
  }

  async read(handle: Buffer, offset: number, length: number): Promise<Buffer> {
    const { file } = this.#file(handle);
    const buffer = Buffer.alloc(Math.min(length, MAX_READ));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
    if (bytesRead === 0) throw new EndOfFile();
    return buffer.subarray(0, bytesRead);
  }

  async write(handle: Buffer, offset: number, data: Buffer): Promise<void> {
    const { file } = this.#file(handle);
    for (let done = 0; done < data.length; ) {
      const { bytesWritten } = await file.write(data, done, data.length - done, offset + done);
      done += bytesWritten;
    }
  }

  async sync(handle: Buffer): Promise<void> {
    await this.#file(handle).file.sync();
  }

  async close(handle: Buffer): Promise<void> {
    const opened = this.#find(handle);
    this.#handles.delete(handle.readUInt32BE(0));
    if (opened.kind === "folder") return;
    try {
      // The library's server cannot advertise fsync@openssh.com, so what a client closes is flushed unasked.
      if (opened.isWriting) await opened.file.sync();
    } finally {
      await opened.file.close();
      if (opened.isWriting) this.#events.closed(opened.path);
    }
  }

  async closeAll(): Promise<void> {
    for (const opened of this.#handles.values()) {
      if (opened.kind !== "file") continue;
      await opened.file.close();
      if (opened.isWriting) this.#events.closed(opened.path);
    }
    this.#handles.clear();
  }

  async fstat(handle: Buffer): Promise<Attributes> {
    return attributesOf(await this.#file(handle).file.stat());
  }

  /** Links are never followed, so `stat` and `lstat` are one. */
  async stat(path: string): Promise<Attributes> {
    return attributesOf(await lstat(this.#paths.onDisk(path)));
  }

  async openFolder(path: string): Promise<Buffer> {
    const place = this.#paths.onDisk(path);
    if (!(await lstat(place)).isDirectory()) throw new BadHandle("not a folder");
    const names = this.#paths.isRoot(path) ? this.#paths.topFolders : (await readdir(place)).sort();
    const entries: FileEntry[] = [];
    for (const name of names) {
      const stats = await lstat(`${place}/${name}`).catch(() => undefined);
      if (stats !== undefined) entries.push(entryOf(name, stats));
    }
    return this.#keep({ kind: "folder", entries });
  }

  readFolder(handle: Buffer): FileEntry[] {
    const opened = this.#find(handle);
    if (opened.kind !== "folder") throw new BadHandle("not a folder");
    if (opened.entries.length === 0) throw new EndOfFile();
    const some = opened.entries.slice(0, 100);
    opened.entries = opened.entries.slice(100);
    return some;
  }

  /** Refuses an existing target, as OpenSSH does for plain rename: a hard link first, which never overwrites. */
  async rename(from: string, to: string): Promise<void> {
    const [source, target] = [this.#paths.inside(from), this.#paths.inside(to)];
    if ((await lstat(source)).isDirectory()) {
      if ((await lstat(target).catch(() => undefined)) !== undefined) throw new BadHandle("the target exists");
      await rename(source, target);
      return;
    }
    await link(source, target);
    await unlink(source);
    this.#events.renamed(target);
  }

  async remove(path: string): Promise<void> {
    await unlink(this.#paths.inside(path));
  }

  async makeFolder(path: string): Promise<void> {
    await mkdir(this.#paths.inside(path));
  }

  async removeFolder(path: string): Promise<void> {
    await rmdir(this.#paths.inside(path));
  }

  #keep(opened: OpenFile | OpenFolder): Buffer {
    this.#lastHandle += 1;
    this.#handles.set(this.#lastHandle, opened);
    const handle = Buffer.alloc(4);
    handle.writeUInt32BE(this.#lastHandle);
    return handle;
  }

  #find(handle: Buffer): OpenFile | OpenFolder {
    const opened = handle.length === 4 ? this.#handles.get(handle.readUInt32BE(0)) : undefined;
    if (opened === undefined) throw new BadHandle("no such handle");
    return opened;
  }

  #file(handle: Buffer): OpenFile {
    const opened = this.#find(handle);
    if (opened.kind !== "file") throw new BadHandle("not a file");
    return opened;
  }
}

function diskFlags(flags: number): number {
  const canRead = (flags & OPEN_MODE.READ) !== 0;
  const canWrite = (flags & (OPEN_MODE.WRITE | OPEN_MODE.APPEND)) !== 0;
  const access = canWrite ? (canRead ? constants.O_RDWR : constants.O_WRONLY) : constants.O_RDONLY;
  return (
    access |
    constants.O_NOFOLLOW |
    (flags & OPEN_MODE.APPEND ? constants.O_APPEND : 0) |
    (flags & OPEN_MODE.CREAT ? constants.O_CREAT : 0) |
    (flags & OPEN_MODE.TRUNC ? constants.O_TRUNC : 0) |
    (flags & OPEN_MODE.EXCL ? constants.O_EXCL : 0)
  );
}

function attributesOf(stats: Stats): Attributes {
  return {
    mode: stats.mode,
    uid: stats.uid,
    gid: stats.gid,
    size: stats.size,
    atime: Math.floor(stats.atimeMs / 1000),
    mtime: Math.floor(stats.mtimeMs / 1000),
  };
}

/** One line of a listing; clients read the kind of an entry from the first sign of the long name. */
function entryOf(name: string, stats: Stats): FileEntry {
  const kind = stats.isDirectory() ? "d" : stats.isSymbolicLink() ? "l" : "-";
  const date = stats.mtime.toISOString().slice(0, 16).replace("T", " ");
  const longname = `${kind}rw------- 1 bank bank ${String(stats.size).padStart(10)} ${date} ${name}`;
  return { filename: name, longname, attrs: attributesOf(stats) };
}
