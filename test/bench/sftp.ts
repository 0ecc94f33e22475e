/** Uploads to a real OpenSSH server against the `sftp` program: one large file, and many small ones. */
import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BankChannel } from "../../src/exchange/bank-channel.ts";
import { type FrozenBytes, publish, type ReadBack, uploadPart } from "../../src/exchange/hand-off.ts";
import { connectSftp } from "../../src/exchange/sftp/connect.ts";
import { startSshd, type TestSshd } from "../support/sshd.ts";
import { tempDir } from "../support/temp-dir.ts";
import { type BenchRow, median, timeMs } from "./bench-row.ts";

interface Load {
  readonly name: string;
  readonly files: readonly { readonly name: string; readonly path: string; readonly frozen: FrozenBytes }[];
}

interface Contest {
  readonly readBack: ReadBack;
  /** False leaves out the request to put the file on the server's disk, which the engine itself never leaves out. */
  readonly sync: boolean;
  readonly against: string;
  /** Commands of the other program for one file. */
  readonly commands: (path: string, remote: string) => readonly string[];
}

const RUNS = 7;

/** The same promises on both sides: under a temporary name, renamed; synced to the server's disk or not; read back or not. */
const CONTESTS: readonly Contest[] = [
  {
    readBack: "size",
    sync: false,
    against: "sftp put",
    commands: (path, remote) => [`put ${path} ${remote}.part`, `rename ${remote}.part ${remote}`],
  },
  {
    readBack: "size",
    sync: true,
    against: "sftp put -f",
    commands: (path, remote) => [`put -f ${path} ${remote}.part`, `rename ${remote}.part ${remote}`],
  },
  {
    readBack: "hash",
    sync: true,
    against: "sftp put -f and get",
    commands: (path, remote) => [
      `put -f ${path} ${remote}.part`,
      `get ${remote}.part ${path}.back`,
      `rename ${remote}.part ${remote}`,
    ],
  },
];

export async function run(): Promise<readonly BenchRow[]> {
  const server = await startSshd();
  const folder = tempDir("remit-bench-");
  const loads = [makeLoad(folder, "100 MB", 1, 100_000_000), makeLoad(folder, "200 files of 50 kB", 200, 50_000)];
  const rows: BenchRow[] = [];
  for (const load of loads) {
    for (const contest of CONTESTS) rows.push(await compete(server, load, contest));
  }
  await server.stop();
  return rows;
}

function makeLoad(folder: string, name: string, count: number, size: number): Load {
  const files = Array.from({ length: count }, (_, index) => {
    const bytes = randomBytes(size);
    const path = join(folder, `${size}-${index}`);
    writeFileSync(path, bytes);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    return { name: `F${size}-${index}`, path, frozen: { bytes, sha256 } };
  });
  return { name, files };
}

/** Connecting is not counted on either side: ours before the clock starts, theirs by a session that does nothing. */
async function compete(server: TestSshd, load: Load, contest: Contest): Promise<BenchRow> {
  const ours: number[] = [];
  const theirs: number[] = [];
  const connecting: number[] = [];
  for (let i = 0; i < RUNS; i += 1) {
    const channel = await connectSftp({
      kind: "sftp",
      host: server.host,
      port: server.port,
      user: server.user,
      hostKeys: [server.hostKeyFingerprint],
      privateKey: server.privateKey,
    });
    ours.push(
      await timeMs(() => sendAll(contest.sync ? channel : withoutSync(channel), server, load, contest.readBack)),
    );
    await channel.close();
    clear(server, load);
    connecting.push(await timeMs(() => sftp(server, ["pwd"])));
    const remote = (name: string) => join(server.folders.inbox, name);
    const commands = load.files.flatMap(({ path, name }) => contest.commands(path, remote(name)));
    theirs.push(await timeMs(() => sftp(server, commands)));
    clear(server, load);
  }
  const other = median(theirs) - median(connecting);
  return {
    case: ["sftp", load.name, contest.sync ? "synced" : "", contest.readBack === "hash" ? "read back" : ""]
      .filter(Boolean)
      .join(" "),
    against: contest.against,
    ratio: Number((other / median(ours)).toFixed(2)),
    rssMb: Math.round(process.resourceUsage().maxRSS / 1024),
    detail: `${median(ours).toFixed(0)} ms, the other ${other.toFixed(0)} ms net of ${median(connecting).toFixed(0)} ms`,
  };
}

async function sendAll(channel: BankChannel, server: TestSshd, load: Load, readBack: ReadBack): Promise<void> {
  for (const { name, frozen } of load.files) {
    const place = { folder: server.folders.inbox, name, tempSuffix: ".part" };
    await uploadPart(channel, place, frozen, { readBack });
    await publish(channel, place);
  }
}

function withoutSync(channel: BankChannel): BankChannel {
  return {
    ...channel,
    create: async (path) => ({ ...(await channel.create(path)), sync: () => Promise.resolve(false) }),
  };
}

function clear(server: TestSshd, load: Load): void {
  for (const { name } of load.files) rmSync(join(server.folders.inbox, name));
}

function sftp(server: TestSshd, commands: readonly string[]): Promise<void> {
  const options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR", "BatchMode=yes"];
  const flags = ["-q", "-b", "-", "-P", String(server.port), "-i", server.privateKeyFile];
  const args = [...flags, ...options.flatMap((option) => ["-o", option]), `${server.user}@${server.host}`];
  return new Promise((resolve, reject) => {
    const child = execFile("sftp", args, { maxBuffer: 10_000_000 }, (error) => (error ? reject(error) : resolve()));
    child.stdin?.end(`${commands.join("\n")}\n`);
  });
}
