import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { SFTPWrapper } from "ssh2";
import SftpClient from "ssh2-sftp-client";
import { afterEach, describe, expect, it } from "vitest";
import { type SandboxBank, type SandboxBankOptions, startSandboxBank } from "../../src/sandbox/sandbox-bank.ts";
import { tempDir } from "../support/temp-dir.ts";
import { clock } from "./bank-bench.ts";
import { OWN_IBAN, orderText } from "./order-text.ts";

/** The library passes these on to open(2)'s flags; its types only know two of them. */
const EXCLUSIVE = { writeStreamOptions: { flags: "wx" as "w" } };

const running: { stop?: () => Promise<void>; end?: () => Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of running.splice(0).reverse()) await (one.stop ?? one.end)?.call(one);
});

async function openBank(options: Partial<SandboxBankOptions> = {}): Promise<SandboxBank> {
  const bank = await startSandboxBank({ folder: tempDir("sandbox-bank-"), clock, password: "pass", ...options });
  running.push(bank);
  return bank;
}

async function logIn(bank: SandboxBank, more: SftpClient.ConnectOptions = {}): Promise<SftpClient> {
  const client = new SftpClient("test", { end: () => {}, close: () => {}, error: () => {} });
  const { host, port, user } = bank;
  await client.connect({
    host,
    port,
    username: user,
    password: "pass",
    hostVerifier: (key: Buffer) =>
      `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}` === bank.fingerprint,
    ...more,
  });
  running.push(client);
  return client;
}

describe("the sandbox bank over SFTP", () => {
  it("takes a file that was written, looked at, read back and renamed", async () => {
    const bank = await openBank();
    const client = await logIn(bank);
    const bytes = Buffer.from(orderText({ transfers: [{ id: "P1" }] }));
    await client.put(bytes, "inbox/M1.xml.part", EXCLUSIVE);
    expect((await client.stat("/inbox/M1.xml.part")).size).toBe(bytes.length);
    expect(await client.get("inbox/M1.xml.part")).toEqual(bytes);
    expect(bank.processInbox()).toEqual([]);
    await client.rename("inbox/M1.xml.part", "inbox/M1.xml");
    expect(await client.exists("inbox/M1.xml.part")).toBe(false);
    expect(bank.processInbox()).toMatchObject([{ name: "M1.xml", status: "ACCP", bytes: bytes.length }]);
    expect(await client.list("inbox")).toEqual([]);
    const [answer] = await client.list("outbox", ({ type }) => type === "-");
    expect(answer?.name).toMatch(/^pain002-/);
    await client.rename(`outbox/${answer?.name}`, `outbox/archive/${answer?.name}`);
    await client.delete(`outbox/archive/${answer?.name}`);
    expect(await client.list("outbox/archive")).toEqual([]);
  });

  it("refuses to write over a file: exclusive open and plain rename both fail and change nothing", async () => {
    const bank = await openBank();
    const client = await logIn(bank);
    await client.put(Buffer.from("old"), "inbox/a.tmp");
    await client.put(Buffer.from("new"), "inbox/b.tmp");
    await expect(client.put(Buffer.from("x"), "inbox/a.tmp", EXCLUSIVE)).rejects.toThrow(/Failure/);
    await expect(client.rename("inbox/b.tmp", "inbox/a.tmp")).rejects.toThrow(/Failure/);
    await expect(client.posixRename("inbox/b.tmp", "inbox/a.tmp")).rejects.toThrow();
    expect(readFileSync(join(bank.folder, "inbox/a.tmp"), "utf8")).toBe("old");
    expect(readFileSync(join(bank.folder, "inbox/b.tmp"), "utf8")).toBe("new");
  });

  it("writes what a raw channel sends: open, write at offsets, close, read back", async () => {
    const bank = await openBank();
    const client = await logIn(bank);
    const channel = (client as unknown as { sftp: SFTPWrapper }).sftp;
    const call = <Value>(work: (done: (error: Error | null | undefined, value: Value) => void) => void) =>
      new Promise<Value>((resolve, reject) => work((error, value) => (error ? reject(error) : resolve(value))));
    const bytes = Buffer.alloc(300_000, "0123456789abcdef");
    const handle = await call<Buffer>((done) => channel.open("/inbox/x.part", "wx", done));
    await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        call<void>((done) =>
          channel.write(handle, bytes, index * 30_000, 30_000, index * 30_000, (error) => done(error, undefined)),
        ),
      ),
    );
    expect((await call<{ size: number }>((done) => channel.fstat(handle, done))).size).toBe(300_000);
    await call<void>((done) => channel.close(handle, (error) => done(error, undefined)));
    expect(await client.get("/inbox/x.part")).toEqual(bytes);
    await expect(call((done) => channel.fstat(handle, done))).rejects.toThrow(/Failure/);
  });

  it("makes and removes folders inside the shown ones, and never the shown ones themselves", async () => {
    const bank = await openBank();
    const client = await logIn(bank);
    await client.mkdir("inbox/today");
    await client.rename("inbox/today", "inbox/yesterday");
    expect((await client.list("inbox")).map(({ name, type }) => [name, type])).toEqual([["yesterday", "d"]]);
    await client.rmdir("inbox/yesterday");
    await expect(client.rmdir("outbox", true)).rejects.toThrow();
    await expect(client.mkdir("elsewhere")).rejects.toThrow();
    expect(existsSync(join(bank.folder, "outbox"))).toBe(true);
  });

  it("lists more files than fit into one answer", async () => {
    const bank = await openBank();
    for (let index = 0; index < 250; index += 1) writeFileSync(join(bank.folder, "outbox", `f${index}`), "");
    const client = await logIn(bank);
    expect(await client.list("outbox", ({ type }) => type === "-")).toHaveLength(250);
  });

  it.each([
    "../bank-journal.ndjson",
    "/bank-journal.ndjson",
    "inbox/../../etc/passwd",
    "/etc/passwd",
    "host-key",
    "processed",
    "inbox/link/secret",
    "inbox/file-link",
  ])("shows nothing outside its folders: %s", async (path) => {
    const bank = await openBank();
    const secret = tempDir("sandbox-secret-");
    mkdirSync(secret, { recursive: true });
    writeFileSync(join(secret, "secret"), "secret");
    symlinkSync(secret, join(bank.folder, "inbox", "link"));
    symlinkSync(join(secret, "secret"), join(bank.folder, "inbox", "file-link"));
    const client = await logIn(bank);
    expect((await client.list("/")).map(({ name }) => name)).toEqual(["inbox", "outbox"]);
    await expect(client.get(path)).rejects.toThrow();
    await expect(client.put(Buffer.from("x"), path)).rejects.toThrow();
    expect(readFileSync(join(secret, "secret"), "utf8")).toBe("secret");
  });

  it.each([
    ["another password", { password: "other" }],
    ["another user", { username: "other" }],
    ["another host key than the pinned one", { hostVerifier: () => false }],
  ])("lets nobody in with %s", async (_, more) => {
    const bank = await openBank();
    await expect(logIn(bank, more)).rejects.toThrow();
  });

  it("keeps its host key over a restart", async () => {
    const first = await openBank();
    const second = await openBank({ folder: first.folder });
    expect(second.fingerprint).toBe(first.fingerprint);
    expect(first.fingerprint).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
  });

  it("takes files at once when told, by rename and by a plain upload, and never one still being written", async () => {
    const bank = await openBank({ answers: "at-once" });
    const client = await logIn(bank);
    const channel = (client as unknown as { sftp: SFTPWrapper }).sftp;
    const handle = await new Promise<Buffer>((resolve, reject) =>
      channel.open("/inbox/slow.xml", "w", (error, opened) => (error ? reject(error) : resolve(opened))),
    );
    await client.put(Buffer.from(orderText({ messageId: "M1", transfers: [{ id: "P1" }] })), "inbox/plain.xml");
    await client.put(Buffer.from(orderText({ messageId: "M2", transfers: [{ id: "P2" }] })), "inbox/two.part");
    await client.rename("inbox/two.part", "inbox/two.xml");
    expect(bank.received().map(({ name }) => name)).toEqual(["plain.xml", "two.xml"]);
    expect(readdirSync(join(bank.folder, "inbox"))).toEqual(["slow.xml"]);
    await new Promise<void>((resolve) => channel.close(handle, () => resolve()));
    expect(bank.received().map(({ name }) => name)).toEqual(["plain.xml", "two.xml", "slow.xml"]);
    bank.endOfDay("2026-11-20");
    expect(bank.balance(OWN_IBAN)).toBe(-2000n);
  });
});

describe("the sandbox bank and OpenSSH's own sftp", () => {
  it("serves a batch of a user with a key", async () => {
    const keys = tempDir("sandbox-keys-");
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", join(keys, "id")]);
    const bank = await openBank({ authorizedKeys: [readFileSync(join(keys, "id.pub"), "utf8")] });
    writeFileSync(join(keys, "order.xml"), orderText({ transfers: [{ id: "P1" }] }));
    const batch = [
      "put order.xml inbox/o.part",
      "rename inbox/o.part inbox/o.xml",
      "ls inbox",
      "pwd",
      "cd outbox",
      "ls -l",
      "bye",
    ];
    writeFileSync(join(keys, "batch"), `${batch.join("\n")}\n`);
    const options = [
      "StrictHostKeyChecking=no",
      `UserKnownHostsFile=${join(keys, "known")}`,
      "IdentitiesOnly=yes",
      "BatchMode=yes",
    ];
    const { stdout } = await promisify(execFile)(
      "sftp",
      [
        "-F",
        "none",
        ...options.flatMap((option) => ["-o", option]),
        "-i",
        join(keys, "id"),
        "-P",
        String(bank.port),
        "-b",
        join(keys, "batch"),
        `remit@${bank.host}`,
      ],
      { cwd: keys },
    );
    expect(stdout).toContain("inbox/o.xml");
    expect(stdout).toContain("archive");
    expect(bank.processInbox()).toMatchObject([{ name: "o.xml", status: "ACCP" }]);
    const [line = ""] = readFileSync(join(keys, "known"), "utf8").split("\n");
    const printed = execFileSync("ssh-keygen", ["-lf", join(keys, "known")], { encoding: "utf8" });
    expect(line).not.toBe("");
    expect(printed).toContain(bank.fingerprint);
  });
});
