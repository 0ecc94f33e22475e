/** The sandbox bank's SFTP server on loopback: authentication, host key, and the requests of each session. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { AddressInfo } from "node:net";
import ssh2, { type AuthContext, type Connection, type PublicKeyAuthContext, type SFTPWrapper } from "ssh2";
import { fingerprintOf, keptHostKey } from "./host-key.ts";
import { BadHandle, EndOfFile, type FileEvents, SftpFiles } from "./sftp-files.ts";
import { PathRefused, SftpPaths } from "./sftp-paths.ts";

const { Server, utils } = ssh2;
const { STATUS_CODE } = utils.sftp;

export interface SftpServerOptions {
  /** 0 or absent: any free port. */
  readonly port?: number;
  readonly folder: string;
  readonly topFolders: readonly string[];
  readonly user: string;
  readonly password?: string;
  /** Public keys in OpenSSH form (`ssh-ed25519 AAAA...`). */
  readonly authorizedKeys?: readonly string[];
  /** Private key in OpenSSH or PEM form; absent: one is made and kept in the folder. */
  readonly hostKey?: string;
  readonly events: FileEvents;
}

export interface RunningSftpServer {
  readonly host: string;
  readonly port: number;
  /** `SHA256:` and unpadded base64, as OpenSSH prints it. */
  readonly fingerprint: string;
  stop(): Promise<void>;
}

export async function startSftpServer(options: SftpServerOptions): Promise<RunningSftpServer> {
  const hostKey = options.hostKey ?? keptHostKey(options.folder);
  const paths = new SftpPaths(options.folder, options.topFolders);
  const connections = new Set<Connection>();
  const server = new Server({ hostKeys: [hostKey] }, (connection) => {
    connections.add(connection);
    connection.on("close", () => connections.delete(connection));
    // A client that breaks off is no fault of the bank; "close" follows and cleans up.
    connection.on("error", () => connection.end());
    connection.on("authentication", (context) => authenticate(context, options));
    connection.on("session", (accept) => {
      accept().on("sftp", (acceptSftp) => serve(acceptSftp(), connection, new SftpFiles(paths, options.events), paths));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.on("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  return {
    host: "127.0.0.1",
    port: (server.address() as AddressInfo).port,
    fingerprint: fingerprintOf(hostKey),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const connection of connections) connection.end();
      }),
  };
}

function authenticate(context: AuthContext, options: SftpServerOptions): void {
  if (sameText(context.username, options.user) && proves(context, options)) context.accept();
  else context.reject(["password", "publickey"]);
}

function proves(context: AuthContext, { password, authorizedKeys = [] }: SftpServerOptions): boolean {
  if (context.method === "password") return password !== undefined && sameText(context.password, password);
  return context.method === "publickey" && isAuthorized(context, authorizedKeys);
}

function isAuthorized(context: PublicKeyAuthContext, authorizedKeys: readonly string[]): boolean {
  return authorizedKeys.some((text) => {
    const key = utils.parseKey(text);
    if (key instanceof Error || !context.key.data.equals(key.getPublicSSH())) return false;
    // Without a signature the client only asks whether this key would do (RFC 4252, section 7).
    if (context.signature === undefined || context.blob === undefined) return true;
    return key.verify(context.blob, context.signature, context.hashAlgo) === true;
  });
}

function sameText(left: string, right: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}

/** Answers the requests of one session strictly one after the other, as they came. */
function serve(sftp: SFTPWrapper, connection: Connection, files: SftpFiles, paths: SftpPaths): void {
  let last: Promise<void> = Promise.resolve();
  const queue = (task: () => Promise<void>) => {
    last = last.then(task);
  };
  const answer = (request: number, work: () => Promise<void> | void) =>
    queue(async () => {
      try {
        await work();
      } catch (error) {
        sftp.status(request, statusOf(error));
      }
    });
  const done = (request: number, work: () => Promise<void>) =>
    answer(request, async () => {
      await work();
      sftp.status(request, STATUS_CODE.OK);
    });
  onFiles(sftp, files, answer, done);
  onFolders(sftp, files, paths, answer, done);
  // OpenSSH's client waits until its channel is closed from this side too.
  sftp.on("end", () =>
    queue(async () => {
      await files.closeAll();
      sftp.end();
    }),
  );
  connection.on("close", () => queue(() => files.closeAll()));
}

type Answer = (request: number, work: () => Promise<void> | void) => void;
type Done = (request: number, work: () => Promise<void>) => void;

function onFiles(sftp: SFTPWrapper, files: SftpFiles, answer: Answer, done: Done): void {
  sftp.on("OPEN", (request, path, flags) =>
    answer(request, async () => sftp.handle(request, await files.open(path, flags))),
  );
  sftp.on("READ", (request, handle, offset, length) =>
    answer(request, async () => sftp.data(request, await files.read(handle, offset, length))),
  );
  sftp.on("WRITE", (request, handle, offset, data) => done(request, () => files.write(handle, offset, data)));
  sftp.on("CLOSE", (request, handle) => done(request, () => files.close(handle)));
  sftp.on("FSTAT", (request, handle) => answer(request, async () => sftp.attrs(request, await files.fstat(handle))));
  // Times and modes a client sets after a write are accepted and not kept.
  sftp.on("FSETSTAT", (request) => done(request, async () => undefined));
  sftp.on("SETSTAT", (request, path) => done(request, async () => void (await files.stat(path))));
  sftp.on("REMOVE", (request, path) => done(request, () => files.remove(path)));
  sftp.on("RENAME", (request, from, to) => done(request, () => files.rename(from, to)));
  sftp.on("EXTENDED", (request, name, data) => {
    if (name !== "fsync@openssh.com") return void sftp.status(request, STATUS_CODE.OP_UNSUPPORTED);
    done(request, () => files.sync(data.subarray(4)));
  });
}

function onFolders(sftp: SFTPWrapper, files: SftpFiles, paths: SftpPaths, answer: Answer, done: Done): void {
  const stat = (request: number, path: string) =>
    answer(request, async () => sftp.attrs(request, await files.stat(path)));
  sftp.on("STAT", stat);
  sftp.on("LSTAT", stat);
  sftp.on("OPENDIR", (request, path) =>
    answer(request, async () => sftp.handle(request, await files.openFolder(path))),
  );
  sftp.on("READDIR", (request, handle) => answer(request, () => sftp.name(request, files.readFolder(handle))));
  sftp.on("MKDIR", (request, path) => done(request, () => files.makeFolder(path)));
  sftp.on("RMDIR", (request, path) => done(request, () => files.removeFolder(path)));
  sftp.on("REALPATH", (request, path) =>
    answer(request, () => {
      const filename = paths.normal(path);
      sftp.name(request, [{ filename, longname: filename, attrs: NO_ATTRIBUTES }]);
    }),
  );
}

const NO_ATTRIBUTES = { mode: 0, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 };

const DISK_STATUS: Readonly<Record<string, number>> = {
  ENOENT: STATUS_CODE.NO_SUCH_FILE,
  ENOTDIR: STATUS_CODE.NO_SUCH_FILE,
  EACCES: STATUS_CODE.PERMISSION_DENIED,
  EPERM: STATUS_CODE.PERMISSION_DENIED,
};

function statusOf(error: unknown): number {
  if (error instanceof EndOfFile) return STATUS_CODE.EOF;
  if (error instanceof PathRefused) return STATUS_CODE.PERMISSION_DENIED;
  if (error instanceof BadHandle) return STATUS_CODE.FAILURE;
  return DISK_STATUS[(error as NodeJS.ErrnoException).code ?? ""] ?? STATUS_CODE.FAILURE;
}
