import { existsSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import SftpClient from "ssh2-sftp-client";
import { afterEach, describe, expect, it } from "vitest";
import { type RunningSandbox, runSandbox, type SandboxOptions } from "../../src/sandbox/run-sandbox.ts";
import { tempDir } from "../support/temp-dir.ts";
import { OWN_IBAN, orderText } from "./order-text.ts";

const running: RunningSandbox[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((sandbox) => sandbox.stop()));
});

async function open(options: Partial<SandboxOptions> = {}): Promise<RunningSandbox> {
  const sandbox = await runSandbox({
    folder: tempDir("sandbox-"),
    now: new Date("2026-11-20T03:00:00Z"),
    accounts: [{ iban: OWN_IBAN, name: "Marketplace SA", currency: "EUR", openingMinor: 100_000n }],
    ...options,
  });
  running.push(sandbox);
  return sandbox;
}

async function desk({ control }: RunningSandbox, method: string, path: string, body?: unknown) {
  const response = await fetch(control.url + path, {
    method,
    ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
  return { status: response.status, body: JSON.parse(await response.text()) };
}

async function upload({ bank }: RunningSandbox, name: string, text: string): Promise<void> {
  const client = new SftpClient("test", { end: () => {}, close: () => {}, error: () => {} });
  await client.connect({ host: bank.host, port: bank.port, username: bank.user, password: bank.password });
  await client.put(Buffer.from(text), `inbox/${name}.part`);
  await client.rename(`inbox/${name}.part`, `inbox/${name}`);
  await client.end();
}

describe("the whole sandbox", () => {
  it("plays a night that is steered from another process", async () => {
    const sandbox = await open();
    const rule = { when: { endToEndId: "P2" }, do: { kind: "return", code: "AC04", afterDays: 0 } };
    expect((await desk(sandbox, "POST", "/bank/behaviour", { add: [rule] })).body.rules).toEqual([rule]);
    await upload(sandbox, "M1.xml", orderText({ transfers: [{ id: "P1" }, { id: "P2", amount: "0.99" }] }));
    expect((await desk(sandbox, "GET", "/bank/received")).body.received).toMatchObject([
      { name: "M1.xml", status: "ACCP" },
    ]);
    expect((await desk(sandbox, "GET", "/bank/pending")).body.pending).toHaveLength(2);
    const line = { iban: OWN_IBAN, amount: "5000", charges: "5", reference: "ACQ-1", partyName: "Acquirer" };
    expect((await desk(sandbox, "POST", "/bank/payin", line)).status).toBe(201);
    const closed = await desk(sandbox, "POST", "/bank/end-of-day", { date: "2026-11-20" });
    expect(closed.body.statements).toMatchObject([{ openingMinor: "100000", closingMinor: "103995", entries: 3 }]);
    expect((await desk(sandbox, "GET", "/bank/paid")).body.paid).toMatchObject([
      { endToEndId: "P1", amountMinor: "1000", bookedOn: "2026-11-20" },
      { endToEndId: "P2", amountMinor: "99", returnedOn: "2026-11-20" },
    ]);
    expect((await desk(sandbox, "GET", `/bank/balance/${OWN_IBAN}`)).body.balanceMinor).toBe("103995");
    expect((await desk(sandbox, "GET", "/bank/double-paid")).body).toEqual({ doublePaid: [] });
    const [statement] = (await desk(sandbox, "GET", "/bank/sent")).body.sent;
    expect((await desk(sandbox, "POST", "/bank/send-again", { name: statement })).body.name).toMatch(/-again\.xml$/);
  });

  it("waits with files until told, when asked to", async () => {
    const sandbox = await open({ answers: "when-told" });
    await upload(sandbox, "M1.xml", orderText({ transfers: [{ id: "P1" }] }));
    expect((await desk(sandbox, "GET", "/bank/received")).body.received).toEqual([]);
    expect((await desk(sandbox, "POST", "/bank/process")).body.taken).toMatchObject([{ name: "M1.xml" }]);
  });

  it("moves one clock for bank and gateway", async () => {
    const sandbox = await open();
    expect((await desk(sandbox, "PUT", "/clock", { now: "2026-12-24T10:00:00Z" })).body.now).toBe(
      "2026-12-24T10:00:00.000Z",
    );
    await upload(sandbox, "M1.xml", orderText({ transfers: [{ id: "P1" }] }));
    expect(existsSync(join(sandbox.bank.folder, "outbox", "pain002-20261224-000001.xml"))).toBe(true);
    const order = { reference: "A1", amount: 100n, currency: "EUR", orderRef: "O1" };
    expect(sandbox.parts.gateway.register(order)[0]?.honourUntil).toBe("2026-12-31T10:00:00.000Z");
    await desk(sandbox, "PUT", "/clock", { now: null });
    const { body } = await desk(sandbox, "GET", "/clock");
    expect(Math.abs(Date.parse(body.now) - Date.now())).toBeLessThan(60_000);
  });

  it("keeps bank and gateway over a restart in the same folder", async () => {
    const first = await open();
    await upload(first, "M1.xml", orderText({ transfers: [{ id: "P1" }] }));
    const order = { reference: "A1", amount: 100n, currency: "EUR", orderRef: "O1" };
    const [authorisation] = first.parts.gateway.register(order);
    await first.stop();
    const second = await open({ folder: join(first.bank.folder, "..") });
    expect(second.bank.fingerprint).toBe(first.bank.fingerprint);
    expect(second.parts.bank.pending()).toHaveLength(1);
    expect(second.parts.gateway.register(order)).toEqual([authorisation]);
    expect(
      readFileSync(join(first.bank.folder, "..", "gateway-books.ndjson"), "utf8")
        .trim()
        .split("\n"),
    ).toHaveLength(1);
  });

  it("starts nothing when one part cannot start", async () => {
    const first = await open();
    const controlPort = Number(new URL(first.control.url).port);
    const free = await open();
    await free.stop();
    const ports = { sftpPort: free.bank.port, gatewayPort: Number(new URL(free.gateway.url).port) };
    await expect(open({ ...ports, controlPort })).rejects.toThrow(/EADDRINUSE/);
    expect((await open(ports)).bank.port).toBe(free.bank.port);
  });

  it.each([
    ["POST", "/bank/end-of-day", { date: "tomorrow" }],
    ["POST", "/bank/end-of-day", {}],
    ["POST", "/bank/payin", { iban: OWN_IBAN, amount: 5, reference: "R" }],
    ["POST", "/bank/payin", { iban: "NL91ABNA0417164300", amount: "5", reference: "R" }],
    ["POST", "/bank/payin", { iban: OWN_IBAN, amount: "5", reference: "R", direction: "UP" }],
    ["POST", "/bank/behaviour", {}],
    ["POST", "/bank/behaviour", { add: [{ when: {}, do: { kind: "explode" } }] }],
    ["POST", "/bank/send-again", { name: "../bank-journal.ndjson" }],
    ["PUT", "/clock", { now: "noon" }],
    ["GET", "/bank/balance/NL91ABNA0417164300", undefined],
  ])("refuses %s %s %o and says why", async (method, path, body) => {
    const answer = await desk(await open(), method, path, body);
    expect([answer.status, answer.body.message]).toEqual([
      400,
      expect.stringMatching(/expected|not at this bank|no such/),
    ]);
  });

  it("turns away who speaks to it by another name than loopback", async () => {
    const { control } = await open();
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const call = request(`${control.url}/clock`, { headers: { host: "evil.example" } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      call.on("error", reject).end();
    });
    expect(status).toBe(403);
  });
});
