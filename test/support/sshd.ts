/** A real OpenSSH server of its own for a test, with a bank's usual folders. */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { needPart } from "./parts.ts";
import { freePort, portAnswers, type ServerProcess, startServer } from "./server-process.ts";
import { tempDir } from "./temp-dir.ts";

export interface TestSshd {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** OpenSSH private key, as text and as a file. */
  readonly privateKey: string;
  readonly privateKeyFile: string;
  /** `SHA256:...`, as ssh-keygen prints it, of the ed25519 host key. */
  readonly hostKeyFingerprint: string;
  /** Absolute folders on this machine and, as there is no chroot, in the SFTP session. */
  readonly folders: {
    readonly root: string;
    readonly inbox: string;
    readonly outbox: string;
    readonly archive: string;
  };
  readonly pid: number;
  stop(): Promise<void>;
  /** Starts it again with the same port, keys and folders. */
  restart(): Promise<void>;
}

export interface SshdOptions {
  /** Lines for sshd_config put before all others, e.g. `KexAlgorithms diffie-hellman-group14-sha1`. */
  readonly config?: readonly string[];
  /** Type of host key; ed25519 unless said. */
  readonly hostKeyType?: "ed25519" | "rsa" | "ecdsa";
  /** No file of the server may grow beyond this, as with a quota (in steps of 512 bytes). */
  readonly maxFileBytes?: number;
}

/**
 * Starts sshd on a free port of 127.0.0.1. It logs in the user who runs the tests; when that is root it logs in `nobody`,
 * because for root no folder would ever be forbidden.
 */
export async function startSshd(options: SshdOptions = {}): Promise<TestSshd> {
  const file = needPart("sshd");
  const root = tempDir("remit-sshd-");
  chmodSync(root, 0o755);
  const user = loginUser();
  const keys = makeKeys(root, options.hostKeyType ?? "ed25519");
  const folders = makeFolders(root, user);
  const port = await freePort();
  const config = join(root, "sshd_config");
  writeFileSync(config, [...(options.config ?? []), ...configLines(file, port, root, keys.hostKey)].join("\n"));
  // OpenSSH gives up without this folder, which only its service file creates.
  if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true });
  const command = limited([file, "-D", "-e", "-f", config], options.maxFileBytes);
  const start = () => startServer({ ...command, cwd: root, answers: () => portAnswers(port) });
  let server: ServerProcess = await start();
  return {
    host: "127.0.0.1",
    port,
    user: user.name,
    privateKey: readFileSync(keys.userKey, "utf8"),
    privateKeyFile: keys.userKey,
    hostKeyFingerprint: keys.fingerprint,
    folders,
    get pid() {
      return server.pid;
    },
    stop: () => server.end("SIGTERM"),
    restart: async () => {
      server = await start();
    },
  };
}

/** The signal of the limit is ignored, so that the write fails instead of the server's process. */
function limited(command: readonly string[], maxFileBytes?: number): { file: string; args: readonly string[] } {
  const [file = "", ...args] = command;
  if (maxFileBytes === undefined) return { file, args };
  const script = `trap '' XFSZ; ulimit -f ${Math.floor(maxFileBytes / 512)}; exec "$@"`;
  return { file: "/bin/sh", args: ["-c", script, "sh", ...command] };
}

interface LoginUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

function loginUser(): LoginUser {
  if (process.getuid?.() !== 0) {
    const { username, uid, gid } = userInfo();
    return { name: username, uid, gid };
  }
  const id = (flag: string) => Number(execFileSync("id", [flag, "nobody"], { encoding: "utf8" }));
  return { name: "nobody", uid: id("-u"), gid: id("-g") };
}

function makeKeys(root: string, type: string): { hostKey: string; userKey: string; fingerprint: string } {
  const keygen = needPart("sshKeygen");
  const hostKey = join(root, "host_key");
  const userKey = join(root, "user_key");
  execFileSync(keygen, ["-q", "-t", type, "-N", "", "-f", hostKey]);
  execFileSync(keygen, ["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", userKey]);
  const authorized = join(root, "authorized_keys");
  writeFileSync(authorized, readFileSync(`${userKey}.pub`));
  // sshd reads it with the rights of the user who logs in.
  chmodSync(authorized, 0o644);
  const [, fingerprint = ""] = execFileSync(keygen, ["-l", "-f", `${hostKey}.pub`], { encoding: "utf8" }).split(" ");
  return { hostKey, userKey, fingerprint };
}

function makeFolders(root: string, user: LoginUser): TestSshd["folders"] {
  const bank = join(root, "bank");
  const folders = {
    root: bank,
    inbox: join(bank, "inbox"),
    outbox: join(bank, "outbox"),
    archive: join(bank, "outbox", "archive"),
  };
  for (const folder of Object.values(folders)) {
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    chownSync(folder, user.uid, user.gid);
  }
  return folders;
}

function configLines(sshd: string, port: number, root: string, hostKey: string): string[] {
  return [
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${hostKey}`,
    `AuthorizedKeysFile ${join(root, "authorized_keys")}`,
    `PidFile ${join(root, "sshd.pid")}`,
    "UsePAM no",
    "StrictModes no",
    "PasswordAuthentication yes",
    "MaxStartups 200",
    "MaxAuthTries 20",
    "Subsystem sftp internal-sftp",
    "ForceCommand internal-sftp",
    ...(punishes(sshd) ? ["PerSourcePenalties no"] : []),
    "",
  ];
}

/** Since 9.8 OpenSSH locks out an address after failed logins, which some tests produce on purpose. */
function punishes(sshd: string): boolean {
  const { stderr, stdout } = spawnSync(sshd, ["-V"], { encoding: "utf8" });
  const [, major = "0", minor = "0"] = /OpenSSH_(\d+)\.(\d+)/.exec(stderr + stdout) ?? [];
  return Number(major) > 9 || (Number(major) === 9 && Number(minor) >= 8);
}
