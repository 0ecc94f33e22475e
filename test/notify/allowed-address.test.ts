import { createServer, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isPublicAddress, mayConnect, PUBLIC_ONLY, urlProblem } from "../../src/notify/allowed-address.ts";
import { deliver } from "../../src/notify/deliver.ts";
import { createDeliveryAgent, type DeliveryAgent } from "../../src/notify/delivery-agent.ts";

const FORBIDDEN_ADDRESSES = [
  "0.0.0.0",
  "0.1.2.3",
  "10.0.0.1",
  "10.255.255.255",
  "100.64.0.1",
  "100.127.255.254",
  "127.0.0.1",
  "127.255.255.254",
  "169.254.169.254",
  "169.254.0.1",
  "172.16.0.1",
  "172.31.255.255",
  "192.0.0.1",
  "192.0.2.1",
  "192.168.0.1",
  "198.18.0.1",
  "198.51.100.1",
  "203.0.113.1",
  "224.0.0.1",
  "239.255.255.255",
  "240.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "::7f00:1",
  "::ffff:127.0.0.1",
  "::ffff:10.0.0.1",
  "::ffff:169.254.169.254",
  "::ffff:0:127.0.0.1",
  "64:ff9b::7f00:1",
  "64:ff9b:1::7f00:1",
  "100::1",
  "2001::1",
  "2001:db8::1",
  "2002:7f00:1::",
  "2002:a9fe:a9fe::",
  "3fff::1",
  "5f00::1",
  "fc00::1",
  "fd12:3456::1",
  "fe80::1",
  "fe80::1%lo",
  "fec0::1",
  "ff02::1",
  "ff0e::1",
  "",
  "localhost",
  "1.1.1",
  "0x7f.1",
  "not an address",
];

const PUBLIC_ADDRESSES = [
  "1.1.1.1",
  "8.8.8.8",
  "93.184.216.34",
  "172.15.0.1",
  "172.32.0.1",
  "100.128.0.1",
  "::ffff:8.8.8.8",
  "2606:4700::1111",
  "2a00:1450:4007::1",
];

describe("an address", () => {
  it.each(FORBIDDEN_ADDRESSES)("%j is not public", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(PUBLIC_ADDRESSES)("%s is public", (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  const sandbox = { ports: [443], loopback: true };
  it.each([
    ["localhost", "127.0.0.1", true],
    ["localhost", "::1", true],
    ["127.0.0.1", "127.0.0.1", true],
    ["[::1]", "::1", true],
    ["internal.example", "127.0.0.1", false],
    ["localhost", "10.0.0.1", false],
    ["10.0.0.1", "10.0.0.1", false],
  ])("in the sandbox %s may lead to %s: %s", (hostname, address, allowed) => {
    expect(mayConnect(hostname, address, sandbox)).toBe(allowed);
    expect(mayConnect(hostname, address, PUBLIC_ONLY)).toBe(false);
  });
});

describe("a URL", () => {
  it.each([
    ["https://shop.example/hooks", undefined],
    ["https://shop.example:8443/hooks?x=1", undefined],
    ["https://[2606:4700::1111]/", undefined],
    ["http://shop.example/hooks", "begins with https"],
    ["ftp://shop.example/hooks", "begins with https"],
    ["file:///etc/passwd", "begins with https"],
    ["javascript:alert(1)", "begins with https"],
    ["https://user:pass@shop.example/", "without user and password"],
    ["https://user@shop.example/", "without user and password"],
    ["https://shop.example:22/", "ports 443, 8443"],
    ["https://shop.example:80/", "ports 443, 8443"],
    ["https://127.0.0.1/", "public address"],
    ["shop.example/hooks", "absolute URL"],
    ["", "absolute URL"],
    ["https://", "absolute URL"],
  ])("%s: %s", (url, says) => {
    if (says === undefined) expect(urlProblem(url, PUBLIC_ONLY)).toBeUndefined();
    else expect(urlProblem(url, PUBLIC_ONLY)).toContain(says);
  });

  it.each([
    ["http://localhost:3000/", undefined],
    ["http://127.0.0.1:3000/", undefined],
    ["http://[::1]:3000/", undefined],
    ["https://localhost:3000/", undefined],
    ["http://shop.example/", "begins with https"],
    ["http://10.0.0.1/", "begins with https"],
    ["https://10.0.0.1/", "public address"],
    ["https://shop.example:3000/", "ports"],
  ])("in the sandbox %s: %s", (url, says) => {
    const problem = urlProblem(url, { ports: [443], loopback: true });
    if (says === undefined) expect(problem).toBeUndefined();
    else expect(problem).toContain(says);
  });
});

/** Ways to write this machine and its neighbours; `PORT` becomes the port of a listener that must never be reached. */
const HOSTILE_URLS = [
  "https://127.0.0.1:PORT/",
  "https://127.1:PORT/",
  "https://127.0.1:PORT/",
  "https://2130706433:PORT/",
  "https://0x7f000001:PORT/",
  "https://0x7f.1:PORT/",
  "https://0x7f.0x0.0x0.0x1:PORT/",
  "https://0177.0.0.1:PORT/",
  "https://017700000001:PORT/",
  "https://127.0.0.1.:PORT/",
  "https://127.255.255.254:PORT/",
  "https://0:PORT/",
  "https://0.0.0.0:PORT/",
  "https://0x0:PORT/",
  "https://00000:PORT/",
  "https://[::]:PORT/",
  "https://[::1]:PORT/",
  "https://[0:0:0:0:0:0:0:1]:PORT/",
  "https://[0000::1]:PORT/",
  "https://[::ffff:127.0.0.1]:PORT/",
  "https://[::ffff:7f00:1]:PORT/",
  "https://[::127.0.0.1]:PORT/",
  "https://[::7f00:1]:PORT/",
  "https://[::ffff:0:127.0.0.1]:PORT/",
  "https://[64:ff9b::127.0.0.1]:PORT/",
  "https://[64:ff9b:1::7f00:1]:PORT/",
  "https://[2002:7f00:1::]:PORT/",
  "https://[2001::7f00:1]:PORT/",
  "https://[fe80::1]:PORT/",
  "https://[fec0::1]:PORT/",
  "https://[fd00::1]:PORT/",
  "https://[ff02::1]:PORT/",
  "https://[2001:db8::1]:PORT/",
  "https://10.0.0.1:PORT/",
  "https://172.16.0.1:PORT/",
  "https://192.168.1.1:PORT/",
  "https://169.254.169.254:PORT/latest/meta-data/",
  "https://0xa9fea9fe:PORT/",
  "https://2852039166:PORT/",
  "https://[::ffff:169.254.169.254]:PORT/",
  "https://100.64.0.1:PORT/",
  "https://198.18.0.1:PORT/",
  "https://192.0.0.1:PORT/",
  "https://224.0.0.1:PORT/",
  "https://255.255.255.255:PORT/",
  "https://240.0.0.1:PORT/",
  "https://localhost:PORT/",
  "https://LOCALHOST:PORT/",
  "https://localhost.:PORT/",
  "https://①②⑦.⓪.⓪.①:PORT/",
  "https://127。0。0。1:PORT/",
  "https://%31%32%37.0.0.1:PORT/",
  "https://loop.test:PORT/",
  "https://loop6.test:PORT/",
  "https://mapped.test:PORT/",
  "https://private.test:PORT/",
  "https://metadata.test:PORT/",
  "https://mixed.test:PORT/",
  "https://nat64.test:PORT/",
  "https://zero.test:PORT/",
  "https://user:pass@127.0.0.1:PORT/",
  "https://shop.example@127.0.0.1:PORT/",
  "https://shop.example#@127.0.0.1:PORT/",
  "https://127.0.0.1:PORT\\@shop.example/",
  "http://127.0.0.1:PORT/",
  "HTTP://127.0.0.1:PORT/",
  "http://localhost:PORT/",
  "ws://127.0.0.1:PORT/",
  "gopher://127.0.0.1:PORT/_x",
  "file://127.0.0.1:PORT/etc/passwd",
  "unix:///run/redis.sock",
  "//127.0.0.1:PORT/",
  "https:127.0.0.1:PORT/",
  "https:/127.0.0.1:PORT/",
  "https:\\\\127.0.0.1:PORT/",
  " https://127.0.0.1:PORT/",
  "https://127.0.0.1\t:PORT/",
];

const NAMES: Readonly<Record<string, readonly string[]>> = {
  localhost: ["127.0.0.1", "::1"],
  "localhost.": ["127.0.0.1"],
  "loop.test": ["127.0.0.1"],
  "loop6.test": ["::1"],
  "mapped.test": ["::ffff:127.0.0.1"],
  "private.test": ["10.0.0.1"],
  "metadata.test": ["169.254.169.254"],
  "mixed.test": ["127.0.0.1", "93.184.216.34"],
  "nat64.test": ["64:ff9b::7f00:1"],
  "zero.test": ["0.0.0.0"],
};

describe("a delivery", () => {
  let canary: Server;
  let agent: DeliveryAgent;
  let port: number;
  let reached = 0;

  beforeAll(async () => {
    canary = createServer((socket) => {
      reached += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => canary.listen(0, "::", resolve));
    const address = canary.address();
    port = typeof address === "object" && address !== null ? address.port : 0;
    // The canary's port is allowed, so that nothing but the address can be the reason for a refusal.
    agent = createDeliveryAgent(
      { ports: [443, port], loopback: false },
      {
        resolve: (hostname, _options, answer) => {
          const addresses = NAMES[hostname.toLowerCase()] ?? [];
          const found = addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
          answer(found.length === 0 ? Object.assign(new Error("no such name"), { code: "ENOTFOUND" }) : null, found);
        },
      },
    );
  });

  afterAll(async () => {
    await agent.close();
    await new Promise((resolve) => canary.close(resolve));
  });

  it("has at least sixty hostile URLs to be tried against", () => {
    expect(new Set(HOSTILE_URLS).size).toBeGreaterThanOrEqual(60);
  });

  it.each(HOSTILE_URLS)("to %s reaches nobody", async (template) => {
    const url = template.replace("PORT", String(port));
    const outcome = await deliver(
      {
        url,
        id: "n-1",
        timestamp: 1,
        body: "{}",
        secrets: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        timeoutMs: 5_000,
      },
      agent,
    );
    expect(outcome.kind).toBe("failed");
    if (!template.includes("shop.example#")) expect(outcome).toMatchObject({ error: "ADDRESS_FORBIDDEN" });
    expect(reached).toBe(0);
  });

  it("would have been noticed by the listener: a sandbox policy does reach it", async () => {
    const sandbox = createDeliveryAgent({ ports: [], loopback: true });
    const secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"];
    const request = {
      url: `https://127.0.0.1:${port}/`,
      id: "n-1",
      timestamp: 1,
      body: "{}",
      secrets,
      timeoutMs: 5_000,
    };
    expect(await deliver(request, sandbox)).toMatchObject({ kind: "failed", error: "CONNECTION_LOST" });
    expect(reached).toBe(1);
    await sandbox.close();
  });
});
