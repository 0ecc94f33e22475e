import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApiKey, listApiKeys, revokeApiKey } from "../../src/app/api-keys.ts";
import { buildApp } from "../../src/web/app.ts";
import { ROUTES } from "../../src/web/routes.ts";
import { ndjson, openWeb, orderOf, type WebWorld } from "./web-world.ts";

/** What anybody may call; a route that is not here needs a key. */
const PUBLIC = ["GET /health", "GET /ready", "GET /metrics", "GET /openapi.json"];

let web: WebWorld;
/** A record of SHOPS for each route that names one. */
let paths: Record<string, string>;
beforeAll(async () => {
  web = await openWeb();
  const first = async (path: string) =>
    ((await web.get(path, web.keys.shops)).body.records as Record<string, string>[])[0] ?? {};
  paths = {
    "/v1/orders/:ref": "/v1/orders/SHOPS-1",
    "/v1/transfers/:endToEndId": `/v1/transfers/${(await first("/v1/transfers")).endToEndId}`,
    "/v1/notifications/:id": `/v1/notifications/${(await first("/v1/notifications")).id}`,
  };
});
afterAll(() => web.close());

const call = (method: string, path: string, key?: string) =>
  method === "GET" ? web.get(path, key) : web.post(path, "", key);
const named = ROUTES.map(({ method, path, role }) => [`${method} ${path}`, { method, path, role }] as const);
const keyed = named.filter(([name]) => !PUBLIC.includes(name));

describe("access", () => {
  it("is open to nobody but for the public routes", () => {
    expect(named.filter(([, { role }]) => role === "public").map(([name]) => name)).toEqual(PUBLIC);
  });

  it("is decided for every route that the server has", () => {
    const app = buildApp(web.context);
    const registered = ROUTES.filter(({ method, path }) => app.hasRoute({ method, url: path }));
    const printed = app
      .printRoutes({ commonPrefix: false })
      .match(/\((GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)[^)]*\)/g);
    expect(registered).toHaveLength(ROUTES.length);
    expect(printed).toHaveLength(ROUTES.length);
  });

  it("cannot be forgotten: a route that does not say who may call it is not registered", () => {
    const app = buildApp(web.context);
    expect(() => app.get("/v1/rogue", async () => "secrets")).toThrow("does not say who may call it");
  });

  it.each(keyed)("%s needs a key", async (_name, { method, path }) => {
    for (const key of [undefined, "", "remit_x", web.keys.shops.slice(0, -1), `${web.keys.shops.slice(0, -1)}~`]) {
      const { status, body, headers } = await call(method, path, key);
      expect(status).toBe(401);
      expect(headers.get("www-authenticate")).toBe("Bearer");
      expect(body).toMatchObject({ ok: false, findings: [{ code: "UNAUTHENTICATED" }] });
    }
  });

  it.each(keyed)("%s refuses a key whose secret is another one's", async (_name, { method, path }) => {
    const [, id] = web.keys.shops.split("_");
    const otherSecret = web.keys.other.slice(-43);
    expect((await call(method, path, `remit_${id}_${otherSecret}`)).status).toBe(401);
  });

  it.each(keyed.filter(([, { role }]) => role === "writer"))("%s needs more than a reader", async (_name, route) => {
    const { status, body } = await call(route.method, route.path, web.keys.shopsReader);
    expect(status).toBe(403);
    expect(body).toMatchObject({ findings: [{ code: "FORBIDDEN" }] });
  });

  it.each(keyed.filter(([, { path }]) => path.includes(":") && !path.includes("sellers")))(
    "%s answers another marketplace's key as if there were nothing",
    async (_name, { method, path }) => {
      const own = await call(method, paths[path] ?? "", web.keys.shops);
      const foreign = await call(method, paths[path] ?? "", web.keys.other);
      expect(own.status).toBe(200);
      expect(foreign.status).toBe(404);
      expect(foreign.body).toMatchObject({ ok: false, findings: [{ code: "NOT_FOUND" }] });
    },
  );

  it("shows sellers of one name to each marketplace as its own, and unknown ones to nobody", async () => {
    expect((await web.get("/v1/sellers/ana/balances", web.keys.other)).status).toBe(200);
    expect((await web.get("/v1/sellers/bob/balances", web.keys.other)).status).toBe(404);
  });

  it.each(keyed.filter(([, { method, path }]) => method === "GET" && !path.includes(":")))(
    "%s lists nothing of another marketplace",
    async (_name, { path }) => {
      const refsFor = async (key: string) =>
        ((await web.get(path, key)).body.records as Record<string, string>[]).map(
          (record) => record.endToEndId ?? record.id ?? record.ref,
        );
      const theirs = await refsFor(web.keys.other);
      const ours = await refsFor(web.keys.shops);
      expect(theirs.length).toBeGreaterThan(0);
      expect(ours.length).toBeGreaterThan(0);
      expect(theirs.filter((ref) => ours.includes(ref))).toEqual([]);
    },
  );

  it("imports only the key's own marketplace, and nothing at all of a body that names another one", async () => {
    const body = ndjson([...orderOf("OTHER", "new-1"), ...orderOf("SHOPS", "new-2")]);
    const { status, body: answer } = await web.post("/v1/import", body, web.keys.other);
    expect(status).toBe(403);
    expect(answer).toMatchObject({
      ok: false,
      findings: [
        { code: "FORBIDDEN", where: "body:3 marketplace", found: "SHOPS", expected: "OTHER" },
        { code: "FORBIDDEN", where: "body:4 marketplace" },
      ],
    });
    expect((await web.get("/v1/orders/new-1", web.keys.other)).status).toBe(404);
  });

  it("does not let a key change the agreements of its own marketplace", async () => {
    const body = ndjson([{ type: "marketplace", id: "SHOPS", debtor: { iban: "DE89370400440532013000" } }]);
    const { status, body: answer } = await web.post("/v1/import", body, web.keys.shops);
    expect(status).toBe(403);
    expect(answer).toMatchObject({ findings: [{ where: "body:1", found: "marketplace" }] });
  });

  it("ends when the key is revoked", async () => {
    const { id, key } = await createApiKey(web.context, { marketplace: "SHOPS", role: "reader" });
    expect((await web.get("/v1/orders", key)).status).toBe(200);
    await revokeApiKey(web.context, id);
    expect((await web.get("/v1/orders", key)).status).toBe(401);
    await expect(revokeApiKey(web.context, id)).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect((await listApiKeys(web.context, "SHOPS")).find((one) => one.id === id)?.revokedAt).not.toBeNull();
  });

  it("leaves nothing in the store that could be used as a key", async () => {
    const rows = JSON.stringify([
      await web.context.store.db.selectFrom("api_keys").select(["id", "secret_sha256", "role"]).execute(),
      await web.context.store.db.selectFrom("audit_log").select(["subject", "detail"]).execute(),
    ]);
    for (const key of Object.values(web.keys)) expect(rows).not.toContain(key.slice(-43));
  });

  it("is given to no unknown marketplace", async () => {
    const made = createApiKey(web.context, { marketplace: "NOBODY", role: "reader" });
    await expect(made).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});
