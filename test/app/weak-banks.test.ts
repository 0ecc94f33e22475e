import { createHash } from "node:crypto";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { approveFile } from "../../src/app/decide-file.ts";
import { sendFiles } from "../../src/app/send-files.ts";
import type { BankExchange } from "../../src/bankfiles/profile/profile.ts";
import type { BankChannel } from "../../src/exchange/bank-channel.ts";
import { openChannel } from "../../src/exchange/open-channel.ts";
import { filesIn } from "../exchange/bank.ts";
import { startSshd, type TestSshd } from "../support/sshd.ts";
import { type Changes, type FileWorld, FRIDAY, fileWorld } from "./file-world.ts";

const NO_RENAME = { rename: false } as const;
const BLIND = { stat: false, readBack: false } as const;
const SIZE_ONLY = { readBack: false } as const;

class Crash extends Error {}

const worlds: FileWorld[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.store.close();
});

async function approved(exchange: Partial<BankExchange>, changes: Changes = {}): Promise<FileWorld> {
  const world = await fileWorld("sqlite", { ...changes, exchange: { ...changes.exchange, ...exchange } });
  worlds.push(world);
  await approveFile(world.as("bob"), { messageId: world.messageId });
  return world;
}

/** Ends at a point as a crash would: what was committed and what the bank has stays. */
async function crashAt(world: FileWorld, point: string): Promise<void> {
  const at = async (reached: string) => {
    if (reached === point) throw new Crash(point);
  };
  await expect(sendFiles({ ...world, at }, FRIDAY)).rejects.toThrow(Crash);
}

const nameOf = (world: FileWorld) => `${world.messageId}.xml`;
const sha256Of = (bytes: Uint8Array | undefined) =>
  createHash("sha256")
    .update(bytes ?? "")
    .digest("hex");
const openReasons = async ({ store }: FileWorld) =>
  (await store.db.selectFrom("exceptions").select("reason").where("state", "=", "OPEN").execute()).map(
    ({ reason }) => reason,
  );

describe("a bank that forbids to rename", () => {
  it("gets the file under its final name at once", async () => {
    const world = await approved(NO_RENAME);
    const seen = new Set<string>();
    const at = async () => {
      for (const name of Object.keys(world.inbox())) seen.add(name);
    };
    expect((await sendFiles({ ...world, at }, FRIDAY)).counts).toMatchObject({ sent: 1 });
    expect([...seen]).toEqual([nameOf(world)]);
    expect(sha256Of(world.inbox()[nameOf(world)])).toBe(world.sha256);
    expect(await world.state()).toBe("SENT");
  });

  it.each(["upload.commit.after", "check-final.after", "publish.commit.before"])(
    "gets it after a crash at %s, when nothing can have been created",
    async (point) => {
      const world = await approved(NO_RENAME);
      await crashAt(world, point);
      expect((await sendFiles(world, FRIDAY)).counts).toMatchObject({ sent: 1 });
      expect(sha256Of(world.inbox()[nameOf(world)])).toBe(world.sha256);
    },
  );

  it.each(["publish.commit.after", "open.before"])(
    "is never offered it again after a crash at %s when it is not there: it may have collected it",
    async (point) => {
      const world = await approved(NO_RENAME);
      await crashAt(world, point);
      expect((await sendFiles(world, FRIDAY)).counts).toMatchObject({ unconfirmed: 1 });
      expect((await sendFiles(world, FRIDAY)).counts).toMatchObject({ sent: 0, unconfirmed: 0 });
      expect(world.inbox()).toEqual({});
      expect([await world.state(), await openReasons(world)]).toEqual(["UPLOAD_UNKNOWN", ["UPLOAD_UNKNOWN"]]);
    },
  );

  it("keeps a part of it, until a person decides", async () => {
    const world = await approved(NO_RENAME);
    await crashAt(world, "open.after");
    for (let run = 0; run < 2; run += 1) {
      const { counts, findings } = await sendFiles(world, FRIDAY);
      expect([counts.sent, counts.failed, findings[0]?.found]).toEqual([
        0,
        1,
        expect.stringContaining("a part of ours"),
      ]);
    }
    expect(world.inbox()).toEqual({ [nameOf(world)]: Buffer.alloc(0) });
    expect(await openReasons(world)).toEqual(["HAND_OFF_STOPPED"]);
  });

  it.each(["last-write.after", "close.after", "read-back.after", "sent.commit.before"])(
    "has it after a crash at %s when it is there whole",
    async (point) => {
      const world = await approved(NO_RENAME);
      await crashAt(world, point);
      expect((await sendFiles(world, FRIDAY)).counts).toMatchObject({ sent: 1 });
      expect(Object.keys(world.inbox())).toEqual([nameOf(world)]);
    },
  );

  it("whose server has said that it created nothing gets it at the next run", async () => {
    const world = await approved(NO_RENAME, { connect: () => Promise.reject(new Error("set below")) });
    const refusing = async (): Promise<BankChannel> => ({ ...(await folder(world)), create: refuse });
    expect((await sendFiles({ ...world, connectBank: refusing }, FRIDAY)).counts).toMatchObject({ failed: 1 });
    expect(await world.state()).toBe("UPLOADING");
    expect((await sendFiles({ ...world, connectBank: () => folder(world) }, FRIDAY)).counts).toMatchObject({ sent: 1 });
  });

  it("with a file of that name keeps it: ours is not written", async () => {
    const world = await approved(NO_RENAME);
    writeFileSync(join(world.inboxFolder, nameOf(world)), "theirs");
    expect((await sendFiles(world, FRIDAY)).findings).toMatchObject([{ code: "BANK_TARGET_EXISTS" }]);
    expect((await sendFiles(world, FRIDAY)).counts).toMatchObject({ sent: 0, failed: 1 });
    expect(world.inbox()[nameOf(world)]?.toString()).toBe("theirs");
  });
});

describe("a bank that lets us look at nothing", () => {
  it("gets the file by its own answers alone", async () => {
    const world = await approved(BLIND);
    expect((await sendFiles({ ...world, connectBank: () => blind(world) }, FRIDAY)).counts).toMatchObject({ sent: 1 });
    expect(sha256Of(world.inbox()[nameOf(world)])).toBe(world.sha256);
  });

  it.each(["upload.commit.after", "open.after", "close.after", "verify.commit.after", "rename.commit.before"])(
    "gets it anew after a crash at %s, before a rename was begun",
    async (point) => {
      const world = await approved(BLIND);
      await crashAt({ ...world, connectBank: () => blind(world) }, point);
      expect((await sendFiles({ ...world, connectBank: () => blind(world) }, FRIDAY)).counts).toMatchObject({
        sent: 1,
      });
      expect(Object.keys(world.inbox())).toEqual([nameOf(world)]);
      expect(sha256Of(world.inbox()[nameOf(world)])).toBe(world.sha256);
    },
  );

  it("has the same .part renamed once more after a crash before the rename", async () => {
    const world = await approved(BLIND);
    await crashAt({ ...world, connectBank: () => blind(world) }, "rename.before");
    expect((await sendFiles({ ...world, connectBank: () => blind(world) }, FRIDAY)).counts).toMatchObject({ sent: 1 });
  });

  it("has it in doubt after a crash behind the rename: its source is gone, so it had succeeded", async () => {
    const world = await approved(BLIND);
    await crashAt({ ...world, connectBank: () => blind(world) }, "rename.after");
    const { counts } = await sendFiles({ ...world, connectBank: () => blind(world) }, FRIDAY);
    expect(counts).toMatchObject({ sent: 0, unconfirmed: 1 });
    expect(Object.keys(world.inbox())).toEqual([nameOf(world)]);
    expect(await openReasons(world)).toEqual(["UPLOAD_UNKNOWN"]);
  });
});

describe("a bank that shows sizes only, sets its own ending, waits for a marker", () => {
  it("gets the file under that ending first, unread, and the marker last", async () => {
    const world = await approved({ ...SIZE_ONLY, tempSuffix: ".filepart", marker: { suffix: ".ok" } });
    const names: string[] = [];
    const at = async () => void names.push(Object.keys(world.inbox()).join(" "));
    const unreadable = async (): Promise<BankChannel> => ({ ...(await folder(world)), read: refuseReading });
    expect((await sendFiles({ ...world, at, connectBank: unreadable }, FRIDAY)).counts).toMatchObject({ sent: 1 });
    const name = nameOf(world);
    expect([...new Set(names)]).toEqual(["", `${name}.filepart`, name, `${name} ${name}.ok`]);
    expect(world.inbox()[`${name}.ok`]?.length).toBe(0);
  });

  it("is not asked to put it on its disk when it cannot", async () => {
    const world = await approved({ fsync: false });
    const points: string[] = [];
    await sendFiles({ ...world, at: async (point) => void points.push(point) }, FRIDAY);
    expect(points).not.toContain("fsync.before");
    expect(await world.state()).toBe("SENT");
  });
});

describe("real OpenSSH that refuses requests", () => {
  let servers: TestSshd[] = [];
  const refusing = async (requests: string) => {
    const server = await startSshd({ config: [`ForceCommand internal-sftp -P ${requests}`] });
    servers.push(server);
    chmodSync(server.folders.inbox, 0o777);
    return server;
  };
  beforeAll(() => {
    servers = [];
  });
  afterAll(() => Promise.all(servers.map((server) => server.stop())));

  it.each([
    ["rename,posix-rename", NO_RENAME],
    ["stat,lstat,fstat,read", BLIND],
    ["read", SIZE_ONLY],
  ] as const)("%s: gets the file whole by the profile that says so, and by no other", async (requests, exchange) => {
    const server = await refusing(requests);
    const connect = () => openChannel(settingsOf(server));
    const folders = { outbound: server.folders.inbox, inbound: server.folders.outbox };
    const strict = await approved({ folders }, { connect });
    expect((await sendFiles(strict, FRIDAY)).counts).toMatchObject({ sent: 0, failed: 1 });
    const world = await approved({ ...exchange, folders, tempSuffix: ".tmp" }, { connect });
    await world.store.write((tx) => tx.db.updateTable("transfer_files").set({ remote_name: "weak.xml" }).execute());
    expect((await sendFiles(world, FRIDAY)).counts).toMatchObject({ sent: 1 });
    expect(filesIn(server.folders.inbox)["weak.xml"]).toBe(world.sha256);
    expect(sha256Of(readFileSync(join(server.folders.inbox, "weak.xml")))).toBe(world.sha256);
  });
});

function settingsOf(server: TestSshd) {
  const { host, port, user, privateKey } = server;
  return { kind: "sftp", host, port, user, privateKey, hostKeys: [server.hostKeyFingerprint] } as const;
}

function folder(world: FileWorld): Promise<BankChannel> {
  return openChannel({ kind: "folder", root: join(world.inboxFolder, "..") });
}

async function refuse(): Promise<never> {
  const { RemitError } = await import("../../src/domain/errors.ts");
  throw new RemitError("BANK_PERMISSION", { found: "not here" });
}

function refuseReading(): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => ({ next: refuse }) };
}

/** A mailbox in which nothing can be seen. */
async function blind(world: FileWorld): Promise<BankChannel> {
  return { ...(await folder(world)), stat: refuse, list: refuse, read: refuseReading };
}
