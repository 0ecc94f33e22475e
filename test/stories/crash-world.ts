/** One crash: a copy of the market, a mailbox of its own at a real OpenSSH server, and processes that die where they are told to. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { jobNamed } from "../../jobs/schedule.ts";
import { checkBooks } from "../../src/app/verify-books.ts";
import { type Config, parseConfig } from "../../src/config.ts";
import { openContext } from "../../src/context.ts";
import { ZONE } from "../../src/demo/world.ts";
import { instantOf } from "../../src/domain/calendar.ts";
import { SandboxBankBrain } from "../../src/sandbox/bank-brain.ts";
import type { Queries } from "../../src/store/store.ts";
import { janitor } from "../support/janitor.ts";
import type { TestSshd } from "../support/sshd.ts";
import { tempDir } from "../support/temp-dir.ts";
import { copyOf } from "../support/test-database.ts";
import { type CrashMarket, DAY, profilesWith } from "./crash-market.ts";

export interface CrashWorld {
  readonly brain: SandboxBankBrain;
  /** `remit run JOB` as a process; how it ended: a signal's name, or its exit code with what it printed. */
  remit(job: string, failAt?: string): Promise<{ readonly end: string; readonly output: string }>;
  /** The same in this process. */
  run(job: string): Promise<void>;
  /** What is wrong after all, as sentences. */
  faults(): Promise<readonly string[]>;
  /** Names in the bank's inbox. */
  inbox(): readonly string[];
  /** Each with the hash of its bytes. */
  inboxHashes(): readonly string[];
  /** What the bank's server answers from now on when a file is to be created: that it may, or that it may not. */
  allowCreating(allowed: boolean): void;
  states(): Promise<readonly string[]>;
  /** Every file by the name and the hash under which the bank is meant to have it. */
  outgoing(): Promise<readonly string[]>;
  /** Longer than a dead worker's fence. */
  later(): void;
  drop(): Promise<void>;
}

/** How this bank differs from the sandbox: the exchange half of its profile, and OpenPGP keys as in a configuration. */
export interface CrashBank {
  readonly exchange?: Readonly<Record<string, unknown>>;
  readonly pgp?: Readonly<Record<string, unknown>>;
}

let mailboxes = 0;

export async function crashWorld(
  market: CrashMarket,
  sshd: TestSshd,
  main: string,
  { exchange = {}, pgp }: CrashBank = {},
): Promise<CrashWorld> {
  const database = await copyOf(market.database);
  const folder = tempDir("remit-crash-");
  const mailbox = newMailbox(sshd);
  let now = instantOf(DAY, "09:00", ZONE);
  const brain = new SandboxBankBrain({ folder: mailbox, clock: () => now });
  own(mailbox, sshd);
  const clockFile = join(folder, "clock");
  const setClock = (moment: Date) => {
    now = moment;
    writeFileSync(clockFile, moment.toISOString());
  };
  setClock(now);
  const folders = {
    outbound: join(mailbox, "inbox"),
    inbound: join(mailbox, "outbox"),
    archive: join(mailbox, "outbox/archive"),
  };
  const raw = {
    ...{ databaseUrl: database.url, zone: ZONE, clockFile, settleMs: 5, logLevel: "silent" },
    ...{ archive: join(folder, "archive"), reports: join(folder, "reports") },
    profiles: profilesWith({ ...exchange, folders }),
    banks: { sandbox: { ...bankConfig(sshd), ...(pgp === undefined ? {} : { pgp }) } },
  };
  const configFile = join(folder, "remit.json");
  writeFileSync(configFile, JSON.stringify(raw), { mode: 0o600 });
  const config = parseConfig(raw);
  return {
    brain,
    remit: (job, failAt) => remitProcess(main, configFile, ["run", job, "--date", DAY], failAt),
    run: (job) => runHere(config, job),
    faults: () => reading(config, (db) => faultsOf(db, brain, mailbox)),
    inbox: () => readdirSync(folders.outbound).sort(),
    inboxHashes: () =>
      readdirSync(folders.outbound)
        .sort()
        .map((name) => `${name} ${sha256Of(join(folders.outbound, name))}`),
    allowCreating: (allowed) => chmodSync(folders.outbound, allowed ? 0o755 : 0o555),
    states: () =>
      reading(config, async (db) =>
        (await db.selectFrom("transfer_files").select("state").orderBy("state").execute()).map(({ state }) => state),
      ),
    outgoing: () => reading(config, outgoingOf),
    later: () => setClock(new Date(now.getTime() + 120_000)),
    drop: () => database.drop(),
  };
}

function newMailbox(sshd: TestSshd): string {
  mailboxes += 1;
  const folder = join(sshd.folders.root, `m${mailboxes}`);
  mkdirSync(folder);
  return folder;
}

/** The folders that the brain made belong to the user who logs in. */
function own(mailbox: string, sshd: TestSshd): void {
  const { uid, gid } = statSync(sshd.folders.inbox);
  for (const name of readdirSync(mailbox, { recursive: true })) chownSync(join(mailbox, String(name)), uid, gid);
}

function bankConfig(sshd: TestSshd) {
  return {
    kind: "sftp",
    host: sshd.host,
    port: sshd.port,
    user: sshd.user,
    privateKey: { file: sshd.privateKeyFile },
    hostKeys: [sshd.hostKeyFingerprint],
  };
}

async function remitProcess(main: string, configFile: string, words: readonly string[], failAt?: string) {
  const env = { PATH: process.env.PATH, REMIT_CONFIG: configFile, ...(failAt && { REMIT_FAIL_AT: failAt }) };
  const child = spawn(process.execPath, [main, ...words], { env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const { pid } = child;
  if (pid !== undefined) janitor.killAtEnd(pid);
  const [code, signal] = await once(child, "close");
  if (pid !== undefined) janitor.forget(pid);
  return { end: String(signal ?? code), output };
}

async function runHere(config: Config, job: string): Promise<void> {
  const context = await openContext({ access: "write", actor: "tester", config });
  const row = jobNamed(job);
  if (row === undefined) throw new Error(`no job ${job}`);
  try {
    await row.run(context, { businessDate: DAY });
  } finally {
    await context.close();
  }
}

async function reading<Result>(config: Config, read: (db: Queries) => Promise<Result>): Promise<Result> {
  const context = await openContext({ access: "read", actor: "tester", config });
  return read(context.store.db).finally(() => context.close());
}

async function outgoingOf(db: Queries): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("transfer_files")
    .leftJoin("sealed_files", "sealed_files.file_id", "transfer_files.id")
    .select(["remote_name", "transfer_files.sha256", "sealed_files.sha256 as sealed"])
    .execute();
  return rows.map(({ remote_name, sha256, sealed }) => `${remote_name} ${sealed ?? sha256}`).sort();
}

async function faultsOf(db: Queries, brain: SandboxBankBrain, mailbox: string): Promise<readonly string[]> {
  const { breaches } = await checkBooks(db);
  return [
    ...breaches.map(({ code, where, found, expected }) => `${code} at ${where}: ${found}, not ${expected}`),
    ...(await faultsAtBank(db, brain, mailbox)),
    ...(await faultsOfStates(db)),
  ];
}

/** Every approved file is at the bank once with its very bytes, and every EndToEndId was taken exactly once. */
async function faultsAtBank(db: Queries, brain: SandboxBankBrain, mailbox: string): Promise<readonly string[]> {
  const files = await db.selectFrom("transfer_files").select(["remote_name", "sha256"]).execute();
  const kept = readdirSync(join(mailbox, "processed")).map(
    (name) => `${name.replace(/^\d+-/, "")} ${sha256Of(join(mailbox, "processed", name))}`,
  );
  const expected = files.map(({ remote_name, sha256 }) => `${remote_name} ${sha256}`);
  const ids = await db.selectFrom("transfers").select("end_to_end_id").where("file_id", "is not", null).execute();
  const taken = [...brain.pending(), ...brain.paid()].map(({ endToEndId }) => endToEndId);
  return [
    ...differences("file at the bank", kept, expected),
    ...differences(
      "EndToEndId",
      taken,
      ids.map(({ end_to_end_id }) => end_to_end_id),
    ),
    ...brain.doublePaid().map(({ endToEndId, times }) => `${endToEndId} was taken ${times} times`),
    ...readdirSync(join(mailbox, "inbox")).map((name) => `${name} was left in the bank's inbox`),
  ];
}

/** The bank has accepted all of them, and we know it. */
async function faultsOfStates(db: Queries): Promise<readonly string[]> {
  const files = await db.selectFrom("transfer_files").select(["message_id", "state"]).execute();
  const transfers = await db
    .selectFrom("transfers")
    .select(["end_to_end_id", "state"])
    .where("file_id", "is not", null)
    .execute();
  return [
    ...files.filter(({ state }) => state !== "ACCEPTED").map(({ message_id, state }) => `${message_id} is ${state}`),
    ...transfers.filter(({ state }) => state !== "ACCEPTED").map((row) => `${row.end_to_end_id} is ${row.state}`),
  ];
}

function differences(what: string, found: readonly string[], expected: readonly string[]): readonly string[] {
  const sorted = (list: readonly string[]) => [...list].sort().join("\n");
  return sorted(found) === sorted(expected) ? [] : [`${what}: found ${found.join(", ")}, not ${expected.join(", ")}`];
}

function sha256Of(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}
