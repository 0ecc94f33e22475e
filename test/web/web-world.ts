/** The HTTP edge over a store with two marketplaces whose orders were imported, captured and settled, and a key for each. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createApiKey } from "../../src/app/api-keys.ts";
import { loadProfile } from "../../src/app/bank-profiles.ts";
import type { Context } from "../../src/app/context.ts";
import { importFiles } from "../../src/app/import-files.ts";
import { settle } from "../../src/app/settle.ts";
import { startWeb } from "../../src/web/server.ts";
import { tempDir } from "../support/temp-dir.ts";
import { type TestContext, testContext } from "../support/test-context.ts";

type Fields = Readonly<Record<string, unknown>>;

export interface WebWorld {
  readonly context: TestContext;
  readonly url: string;
  readonly keys: Readonly<Record<"shops" | "shopsReader" | "other", string>>;
  /** GET with a key; the answer's status, headers and JSON. */
  get(path: string, key?: string): Promise<Answer>;
  post(path: string, body: string, key?: string, type?: string): Promise<Answer>;
  close(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

export async function openWeb(log?: Context["log"]): Promise<WebWorld> {
  const test = await testContext({ http: { host: "127.0.0.1", port: 0 }, allowLoopbackEndpoints: true });
  const context: TestContext = { ...test, profile: loadProfile, log: log ?? test.log };
  await plant(context);
  const keys = {
    shops: (await createApiKey(context, { marketplace: "SHOPS", role: "writer" })).key,
    shopsReader: (await createApiKey(context, { marketplace: "SHOPS", role: "reader" })).key,
    other: (await createApiKey(context, { marketplace: "OTHER", role: "writer" })).key,
  };
  const web = await startWeb(context);
  const url = `http://127.0.0.1:${web.port}`;
  const call = async (path: string, init: RequestInit, key?: string): Promise<Answer> => {
    const headers = new Headers(init.headers);
    if (key !== undefined) headers.set("authorization", `Bearer ${key}`);
    const response = await fetch(url + path, { ...init, headers });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.startsWith("application/json") === true;
    const body = (isJson ? JSON.parse(text) : {}) as Record<string, unknown>;
    return { status: response.status, headers: response.headers, text, body };
  };
  return {
    context,
    url,
    keys,
    get: (path, key) => call(path, {}, key),
    post: (path, body, key, type = "application/x-ndjson") =>
      call(path, { method: "POST", body, headers: { "content-type": type } }, key),
    close: async () => {
      await web.close();
      await context.store.close();
    },
  };
}

async function plant(context: TestContext): Promise<void> {
  const path = join(tempDir(), "records.ndjson");
  writeFileSync(
    path,
    ndjson([...recordsOf("SHOPS", "ES9121000418450200051332"), ...recordsOf("OTHER", "DE89370400440532013000")]),
  );
  const report = await importFiles(context, [path]);
  if (!report.ok) throw new Error(JSON.stringify(report.findings));
  await settle(context, "2026-11-20");
}

export function ndjson(records: readonly Fields[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join("");
}

/** A marketplace with one seller and three captured orders `<marketplace>-1` to `-3`; 10 % fee. */
function recordsOf(marketplace: string, iban: string): readonly Fields[] {
  return [
    {
      type: "marketplace",
      id: marketplace,
      name: `Marketplace ${marketplace}`,
      debtor: { name: "Market SAS", iban: "FR7630006000011234567890189" },
      bank: "sandbox",
      profile: "sandbox",
      gateway: "sandbox",
      integrationMode: "MULTI_CAPTURE",
      fees: [{ basisPoints: 1000, fixed: 0 }],
      operator: { name: "Market SAS", iban: "FR1420041010050500013M02606" },
    },
    { type: "seller", marketplace, id: "ana", legalName: "Ana SL", iban, onboarding: "VALIDATED" },
    { type: "endpoint", marketplace, id: "hooks", url: "https://example.com/h", secret: `whsec_${"A".repeat(32)}` },
    ...[1, 2, 3].flatMap((number) => orderOf(marketplace, `${marketplace}-${number}`)),
  ];
}

export function orderOf(marketplace: string, id: string): readonly Fields[] {
  return [
    {
      type: "order",
      marketplace,
      id,
      amount: 3000,
      createdAt: "2026-11-10T10:00:00Z",
      items: [{ id: "i1", name: "paper", amount: 3000, seller: "ana" }],
    },
    {
      type: "transaction",
      marketplace,
      id: `${id}-t`,
      order: id,
      amount: 3000,
      status: "CAPTURED",
      authorisedAt: "2026-11-10T10:00:00Z",
      capturedAt: "2026-11-10T11:00:00Z",
    },
  ];
}
