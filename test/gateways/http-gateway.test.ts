import { createServer, type Server, type ServerResponse } from "node:http";
import { createServer as createTcpServer } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Gateway } from "../../src/gateways/gateway.ts";
import { httpGateway } from "../../src/gateways/http-gateway.ts";
import { type SandboxGateway, startSandboxGateway } from "../../src/sandbox/sandbox-gateway.ts";

const NOW = new Date("2026-11-20T02:00:00Z");
const KEY = "test-key";
let bank: SandboxGateway;
let gateway: Gateway;

beforeEach(async () => {
  bank = await startSandboxGateway({ clock: () => NOW, apiKey: KEY });
  gateway = httpGateway({ url: bank.url, key: KEY, timeoutMs: 10_000 });
});

afterEach(async () => {
  await gateway.close();
  await bank.stop();
});

const ORDER = { reference: "order-1", orderRef: "O-1", amount: 10_000n, currency: "EUR", token: "tok-1" };

async function authorised(change: Partial<typeof ORDER> = {}): Promise<string> {
  const result = await gateway.authorise({ ...ORDER, ...change });
  if (result.kind !== "done") throw new Error(`an authorisation was expected, found ${result.kind}`);
  return result.value.authorisationId;
}

describe("the HTTP gateway", () => {
  it("authorises an amount and tells until when it can be captured", async () => {
    expect(await gateway.authorise(ORDER)).toEqual({
      kind: "done",
      repeated: false,
      value: {
        authorisationId: expect.any(String),
        reference: "order-1",
        amount: 10_000n,
        currency: "EUR",
        honourUntil: new Date("2026-11-27T02:00:00Z"),
        expiresAt: new Date("2026-12-03T02:00:00Z"),
      },
    });
  });

  it("captures parts for sellers, cancels the rest and refunds", async () => {
    const authorisationId = await authorised();
    const capture = { authorisationId, currency: "EUR", sellerRef: "S-1", fee: 150n };
    expect(await gateway.capture({ ...capture, reference: "c-1", amount: 6_000n })).toMatchObject({
      kind: "done",
      value: { authorisationId, reference: "c-1", amount: 6_000n, currency: "EUR", at: NOW },
    });
    const rest = { authorisationId, reference: "x-1", amount: 4_000n, currency: "EUR" };
    expect(await gateway.cancel(rest)).toMatchObject({ kind: "done", value: { amount: 4_000n } });
    const refund = { authorisationId, reference: "r-1", amount: 1_000n, currency: "EUR", sellerRef: "S-1" };
    expect(await gateway.refund(refund)).toMatchObject({ kind: "done", value: { amount: 1_000n } });
    expect(bank.captures()).toMatchObject([
      { reference: "c-1", amountMinor: 6_000n, sellerRef: "S-1", feeMinor: 150n },
    ]);
  });

  it("keeps every digit of an amount that is no safe JSON number", async () => {
    const amount = 900_719_925_474_099_301n;
    expect(await gateway.authorise({ ...ORDER, amount })).toMatchObject({ kind: "done", value: { amount } });
  });

  it("answers a repeated reference with what it came to the first time", async () => {
    const authorisationId = await authorised();
    const capture = { authorisationId, reference: "c-1", amount: 6_000n, currency: "EUR" };
    const first = await gateway.capture(capture);
    const second = await gateway.capture(capture);
    expect(first).toMatchObject({ kind: "done", repeated: false });
    expect(second).toMatchObject({ kind: "done", repeated: true });
    expect(bank.captures()).toHaveLength(1);
  });

  it("throws when a reference comes back with other content", async () => {
    const authorisationId = await authorised();
    const capture = { authorisationId, reference: "c-1", amount: 6_000n, currency: "EUR" };
    await gateway.capture(capture);
    await expect(gateway.capture({ ...capture, amount: 1n })).rejects.toMatchObject({ code: "DUPLICATE_DIFFERS" });
  });

  it("tells a refusal with the gateway's own code", async () => {
    const authorisationId = await authorised();
    const much = { authorisationId, reference: "c-9", amount: 10_001n, currency: "EUR" };
    expect(await gateway.capture(much)).toMatchObject({ kind: "refused", code: "AMOUNT_TOO_HIGH" });
    const other = { authorisationId: "auth-none", reference: "c-8", amount: 1n, currency: "EUR" };
    expect(await gateway.capture(other)).toMatchObject({ kind: "refused", code: "NOT_FOUND" });
    const nothing = { authorisationId, reference: "c-7", amount: 0n, currency: "EUR" };
    expect(await gateway.capture(nothing)).toMatchObject({ kind: "refused", code: "INVALID" });
    bank.setBehaviour([{ when: { kind: "authorisation" }, do: { kind: "decline", code: "INSUFFICIENT_FUNDS" } }]);
    const declined = await gateway.authorise({ ...ORDER, reference: "order-2" });
    expect(declined).toMatchObject({ kind: "refused", code: "INSUFFICIENT_FUNDS" });
  });

  it("throws for a key that is not accepted, without showing it", async () => {
    const stranger = httpGateway({ url: bank.url, key: "stolen-key" });
    const error = await stranger.authorise(ORDER).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "GATEWAY_REFUSED" });
    expect(String(error)).not.toContain("stolen-key");
    await stranger.close();
  });
});

describe("an operation whose answer is lost", () => {
  it.each([
    ["the connection is cut", { kind: "cut", performed: true }, "CONNECTION_LOST"],
    ["the connection is cut", { kind: "cut", performed: false }, "CONNECTION_LOST"],
    ["the gateway is silent", { kind: "no-answer", performed: true }, "NO_ANSWER_IN_TIME"],
    ["the gateway is silent", { kind: "no-answer", performed: false }, "NO_ANSWER_IN_TIME"],
    ["the gateway fails", { kind: "error", performed: true }, "SERVER_ERROR"],
    ["the gateway fails", { kind: "error", performed: false }, "SERVER_ERROR"],
  ] as const)("because %s (%j) is unknown until it is looked up", async (_name, effect, why) => {
    const authorisationId = await authorised();
    bank.setBehaviour([{ when: { kind: "capture" }, do: effect, times: 1 }]);
    const hasty = httpGateway({ url: bank.url, key: KEY, timeoutMs: 300 });
    const capture = { authorisationId, reference: "c-1", amount: 6_000n, currency: "EUR" };
    expect(await hasty.capture(capture)).toEqual({ kind: "unknown", why });
    await hasty.close();
    expect(bank.captures()).toHaveLength(effect.performed ? 1 : 0);
    const found = await gateway.find("c-1");
    if (effect.performed) {
      expect(found).toMatchObject({ kind: "operated", value: { reference: "c-1", amount: 6_000n, at: NOW } });
    } else {
      expect(found).toEqual({ kind: "absent" });
    }
    // The same reference once more is safe either way.
    expect(await gateway.capture(capture)).toMatchObject({ kind: "done", repeated: effect.performed });
    expect(bank.captures()).toHaveLength(1);
  });

  it("is found as authorised, as refused, or not at all", async () => {
    const authorisationId = await authorised();
    await gateway.capture({ authorisationId, reference: "c-9", amount: 10_001n, currency: "EUR" });
    expect(await gateway.find("order-1")).toMatchObject({ kind: "authorised", value: { authorisationId } });
    expect(await gateway.find("c-9")).toMatchObject({ kind: "refused", code: "AMOUNT_TOO_HIGH" });
    expect(await gateway.find("never/../seen?x=1")).toEqual({ kind: "absent" });
  });
});

describe("a request that never left", () => {
  it("because nobody listens throws, to be tried later", async () => {
    await bank.stop();
    await expect(gateway.authorise(ORDER)).rejects.toMatchObject({
      code: "GATEWAY_UNREACHABLE",
      traits: { retry: "later" },
    });
  });
});

describe("an answer that cannot be trusted", () => {
  let server: Server;
  let reply: (response: ServerResponse) => void;
  let port = 0;

  beforeAll(async () => {
    server = createServer((request, response) => {
      request.resume();
      request.on("end", () => reply(response));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    port = typeof address === "object" && address !== null ? address.port : 0;
  });

  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const good = {
    status: "SUCCEEDED",
    operationId: "op-1",
    authorisationId: "a-1",
    reference: "c-1",
    amount: "6000",
    currency: "EUR",
    at: "2026-11-20T02:00:00Z",
  };
  const { operationId: _, ...nameless } = good;

  it.each([
    ["nothing", 201, "", "ANSWER_UNREADABLE"],
    ["half a JSON", 201, '{"status":"SUCC', "ANSWER_UNREADABLE"],
    ["a page", 200, "<html>login</html>", "ANSWER_UNREADABLE"],
    ["null", 200, "null", "ANSWER_UNREADABLE"],
    ["no operation id", 201, JSON.stringify(nameless), "ANSWER_UNREADABLE"],
    ["a number for the amount", 201, JSON.stringify({ ...good, amount: 6000 }), "ANSWER_UNREADABLE"],
    ["a decimal amount", 201, JSON.stringify({ ...good, amount: "60.00" }), "ANSWER_UNREADABLE"],
    ["another status word", 201, JSON.stringify({ ...good, status: "PENDING" }), "ANSWER_UNREADABLE"],
    ["a redirect", 302, "", "ANSWER_UNREADABLE"],
    ["a bad gateway", 502, "", "SERVER_ERROR"],
    ["another amount", 201, JSON.stringify({ ...good, amount: "6001" }), "ANSWER_DIFFERS"],
    ["another currency", 201, JSON.stringify({ ...good, currency: "CHF" }), "ANSWER_DIFFERS"],
    ["another reference", 201, JSON.stringify({ ...good, reference: "c-2" }), "ANSWER_DIFFERS"],
    ["another authorisation", 201, JSON.stringify({ ...good, authorisationId: "a-2" }), "ANSWER_DIFFERS"],
    ["a refusal of another", 422, '{"status":"REFUSED","reference":"c-2","code":"X"}', "ANSWER_DIFFERS"],
    ["more than a megabyte", 201, `"${"x".repeat(1024 * 1024)}"`, "CONNECTION_LOST"],
  ])("(%s, %i) leaves the operation unknown", async (_name, status, body, why) => {
    reply = (response) => response.writeHead(status).end(body);
    const strange = httpGateway({ url: `http://127.0.0.1:${port}/`, key: KEY });
    const capture = { authorisationId: "a-1", reference: "c-1", amount: 6_000n, currency: "EUR" };
    expect(await strange.capture(capture)).toEqual({ kind: "unknown", why });
    await strange.close();
  });

  it("is not followed to where it redirects", async () => {
    let calls = 0;
    reply = (response) => {
      calls += 1;
      response.writeHead(307, { location: "/elsewhere" }).end();
    };
    const strange = httpGateway({ url: `http://127.0.0.1:${port}`, key: KEY });
    await strange.find("c-1");
    expect(calls).toBe(1);
    await strange.close();
  });

  it("shows no card number that the gateway echoes", async () => {
    const body = JSON.stringify({ code: "BAD", message: `card 4111 1111 1111 1111 ${"x".repeat(500)}` });
    reply = (response) => response.writeHead(400).end(body);
    const strange = httpGateway({ url: `http://127.0.0.1:${port}`, key: KEY });
    const result = await strange.authorise(ORDER);
    expect(result).toMatchObject({ kind: "refused", code: "BAD", message: expect.stringContaining("**** 1111") });
    expect(result.kind === "refused" && result.message.length).toBe(200);
    await strange.close();
  });

  it("turned away for its rate is tried later", async () => {
    reply = (response) => response.writeHead(429).end();
    const strange = httpGateway({ url: `http://127.0.0.1:${port}`, key: KEY });
    await expect(strange.authorise(ORDER)).rejects.toMatchObject({ code: "GATEWAY_UNREACHABLE" });
    await strange.close();
  });
});

describe("the base URL", () => {
  it.each([
    "http://gateway.example",
    "ftp://127.0.0.1",
    "https://user:pass@gateway.example",
    "https://g.example?x=1",
    "",
    "x",
  ])("%j is refused", (url) => {
    expect(() => httpGateway({ url, key: KEY })).toThrow("https://");
  });

  it("may have a path, which stays in front", async () => {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      response.writeHead(404).end("{}");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const nested = httpGateway({ url: `http://127.0.0.1:${port}/api/v1/`, key: KEY });
    await nested.find("a b/c");
    await nested.close();
    await new Promise((resolve) => server.close(resolve));
    expect(seen).toEqual(["GET /api/v1/operations/a%20b%2Fc"]);
  });
});

describe("a TLS port that answers no TLS", () => {
  it("counts as unreachable: the request never left", async () => {
    const plain = createTcpServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => plain.listen(0, "127.0.0.1", resolve));
    const address = plain.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const secure = httpGateway({ url: `https://127.0.0.1:${port}`, key: KEY });
    await expect(secure.authorise(ORDER)).rejects.toMatchObject({ code: "GATEWAY_UNREACHABLE" });
    await secure.close();
    await new Promise((resolve) => plain.close(resolve));
  });
});
