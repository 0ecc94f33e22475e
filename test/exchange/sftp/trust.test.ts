import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ssh2 from "ssh2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RemitError } from "../../../src/domain/errors.ts";
import type { AlgorithmExceptions } from "../../../src/exchange/sftp/algorithms.ts";
import { connectSftp } from "../../../src/exchange/sftp/connect.ts";
import type { SftpSettings } from "../../../src/exchange/sftp/settings.ts";
import { needPart } from "../../support/parts.ts";
import { startProxy } from "../../support/proxy.ts";
import { type SshdOptions, startSshd, type TestSshd } from "../../support/sshd.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { codeOf, settingsFor } from "../bank.ts";

const OTHER_KEY = `SHA256:${"A".repeat(43)}`;

let server: TestSshd;
beforeAll(async () => {
  server = await startSshd();
});
afterAll(() => server?.stop());

const connects = (settings: SftpSettings) => codeOf(async () => (await connectSftp(settings)).close());

describe("the pinned host key", () => {
  it("another key is refused before anything of ours is sent, a user name or a try to log in", async () => {
    const bank = await startRecordingBank("right");
    const settings = { ...bank.settings, password: "right" };
    expect(await connects({ ...settings, hostKeys: [OTHER_KEY] })).toBe("BANK_HOST_KEY");
    expect(bank.logIns).toEqual([]);
    expect(await connects(settings)).toBe("none");
    expect(bank.logIns).toEqual(["password"]);
    await bank.stop();
  });

  it("says which key was found, and takes a second pin while the bank changes its key", async () => {
    const refusal = connectSftp(settingsFor(server, { hostKeys: [OTHER_KEY] }));
    await expect(refusal).rejects.toThrow(server.hostKeyFingerprint);
    expect(await connects(settingsFor(server, { hostKeys: [OTHER_KEY, server.hostKeyFingerprint] }))).toBe("none");
  });

  it("none at all is a fault of the configuration, and nothing is connected", async () => {
    const proxy = await startProxy(server);
    expect(await connects(settingsFor(server, { port: proxy.port, hostKeys: [] }))).toBe("CONFIG_INVALID");
    expect(proxy.connections).toBe(0);
    await proxy.stop();
  });
});

describe("logging in", () => {
  it("a key the bank does not know, and a wrong password, are told as such and leak nothing", async () => {
    const file = join(tempDir(), "key");
    execFileSync(needPart("sshKeygen"), ["-q", "-t", "ed25519", "-N", "", "-f", file]);
    const wrongKey = settingsFor(server, { privateKey: readFileSync(file, "utf8") });
    expect(await connects(wrongKey)).toBe("BANK_AUTH");
    const { privateKey: _, ...noKey } = settingsFor(server, { password: "a-secret-that-is-wrong" });
    const error = await connectSftp(noKey).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: "BANK_AUTH" });
    expect(JSON.stringify([String(error), (error as Error).stack, error])).not.toContain("a-secret");
  });

  it("a key with a passphrase opens with it and is a fault of the configuration without", async () => {
    const file = join(tempDir(), "key");
    execFileSync("cp", [server.privateKeyFile, file]);
    execFileSync(needPart("sshKeygen"), ["-q", "-p", "-P", "", "-N", "open-sesame", "-f", file]);
    const privateKey = readFileSync(file, "utf8");
    expect(await connects(settingsFor(server, { privateKey, passphrase: "open-sesame" }))).toBe("none");
    expect(await connects(settingsFor(server, { privateKey }))).toBe("CONFIG_INVALID");
    expect(await connects(settingsFor(server, { privateKey: "no key" }))).toBe("CONFIG_INVALID");
  });

  it("lists every fault of the settings at once, without the secret", async () => {
    const { privateKey: _, ...rest } = settingsFor(server, { port: 0, user: "", hostKeys: ["md5:aa"], deadlineMs: -1 });
    const error = await connectSftp(rest).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(RemitError);
    const fields = (error as RemitError).findings.map(({ where }) => where);
    expect(fields).toEqual(["sftp.port", "sftp.user", "sftp.hostKeys", "sftp.privateKey", "sftp.deadlineMs"]);
  });
});

const WEAK: readonly [string, SshdOptions, AlgorithmExceptions][] = [
  [
    "diffie-hellman-group14-sha1",
    { config: ["KexAlgorithms diffie-hellman-group14-sha1"] },
    { kex: ["diffie-hellman-group14-sha1"] },
  ],
  [
    "diffie-hellman-group1-sha1",
    { config: ["KexAlgorithms diffie-hellman-group1-sha1"] },
    { kex: ["diffie-hellman-group1-sha1"] },
  ],
  [
    "diffie-hellman-group-exchange-sha1",
    { config: ["KexAlgorithms diffie-hellman-group-exchange-sha1"] },
    { kex: ["diffie-hellman-group-exchange-sha1"] },
  ],
  ["ssh-rsa with SHA-1", { config: ["HostKeyAlgorithms ssh-rsa"], hostKeyType: "rsa" }, { serverHostKey: ["ssh-rsa"] }],
  ["aes128-cbc", { config: ["Ciphers aes128-cbc"] }, { cipher: ["aes128-cbc"] }],
  ["3des-cbc", { config: ["Ciphers 3des-cbc"] }, { cipher: ["3des-cbc"] }],
  ["hmac-sha1", { config: ["Ciphers aes128-ctr", "MACs hmac-sha1"] }, { hmac: ["hmac-sha1"] }],
  [
    "hmac-sha2-256 after encryption of the plain text",
    { config: ["Ciphers aes128-ctr", "MACs hmac-sha2-256"] },
    { hmac: ["hmac-sha2-256"] },
  ],
];

describe("weak algorithms", () => {
  it.each(WEAK)("%s is refused, unless the bank has an exception", async (_name, options, algorithmExceptions) => {
    const weak = await startSshd(options);
    expect(await connects(settingsFor(weak))).toBe("BANK_ALGORITHM");
    expect(await connects(settingsFor(weak, { algorithmExceptions }))).toBe("none");
    await weak.stop();
  });

  it("an RSA host key signs with SHA-2 and is taken", async () => {
    const rsa = await startSshd({ hostKeyType: "rsa" });
    expect(await connects(settingsFor(rsa))).toBe("none");
    await rsa.stop();
  });

  it("an exception that no software knows is a fault of the configuration", async () => {
    const algorithmExceptions = { cipher: ["rot13"] };
    expect(await connects(settingsFor(server, { algorithmExceptions }))).toBe("CONFIG_INVALID");
  });
});

describe("the address of the bank", () => {
  it("outside the allowed networks nothing is connected", async () => {
    const proxy = await startProxy(server);
    const settings = settingsFor(server, { port: proxy.port, allowedNetworks: ["203.0.113.0/24"] });
    expect(await connects(settings)).toBe("ADDRESS_FORBIDDEN");
    expect(await connects({ ...settings, host: "2130706433" })).toBe("ADDRESS_FORBIDDEN");
    expect(proxy.connections).toBe(0);
    expect(await connects({ ...settings, allowedNetworks: ["203.0.113.0/24", "127.0.0.0/8"] })).toBe("none");
    await proxy.stop();
  });
});

/** A server that writes down each try to log in; OpenSSH cannot be given a password without changing this machine. */
async function startRecordingBank(password: string) {
  const file = join(tempDir(), "host_key");
  const keygen = needPart("sshKeygen");
  execFileSync(keygen, ["-q", "-t", "ed25519", "-N", "", "-f", file]);
  const [, fingerprint = ""] = execFileSync(keygen, ["-l", "-f", `${file}.pub`], { encoding: "utf8" }).split(" ");
  const logIns: string[] = [];
  const bank = new ssh2.Server({ hostKeys: [readFileSync(file)] }, (client) => {
    client.on("error", () => undefined);
    client.on("authentication", (context) => {
      logIns.push(context.method);
      if (context.method === "password" && context.password === password) context.accept();
      else context.reject();
    });
    client.on("session", (accept) => accept().on("sftp", (acceptSftp) => void acceptSftp()));
  });
  bank.listen(0, "127.0.0.1");
  await once(bank, "listening");
  const settings: SftpSettings = {
    kind: "sftp",
    host: "127.0.0.1",
    port: (bank.address() as { port: number }).port,
    user: "u",
    password,
    hostKeys: [fingerprint],
  };
  return { settings, logIns, stop: () => new Promise<void>((resolve) => void bank.close(() => resolve())) };
}
