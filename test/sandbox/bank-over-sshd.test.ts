import { join } from "node:path";
import SftpClient from "ssh2-sftp-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SandboxBankBrain } from "../../src/sandbox/bank-brain.ts";
import { startSshd, type TestSshd } from "../support/sshd.ts";
import { clock, texts } from "./bank-bench.ts";
import { orderText } from "./order-text.ts";

describe("the sandbox bank's brain over folders served by OpenSSH", () => {
  let sshd: TestSshd;
  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd.stop());

  it("claims what was renamed into the inbox and answers into the outbox", async () => {
    const { root, inbox, outbox } = sshd.folders;
    const brain = new SandboxBankBrain({ folder: root, clock });
    const client = new SftpClient("test", { end: () => {}, close: () => {}, error: () => {} });
    await client.connect({ host: sshd.host, port: sshd.port, username: sshd.user, privateKey: sshd.privateKey });
    await client.put(Buffer.from(orderText({ transfers: [{ id: "P1" }] })), join(inbox, "M1.xml.part"));
    expect(brain.processInbox()).toEqual([]);
    await client.rename(join(inbox, "M1.xml.part"), join(inbox, "M1.xml"));
    expect(brain.processInbox()).toMatchObject([{ name: "M1.xml", status: "ACCP" }]);
    expect(await client.exists(join(inbox, "M1.xml"))).toBe(false);
    const [answer] = await client.list(outbox, ({ name }) => name.startsWith("pain002-"));
    const bytes = await client.get(join(outbox, answer?.name ?? ""));
    expect(texts(String(bytes), "OrgnlMsgId")).toEqual(["MSG-1"]);
    await client.delete(join(outbox, answer?.name ?? ""));
    await client.end();
  });
});
