import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type DeliveryRequest, deliver } from "../../src/notify/deliver.ts";
import { createDeliveryAgent, type DeliveryAgent } from "../../src/notify/delivery-agent.ts";
import { selfSigned } from "./self-signed.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const SANDBOX = { ports: [], loopback: true };

interface Received {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly port: number | undefined;
}

let server: Server;
let agent: DeliveryAgent;
let answer: (response: ServerResponse, url: string) => unknown;
let received: Received[] = [];

function portOf(listening: { address(): string | AddressInfo | null }): number {
  const address = listening.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method, url, headers, socket } = request;
      received.push({ method, url, headers, body: Buffer.concat(chunks).toString(), port: socket.remotePort });
      answer(response, url ?? "");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  agent = createDeliveryAgent(SANDBOX);
});

beforeEach(() => {
  received = [];
  answer = (response) => response.writeHead(204).end();
});

afterAll(async () => {
  await agent.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function request(change: Partial<DeliveryRequest> = {}): DeliveryRequest {
  return {
    url: `http://127.0.0.1:${portOf(server)}/hooks?shop=1`,
    id: "n-1",
    timestamp: Math.floor(Date.now() / 1000),
    body: '{"type":"transfer.executed","name":"Zoë"}',
    secrets: [SECRET],
    timeoutMs: 10_000,
    ...change,
  };
}

describe("a delivery", () => {
  it("is a POST that the reference library of Standard Webhooks verifies", async () => {
    expect(await deliver(request(), agent)).toMatchObject({ kind: "delivered", status: 204 });
    const [call] = received;
    expect(call).toMatchObject({ method: "POST", url: "/hooks?shop=1", body: request().body });
    expect(call?.headers["content-type"]).toBe("application/json");
    const headers = Object.fromEntries(
      Object.entries(call?.headers ?? {}).map(([name, value]) => [name, String(value)]),
    );
    expect(new Webhook(SECRET).verify(call?.body ?? "", headers)).toMatchObject({ type: "transfer.executed" });
  });

  it("carries the endpoint's own headers, which can replace neither ours nor the connection's", async () => {
    const headers = {
      "X-Tenant": "7",
      "Webhook-Id": "forged",
      "WEBHOOK-SIGNATURE": "v1,forged",
      Host: "internal.example",
      "Content-Length": "1",
      "Transfer-Encoding": "chunked",
    };
    expect(await deliver(request({ headers }), agent)).toMatchObject({ kind: "delivered" });
    expect(received[0]?.headers).toMatchObject({ "x-tenant": "7", "webhook-id": "n-1" });
    expect(received[0]?.headers.host).toBe(`127.0.0.1:${portOf(server)}`);
    expect(received[0]?.headers["webhook-signature"]).not.toContain("forged");
  });

  it("refuses a header that would smuggle a second one in", async () => {
    const outcome = await deliver(request({ headers: { "x-a": "1\r\nx-b: 2" } }), agent);
    expect(outcome).toMatchObject({ kind: "failed", error: "REQUEST_INVALID" });
    expect(received).toHaveLength(0);
  });

  it("uses its connections again, also after an answer with a body", async () => {
    answer = (response) => response.writeHead(500).end("x".repeat(10_000));
    for (let n = 0; n < 20; n += 1) await deliver(request(), agent);
    expect(new Set(received.map(({ port }) => port)).size).toBeLessThanOrEqual(2);
  });

  it.each([
    [200, { kind: "delivered" }],
    [201, { kind: "delivered" }],
    [299, { kind: "delivered" }],
    [300, { kind: "failed", error: "REDIRECTED" }],
    [304, { kind: "failed", error: "REDIRECTED" }],
    [400, { kind: "failed", error: "STATUS" }],
    [404, { kind: "failed", error: "STATUS" }],
    [410, { kind: "gone" }],
    [429, { kind: "throttled", error: "STATUS" }],
    [500, { kind: "failed", error: "STATUS" }],
    [502, { kind: "throttled", error: "STATUS" }],
    [503, { kind: "failed", error: "STATUS" }],
    [504, { kind: "throttled", error: "STATUS" }],
  ])("answered with %i is %j", async (status, expected) => {
    answer = (response) => response.writeHead(status).end();
    expect(await deliver(request(), agent)).toMatchObject({ ...expected, status });
  });

  it.each([301, 302, 303, 307, 308])("does not follow a redirect (%i)", async (status) => {
    answer = (response, url) =>
      url === "/elsewhere"
        ? response.writeHead(200).end()
        : response.writeHead(status, { location: "/elsewhere" }).end();
    expect(await deliver(request(), agent)).toMatchObject({ kind: "failed", error: "REDIRECTED", status });
    expect(received).toHaveLength(1);
  });

  it("tells for how long the endpoint asks to be left alone", async () => {
    answer = (response) => response.writeHead(429, { "retry-after": "120" }).end();
    expect(await deliver(request(), agent)).toMatchObject({ kind: "throttled", retryAfterMs: 120_000 });
  });

  it("takes the status for the answer even when the body never ends or is endless", async () => {
    answer = (response) => response.writeHead(200).write("...");
    expect(await deliver(request({ timeoutMs: 300 }), agent)).toMatchObject({ kind: "delivered", status: 200 });
    answer = (response) => {
      response.writeHead(200);
      const pump = () => {
        while (response.writable && response.write(Buffer.alloc(65_536)));
        if (response.writable) response.once("drain", pump);
      };
      pump();
    };
    expect(await deliver(request(), agent)).toMatchObject({ kind: "delivered", status: 200 });
  });
});

describe("a delivery that gets no answer", () => {
  it("because the endpoint is silent fails when its time is over", async () => {
    answer = () => undefined;
    expect(await deliver(request({ timeoutMs: 100 }), agent)).toMatchObject({ kind: "failed", error: "TIMEOUT" });
  });

  it("because the headers come drop by drop fails when its time is over", async () => {
    answer = (response) => {
      response.socket?.write("HTTP/1.1 200 OK\r\n");
      const drip = setInterval(() => response.socket?.write("x-a: 1\r\n"), 20);
      response.socket?.once("close", () => clearInterval(drip));
    };
    expect(await deliver(request({ timeoutMs: 200 }), agent)).toMatchObject({ kind: "failed", error: "TIMEOUT" });
  });

  it("because the connection is cut fails as lost", async () => {
    answer = (response) => response.destroy();
    expect(await deliver(request(), agent)).toMatchObject({ kind: "failed", error: "CONNECTION_LOST" });
    expect(received).toHaveLength(1);
  });

  it("because nobody listens fails as refused", async () => {
    const closed = createServer();
    await new Promise<void>((resolve) => closed.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${portOf(closed)}/`;
    await new Promise((resolve) => closed.close(resolve));
    expect(await deliver(request({ url }), agent)).toMatchObject({ kind: "failed", error: "CONNECTION_REFUSED" });
  });

  it("because the name does not exist fails as not found", async () => {
    const nowhere = createDeliveryAgent(
      { ports: [443], loopback: false },
      { resolve: (_name, _options, done) => done(Object.assign(new Error("none"), { code: "ENOTFOUND" }), []) },
    );
    const outcome = await deliver(request({ url: "https://nowhere.invalid/" }), nowhere);
    expect(outcome).toMatchObject({ kind: "failed", error: "NAME_NOT_FOUND" });
    await nowhere.close();
  });

  it("because every connection is busy fails when its time is over, and is not sent afterwards", async () => {
    const waiting: ServerResponse[] = [];
    answer = (response, url) => (url === "/slow" ? waiting.push(response) : response.end());
    const narrow = createDeliveryAgent(SANDBOX, { connectionsPerEndpoint: 1 });
    const to = (path: string, timeoutMs = 10_000) =>
      deliver(request({ url: `http://127.0.0.1:${portOf(server)}${path}`, timeoutMs }), narrow);
    const slow = to("/slow");
    await expect.poll(() => waiting.length).toBe(1);
    expect(await to("/hasty", 50)).toMatchObject({ kind: "failed", error: "TIMEOUT" });
    const patient = to("/patient");
    waiting[0]?.end();
    expect(await Promise.all([slow, patient])).toMatchObject([{ kind: "delivered" }, { kind: "delivered" }]);
    expect(received.map(({ url }) => url)).toEqual(["/slow", "/patient"]);
    await narrow.close();
  });

  it("throws for a secret that cannot sign, for that is ours to mend", async () => {
    await expect(deliver(request({ secrets: ["whsec_short"] }), agent)).rejects.toThrow("24 to 64 bytes");
    expect(received).toHaveLength(0);
  });
});

describe("a delivery over TLS", () => {
  it.each([
    ["is made when the certificate is trusted", "localhost", true, { kind: "delivered" }],
    ["fails when it is not", "localhost", false, { kind: "failed", error: "TLS_FAILED" }],
    ["fails when it is for another name", "other.example", true, { kind: "failed", error: "TLS_FAILED" }],
  ] as const)("%s", async (_name, certified, trusted, expected) => {
    const { certificate, key } = selfSigned(certified);
    const secure = createTlsServer({ cert: certificate, key }, (_request, response) => response.writeHead(200).end());
    await new Promise<void>((resolve) => secure.listen(0, "127.0.0.1", resolve));
    const trusting = createDeliveryAgent(SANDBOX, trusted ? { trustedCertificates: certificate } : {});
    const url = `https://localhost:${portOf(secure)}/`;
    expect(await deliver(request({ url }), trusting)).toMatchObject(expected);
    await trusting.close();
    secure.closeAllConnections();
    await new Promise((resolve) => secure.close(resolve));
  });
});
