import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLog } from "../../src/log.ts";
import { buildApp } from "../../src/web/app.ts";
import { ROUTES } from "../../src/web/routes.ts";
import { ndjson, openWeb, orderOf, type WebWorld } from "./web-world.ts";

let web: WebWorld;
const lines: string[] = [];
beforeAll(async () => {
  web = await openWeb(createLog({ level: "trace", to: { write: (line) => void lines.push(line) } }));
});
afterAll(() => web.close());

describe("the HTTP edge", () => {
  it("says that it lives and that its store answers", async () => {
    expect((await web.get("/health")).body).toEqual({ ok: true });
    expect((await web.get("/ready")).body).toEqual({ ok: true });
  });

  it("is not ready, without saying why to strangers, when the store does not answer", async () => {
    const broken = new Proxy(web.context.store, {
      get: (store, name, receiver) => {
        if (name === "db") throw new Error("no such host db.internal");
        return Reflect.get(store, name, receiver) as unknown;
      },
    });
    const app = buildApp({ ...web.context, store: broken });
    const ready = await app.inject({ method: "GET", url: "/ready" });
    expect(ready.statusCode).toBe(503);
    expect(ready.body).not.toContain("db.internal");
    expect((await app.inject({ method: "GET", url: "/health" })).statusCode).toBe(200);
    await app.close();
  });

  it("gives the figures that operations watch", async () => {
    const { text, headers } = await web.get("/metrics");
    expect(headers.get("content-type")).toContain("text/plain");
    expect(text).toMatch(/^remit_transfers\{state="SCHEDULED"\} [1-9]/m);
    expect(text).toMatch(/^remit_notifications_pending\{endpoint_state="ACTIVE"\} [1-9]/m);
    expect(text).toContain("remit_oldest_unsent_file_age_seconds 0");
    expect(text).toContain('remit_http_requests_total{method="GET",path="/health",status="200"}');
    for (const name of ["remit_transfer_files", "remit_exceptions_open", "remit_authorisations_open"]) {
      expect(text).toContain(`# TYPE ${name} gauge`);
    }
  });

  it("describes every route in OpenAPI, with its parameters, answer and role", async () => {
    const { body } = await web.get("/openapi.json");
    const paths = body.paths as Record<string, Record<string, Record<string, unknown>>>;
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described).toEqual(ROUTES.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/, "{$1}")}`));
    expect(paths["/v1/orders/{ref}"]?.get).toMatchObject({
      security: [{ key: [] }],
      "x-remit-role": "reader",
      parameters: [{ name: "ref", in: "path", required: true }],
    });
    expect(JSON.stringify(paths["/v1/orders"]?.get?.parameters)).toContain('"ABANDONED"');
    expect(paths["/health"]?.get).toMatchObject({ security: [] });
  });

  it("takes an import by the importer's own rules, whole, and again without effect", async () => {
    const body = ndjson(orderOf("SHOPS", "api-1"));
    const first = await web.post("/v1/import", body, web.keys.shops);
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({ ok: true });
    expect((await web.get("/v1/orders/api-1", web.keys.shops)).body).toMatchObject({ orderStatus: "PAID" });
    expect((await web.post("/v1/import", body, web.keys.shops)).body).toMatchObject({ counts: { known: 2 } });
  });

  it("tells every fault of an import by its line, and imports nothing of it", async () => {
    const [order = {}, transaction = {}] = orderOf("SHOPS", "api-2");
    const body = ndjson([order, { ...transaction, amount: 12.5 }, { ...order, id: "api-3", amount: 1 }]);
    const { status, body: answer } = await web.post("/v1/import", `${body}not json\n`, web.keys.shops);
    expect(status).toBe(400);
    const wheres = (answer.findings as { where: string }[]).map(({ where }) => where.split(" ")[0]);
    expect(new Set(wheres)).toEqual(new Set(["body:2", "body:3", "body:4"]));
    expect((await web.get("/v1/orders/api-2", web.keys.shops)).status).toBe(404);
  });

  it.each([
    ["an unknown path", "GET", "/v2/orders", 404, "NOT_FOUND"],
    ["a method that the path does not have", "POST", "/v1/orders", 404, "NOT_FOUND"],
    ["a path that cannot be decoded", "GET", "/v1/orders/%ZZ", 400, "INPUT_INVALID"],
    ["a path that climbs", "GET", "/v1/orders/..%2f..%2fetc", 404, "NOT_FOUND"],
  ])("refuses %s in the one form of refusals", async (_what, method, path, status, code) => {
    const answer = await (method === "GET" ? web.get(path, web.keys.shops) : web.post(path, "", web.keys.shops));
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ ok: false, findings: [{ code }] });
  });

  it("reads no body of another type", async () => {
    const { status, body } = await web.post("/v1/import", "{}", web.keys.shops, "application/json");
    expect(status).toBe(415);
    expect(body).toMatchObject({ findings: [{ code: "MEDIA_TYPE_UNKNOWN" }] });
  });

  it("stops reading a body that is longer than allowed, announced or not", async () => {
    const line = Buffer.alloc(1024 * 1024, 0x20);
    const send = (headers: Record<string, string>, megabytes: number) =>
      new Promise<number>((resolve, reject) => {
        const options = {
          method: "POST",
          headers: { authorization: `Bearer ${web.keys.shops}`, "content-type": "application/x-ndjson", ...headers },
        };
        const call = request(`${web.url}/v1/import`, options, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
          call.destroy();
        });
        call.on("error", reject);
        const write = (left: number): void => {
          if (left === 0) call.end();
          else if (!call.destroyed) call.write(line, () => write(left - 1));
        };
        write(megabytes);
      });
    expect(await send({}, 66)).toBe(413);
    expect(await send({ "content-length": String(65 * 1024 * 1024) }, 1)).toBe(413);
  });

  it("protects every answer by its headers, refusals too", async () => {
    for (const path of ["/health", "/v1/orders", "/nowhere"]) {
      const { headers } = await web.get(path);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
      expect(headers.get("server")).toBeNull();
    }
  });

  it("answers an error that nobody foresaw without its message or stack, and logs it with the request's id", async () => {
    const [first] = ROUTES;
    if (first === undefined) throw new Error("there are no routes");
    const failing = {
      ...first,
      path: "/fails",
      run: () => Promise.reject(new Error("password is hunter2 at db.internal")),
    };
    const app = buildApp(web.context, [failing]);
    const answer = await app.inject({ method: "GET", url: "/fails" });
    expect(answer.statusCode).toBe(500);
    expect(answer.json()).toMatchObject({ ok: false, findings: [{ code: "UNEXPECTED" }] });
    expect(answer.body).not.toMatch(/hunter2|db\.internal|\.ts:/);
    expect(
      lines.some((line) => line.includes(String(answer.headers["x-request-id"])) && line.includes('"level":50')),
    ).toBe(true);
    await app.close();
  });

  it("lets nothing out that the shape of the answer does not name", async () => {
    const balances = ROUTES.find(({ path }) => path === "/v1/sellers/:ref/balances");
    const parsed = balances?.answer.parse({ seller: "ana", onboarding: "VALIDATED", balances: [], iban: "FR76" });
    expect(parsed).toEqual({ seller: "ana", onboarding: "VALIDATED", balances: [] });
  });

  it("logs requests by route, key id and status, and never a key or what stood in the path", async () => {
    const iban = "FR7630006000011234567890189";
    await web.get(`/v1/orders/${iban}`, web.keys.shops);
    await web.get(`/v1/orders?after=${iban}&key=${web.keys.shops}`, web.keys.shops);
    await web.get("/v1/orders", `${web.keys.shops}x`);
    const log = lines.join("");
    expect(log).toContain('"path":"/v1/orders/:ref"');
    expect(log).toContain('"marketplace":"SHOPS"');
    expect(log).not.toContain(iban);
    for (const key of Object.values(web.keys)) expect(log).not.toContain(key.slice(-43));
  });

  it("masks a key wherever it gets into the log", () => {
    web.context.log.info({ note: `they sent ${web.keys.shops}` }, "a support case");
    expect(lines.at(-1)).not.toContain(web.keys.shops.slice(-43));
  });
});
