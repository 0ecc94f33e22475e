import { createServer, type Server, type ServerResponse } from "node:http";
import { Agent } from "undici";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Call, jsonCall } from "../../src/gateways/json-call.ts";

let server: Server;
let agent: Agent;
let arrived: string[];
let waiting: ServerResponse[];

beforeEach(async () => {
  arrived = [];
  waiting = [];
  server = createServer((request, response) => {
    arrived.push(request.url ?? "");
    if (request.url === "/slow") waiting.push(response);
    else response.end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  agent = new Agent({ connections: 1 });
});

afterEach(async () => {
  await agent.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function call(path: string, timeoutMs = 10_000): Call {
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { origin: `http://127.0.0.1:${port}`, path, method: "POST", headers: {}, body: "{}", timeoutMs };
}

describe("a call that waits for a free connection", () => {
  it("until its deadline was never sent, and is not sent afterwards either", async () => {
    const slow = jsonCall(agent, call("/slow"));
    await expect.poll(() => waiting.length).toBe(1);
    expect(await jsonCall(agent, call("/hasty", 50))).toMatchObject({ kind: "not-sent" });
    const patient = jsonCall(agent, call("/patient"));
    waiting[0]?.end("{}");
    expect(await slow).toMatchObject({ kind: "answered", status: 200 });
    expect(await patient).toMatchObject({ kind: "answered", status: 200 });
    // What came after it has arrived, so it had its turn.
    expect(arrived).toEqual(["/slow", "/patient"]);
  });
});

describe("a call that was sent", () => {
  it("and is not answered by its deadline is lost, late", async () => {
    expect(await jsonCall(agent, call("/slow", 100))).toEqual({ kind: "lost", late: true });
    expect(arrived).toEqual(["/slow"]);
  });

  it("and whose answer breaks off is lost", async () => {
    const slow = jsonCall(agent, call("/slow"));
    await expect.poll(() => waiting.length).toBe(1);
    waiting[0]?.writeHead(200, { "content-length": "100" }).write("{");
    waiting[0]?.socket?.end();
    expect(await slow).toEqual({ kind: "lost", late: false });
  });
});
