import { once } from "node:events";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BankChannel } from "../../../src/exchange/bank-channel.ts";
import { connectFolder } from "../../../src/exchange/folder/connect.ts";
import { publish, removePart, uploadPart } from "../../../src/exchange/hand-off.ts";
import { connectSftp } from "../../../src/exchange/sftp/connect.ts";
import type { SftpSettings } from "../../../src/exchange/sftp/settings.ts";
import { startProxy } from "../../support/proxy.ts";
import { freePort } from "../../support/server-process.ts";
import { mountSmallDisk } from "../../support/small-disk.ts";
import { startSshd, type TestSshd } from "../../support/sshd.ts";
import { codeOf, filesIn, frozenFile, placeIn, received, settingsFor } from "../bank.ts";

let server: TestSshd;
beforeAll(async () => {
  server = await startSshd();
});
afterAll(() => server?.stop());

async function withChannel<T>(settings: SftpSettings, work: (channel: BankChannel) => Promise<T>): Promise<T> {
  const channel = await connectSftp(settings);
  try {
    return await work(channel);
  } finally {
    await channel.close();
  }
}

const upload = (settings: SftpSettings, folder: string, size = 1_000) =>
  codeOf(() => withChannel(settings, (channel) => uploadPart(channel, placeIn(folder), frozenFile(size))));

describe("a bank's server that fails is never taken for one that succeeded", () => {
  it.each([300 * 1024, 2 * 1024 * 1024])("a disk that is full after 256 KiB of %i bytes", async (size) => {
    const disk = mountSmallDisk(join(server.folders.inbox, `disk-${size}`));
    if (disk === undefined) return expect(await uploadToQuota(size)).toBe("BANK_WRITE_FAILED");
    try {
      expect(await upload(settingsFor(server), disk.path, size)).toBe("BANK_DISK_FULL");
      expect(Object.keys(filesIn(disk.path))).toEqual(["PAY.xml.part"]);
      const folder = await connectFolder({ kind: "folder", root: disk.path });
      await removePart(folder, placeIn(""));
      expect(await codeOf(() => uploadPart(folder, placeIn(""), frozenFile(size)))).toBe("BANK_DISK_FULL");
      await folder.close();
    } finally {
      disk.unmount();
    }
  });

  it("a quota on the size of files", async () => {
    expect(await uploadToQuota(300 * 1024)).toBe("BANK_WRITE_FAILED");
  });

  it("a folder we may not write to, a file we may not read, a folder we may not list", async () => {
    const folder = join(server.folders.inbox, "closed");
    mkdirSync(folder);
    writeFileSync(join(folder, "A"), "secret", { mode: 0o600 });
    chmodSync(join(folder, "A"), 0o000);
    chmodSync(folder, 0o555);
    const settings = settingsFor(server);
    expect(await upload(settings, folder)).toBe("BANK_PERMISSION");
    expect(await codeOf(() => withChannel(settings, (c) => received(c, { folder, name: "A" }, 9)))).toBe(
      "BANK_PERMISSION",
    );
    chmodSync(folder, 0o111);
    const rightsMatter = process.getuid?.() === 0;
    if (rightsMatter) expect(await codeOf(() => withChannel(settings, (c) => c.list(folder)))).toBe("BANK_PERMISSION");
  });

  it("a rename that is not permitted leaves the .part and tells it", async () => {
    const folder = join(server.folders.inbox, "no-rename");
    mkdirSync(folder);
    chmodSync(folder, 0o777);
    const code = await codeOf(() =>
      withChannel(settingsFor(server), async (channel) => {
        await uploadPart(channel, placeIn(folder), frozenFile(10));
        chmodSync(folder, 0o555);
        await publish(channel, placeIn(folder));
      }),
    );
    expect(code).toBe("BANK_PERMISSION");
    expect(Object.keys(filesIn(folder))).toEqual(["PAY.xml.part"]);
  });

  it("no server on that port", async () => {
    expect(await upload(settingsFor(server, { port: await freePort() }), "/")).toBe("BANK_UNREACHABLE");
  });

  it("a name that no name server knows", async () => {
    expect(await upload(settingsFor(server, { host: "bank.invalid" }), "/")).toBe("BANK_UNREACHABLE");
  });

  it("a server that is no SSH server", async () => {
    const listener = createServer((socket) => socket.end("220 ready\r\n")).listen(0, "127.0.0.1");
    await once(listener, "listening");
    const { port } = listener.address() as { port: number };
    expect(await upload(settingsFor(server, { port }), "/")).toBe("BANK_CONNECTION_LOST");
    listener.close();
  });

  it("a server that takes the connection and says nothing", async () => {
    const listener = createServer(() => undefined).listen(0, "127.0.0.1");
    await once(listener, "listening");
    const { port } = listener.address() as { port: number };
    expect(await upload(settingsFor(server, { port, connectTimeoutMs: 200 }), "/")).toBe("BANK_TIMEOUT");
    listener.close();
  });

  it("an account without SFTP", async () => {
    const shellOnly = await startSshd({ config: ["ForceCommand /bin/false"] });
    expect(["BANK_REFUSED", "BANK_CONNECTION_LOST"]).toContain(await upload(settingsFor(shellOnly), "/"));
    await shellOnly.stop();
  });

  it("a server that ends in the middle of an upload", async () => {
    const dying = await startSshd();
    const code = await codeOf(() =>
      withChannel(settingsFor(dying), (channel) =>
        uploadPart(channel, placeIn(dying.folders.inbox), frozenFile(500_000), {
          at: (point) => (point === "mid-write.before" ? dying.stop() : Promise.resolve()),
        }),
      ),
    );
    expect(code).toBe("BANK_CONNECTION_LOST");
  });
});

async function uploadToQuota(size: number): Promise<string> {
  const limited = await startSshd({ maxFileBytes: 128 * 1024 });
  try {
    return await upload(settingsFor(limited), limited.folders.inbox, size);
  } finally {
    await limited.stop();
  }
}

describe("deadlines", () => {
  it("a link that goes silent is found by keepalives", async () => {
    const proxy = await startProxy(server);
    const settings = settingsFor(server, { port: proxy.port, keepaliveIntervalMs: 100, keepaliveCountMax: 2 });
    const code = await codeOf(() =>
      withChannel(settings, async (channel) => {
        proxy.fault = { kind: "cut", how: "black-hole", direction: "up", afterBytes: 0 };
        await channel.stat("/");
      }),
    );
    expect(code).toBe("BANK_CONNECTION_LOST");
    await proxy.stop();
  });

  it("the deadline is for the whole transfer, however alive the link is", async () => {
    const proxy = await startProxy(server);
    const settings = settingsFor(server, { port: proxy.port, deadlineMs: 1_000 });
    const code = await codeOf(() =>
      withChannel(settings, async (channel) => {
        proxy.fault = { kind: "delay", ms: 30 };
        for (;;) await channel.stat("/");
      }),
    );
    expect(code).toBe("BANK_TIMEOUT");
    await proxy.stop();
  });
});
