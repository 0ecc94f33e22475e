import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { GatewayEffect } from "../../src/sandbox/gateway-rule.ts";
import { type SandboxGateway, startSandboxGateway } from "../../src/sandbox/sandbox-gateway.ts";
import { tempDir } from "../support/temp-dir.ts";

const running: SandboxGateway[] = [];
let now = new Date("2026-11-20T00:00:00Z");

afterEach(async () => {
  now = new Date("2026-11-20T00:00:00Z");
  await Promise.all(running.splice(0).map((gateway) => gateway.stop()));
});

async function openGateway(stateFile?: string): Promise<SandboxGateway> {
  const gateway = await startSandboxGateway({
    clock: () => now,
    apiKey: "key",
    ...(stateFile === undefined ? {} : { stateFile }),
  });
  running.push(gateway);
  return gateway;
}

async function call(gateway: SandboxGateway, method: string, path: string, body?: unknown, key = "key") {
  const response = await fetch(gateway.url + path, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(2_000),
  });
  const text = await response.text();
  const repeated = response.headers.get("idempotent-replay");
  return { status: response.status, repeated, body: text === "" ? undefined : JSON.parse(text) };
}

const order = { reference: "A1", amount: "10000", currency: "EUR", orderRef: "O1" };

async function authorised(gateway: SandboxGateway): Promise<string> {
  return (await call(gateway, "POST", "/authorisations", order)).body.authorisationId;
}

describe("the sandbox gateway authorises", () => {
  it("with a date until which it honours and one at which it expires", async () => {
    const gateway = await openGateway();
    expect(await call(gateway, "POST", "/authorisations", order)).toMatchObject({
      status: 201,
      body: {
        authorisationId: "auth-00000001",
        status: "AUTHORISED",
        amount: "10000",
        honourUntil: "2026-11-27T00:00:00.000Z",
        expiresAt: "2026-12-03T00:00:00.000Z",
      },
    });
  });

  it("once a reference, and refuses another content under it", async () => {
    const gateway = await openGateway();
    const first = await call(gateway, "POST", "/authorisations", order);
    const again = await call(gateway, "POST", "/authorisations", order);
    expect(again).toEqual({ status: 200, repeated: "true", body: first.body });
    expect((await call(gateway, "POST", "/authorisations", { ...order, amount: "10001" })).status).toBe(409);
  });

  it("not when told to decline", async () => {
    const gateway = await openGateway();
    gateway.setBehaviour([{ when: { kind: "authorisation", token: "bad*" }, do: { kind: "decline", code: "05" } }]);
    const { body, status } = await call(gateway, "POST", "/authorisations", { ...order, token: "bad-card" });
    expect([status, body.status, body.code]).toEqual([201, "REFUSED", "05"]);
    const path = `/authorisations/${body.authorisationId}/captures`;
    const capture = { reference: "C1", amount: "1", currency: "EUR" };
    expect((await call(gateway, "POST", path, capture)).body.code).toBe("NOT_AUTHORISED");
    expect((await call(gateway, "POST", "/authorisations", { ...order, reference: "A2" })).body.status).toBe(
      "AUTHORISED",
    );
  });

  it("takes authorisations made elsewhere, one or many", async () => {
    const gateway = await openGateway();
    const planted = {
      ...order,
      authorisationId: "shop-1",
      honourUntil: "2026-11-21T00:00:00Z",
      expiresAt: "2026-11-22T00:00:00Z",
    };
    expect((await call(gateway, "POST", "/authorisations/register", planted)).body.authorisationId).toBe("shop-1");
    const many = { authorisations: ["A2", "A3"].map((reference) => ({ ...order, reference })) };
    const { body, status } = await call(gateway, "POST", "/authorisations/register-many", many);
    expect([status, body.authorisations.length]).toEqual([201, 2]);
    const { body: shown } = await call(gateway, "GET", "/authorisations/shop-1");
    expect(shown).toMatchObject({
      expiresAt: "2026-11-22T00:00:00.000Z",
      captured: "0",
      cancelled: "0",
      refunded: "0",
      operations: {},
    });
  });
});

describe("the sandbox gateway captures, cancels and refunds", () => {
  it("never more than authorised - captured - cancelled, nor refunds more than captured", async () => {
    const gateway = await openGateway();
    const id = await authorised(gateway);
    const steps = [
      ["captures", "C1", "4000", 201],
      ["refunds", "R1", "4001", 422],
      ["cancellations", "X1", "5000", 201],
      ["captures", "C2", "1001", 422],
      ["captures", "C3", "1000", 201],
      ["cancellations", "X2", "1", 422],
      ["refunds", "R2", "5000", 201],
      ["refunds", "R3", "1", 422],
    ] as const;
    for (const [path, reference, amount, status] of steps) {
      const answer = await call(gateway, "POST", `/authorisations/${id}/${path}`, {
        reference,
        amount,
        currency: "EUR",
      });
      expect([reference, answer.status]).toEqual([reference, status]);
      if (status === 422) expect(answer.body).toMatchObject({ status: "REFUSED", code: "AMOUNT_TOO_HIGH" });
    }
    const { body } = await call(gateway, "GET", `/authorisations/${id}`);
    expect(body).toMatchObject({ amount: "10000", captured: "5000", cancelled: "5000", refunded: "5000" });
    expect(Object.keys(body.operations)).toHaveLength(8);
    expect(body.operations.C1).toMatchObject({ kind: "capture", amount: "4000", status: "SUCCEEDED" });
    expect(gateway.captures().map(({ reference, amountMinor }) => [reference, amountMinor])).toEqual([
      ["C1", 4000n],
      ["C3", 1000n],
    ]);
    expect(gateway.refunds()).toHaveLength(1);
  });

  it("captures until the moment of expiry, not at it; a cancellation and a refund still go", async () => {
    const gateway = await openGateway();
    const id = await authorised(gateway);
    const capture = (reference: string) =>
      call(gateway, "POST", `/authorisations/${id}/captures`, { reference, amount: "100", currency: "EUR" });
    now = new Date("2026-12-02T23:59:59.999Z");
    expect((await capture("C1")).status).toBe(201);
    now = new Date("2026-12-03T00:00:00Z");
    expect((await capture("C2")).body.code).toBe("AUTHORISATION_EXPIRED");
    expect(
      (await call(gateway, "POST", `/authorisations/${id}/refunds`, { reference: "R1", amount: "100" })).status,
    ).toBe(201);
    expect(
      (await call(gateway, "POST", `/authorisations/${id}/cancellations`, { reference: "X1", amount: "1" })).status,
    ).toBe(201);
  });

  it("answers a repeat as it answered first, for a success and for a refusal", async () => {
    const gateway = await openGateway();
    const path = `/authorisations/${await authorised(gateway)}/captures`;
    for (const amount of ["6000", "9000"]) {
      const body = { reference: `C${amount}`, amount, currency: "EUR", sellerRef: "S1", fee: "300" };
      const first = await call(gateway, "POST", path, body);
      const again = await call(gateway, "POST", path, body);
      expect(again.body).toEqual(first.body);
      expect([first.repeated, again.repeated]).toEqual([null, "true"]);
      expect((await call(gateway, "POST", path, { ...body, fee: "301" })).status).toBe(409);
    }
    expect(gateway.captures()).toMatchObject([{ reference: "C6000", sellerRef: "S1", feeMinor: 300n }]);
  });

  it("does not let one reference serve two kinds or two authorisations", async () => {
    const gateway = await openGateway();
    const id = await authorised(gateway);
    const body = { reference: "SAME", amount: "100", currency: "EUR" };
    await call(gateway, "POST", `/authorisations/${id}/captures`, body);
    expect((await call(gateway, "POST", `/authorisations/${id}/refunds`, body)).status).toBe(409);
    expect((await call(gateway, "GET", "/operations/SAME")).body).toMatchObject({ kind: "capture", amount: "100" });
    expect((await call(gateway, "GET", "/operations/OTHER")).status).toBe(404);
  });

  it("performs one of many simultaneous captures with one reference", async () => {
    const gateway = await openGateway();
    const path = `/authorisations/${await authorised(gateway)}/captures`;
    const body = { reference: "C1", amount: "100", currency: "EUR" };
    const answers = await Promise.all(Array.from({ length: 20 }, () => call(gateway, "POST", path, body)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(gateway.captures()).toHaveLength(1);
    expect(gateway.doubleCaptures()).toEqual([]);
  });

  it("names captures of the same seller and amount under two references", async () => {
    const gateway = await openGateway();
    const path = `/authorisations/${await authorised(gateway)}/captures`;
    for (const [reference, sellerRef] of [
      ["C1", "S1"],
      ["C2", "S2"],
      ["C3", "S1"],
    ]) {
      await call(gateway, "POST", path, { reference, amount: "100", currency: "EUR", sellerRef });
    }
    expect(gateway.doubleCaptures().map((same) => same.map(({ reference }) => reference))).toEqual([["C1", "C3"]]);
  });

  it.each([
    ["an amount that is a number", { reference: "C1", amount: 100, currency: "EUR" }, /amount/],
    ["an amount of zero", { reference: "C1", amount: "0", currency: "EUR" }, /amount/],
    ["an amount with decimals", { reference: "C1", amount: "1.00", currency: "EUR" }, /amount/],
    ["no reference", { amount: "1", currency: "EUR" }, /reference/],
    ["no currency", { reference: "C1", amount: "1" }, /currency/],
    ["a fee below zero", { reference: "C1", amount: "1", currency: "EUR", fee: "-1" }, /fee/],
  ])("refuses %s", async (_, body, fault) => {
    const gateway = await openGateway();
    const answer = await call(gateway, "POST", `/authorisations/${await authorised(gateway)}/captures`, body);
    expect([answer.status, answer.body.faults.join()]).toEqual([400, expect.stringMatching(fault)]);
  });

  it("refuses another currency, an unknown authorisation and a wrong key", async () => {
    const gateway = await openGateway();
    const id = await authorised(gateway);
    const body = { reference: "C1", amount: "1", currency: "USD" };
    expect((await call(gateway, "POST", `/authorisations/${id}/captures`, body)).body.code).toBe("CURRENCY_DIFFERS");
    expect((await call(gateway, "POST", "/authorisations/none/captures", { ...body, reference: "C2" })).status).toBe(
      404,
    );
    expect((await call(gateway, "GET", "/authorisations/none")).status).toBe(404);
    expect((await call(gateway, "GET", `/authorisations/${id}`, undefined, "other")).status).toBe(401);
  });
});

describe("the sandbox gateway misbehaves as told", () => {
  const body = { reference: "C1", amount: "100", currency: "EUR" };

  it.each<[string, GatewayEffect, string, number]>([
    ["answers 500 and has done nothing", { kind: "error", performed: false }, "500", 0],
    ["answers 500 and has captured", { kind: "error", performed: true }, "500", 1],
    ["cuts the line and has done nothing", { kind: "cut", performed: false }, "cut", 0],
    ["cuts the line and has captured", { kind: "cut", performed: true }, "cut", 1],
    ["never answers and has captured", { kind: "no-answer", performed: true }, "time-out", 1],
    ["never answers and has done nothing", { kind: "no-answer", performed: false }, "time-out", 0],
    ["answers late", { kind: "late", delayMs: 20 }, "201", 1],
    ["declines", { kind: "decline", code: "51" }, "422", 0],
  ])("%s; the repeat tells the truth", async (_, effect, seen, captured) => {
    const gateway = await openGateway();
    const path = `/authorisations/${await authorised(gateway)}/captures`;
    const rules = [{ when: { kind: "capture", reference: "C*", amount: "100" }, do: effect, times: 1 }];
    expect((await call(gateway, "PUT", "/behaviour", { rules })).status).toBe(204);
    const first = await fetch(gateway.url + path, {
      method: "POST",
      headers: { authorization: "Bearer key", "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(300),
    }).then(
      ({ status }) => String(status),
      (error: Error) => (error.name === "TimeoutError" ? "time-out" : "cut"),
    );
    expect([first, gateway.captures().length]).toEqual([seen, captured]);
    const again = await call(gateway, "POST", path, body);
    const isKnown = captured === 1 || effect.kind === "decline";
    expect(again.repeated).toBe(isKnown ? "true" : null);
    expect(again.body.status).toBe(effect.kind === "decline" ? "REFUSED" : "SUCCEEDED");
    expect(gateway.captures()).toHaveLength(effect.kind === "decline" ? 0 : 1);
  });

  it("refuses rules it does not know", async () => {
    const gateway = await openGateway();
    for (const rules of [undefined, [{ when: {}, do: { kind: "explode" } }], [{ do: { kind: "cut" } }]]) {
      expect((await call(gateway, "PUT", "/behaviour", { rules })).status).toBe(400);
    }
  });
});

describe("the sandbox gateway keeps its books", () => {
  it("over a restart, and over a line torn by a kill", async () => {
    const stateFile = join(tempDir("sandbox-gateway-"), "books.ndjson");
    const first = await openGateway(stateFile);
    const id = await authorised(first);
    const body = { reference: "C1", amount: "100", currency: "EUR" };
    const captured = await call(first, "POST", `/authorisations/${id}/captures`, body);
    const shown = await call(first, "GET", `/authorisations/${id}`);
    await first.stop();
    appendFileSync(stateFile, '{"kind":"operation","digest":"12');
    for (let start = 0; start < 2; start += 1) {
      const next = await openGateway(stateFile);
      expect((await call(next, "GET", `/authorisations/${id}`)).body).toEqual(shown.body);
      expect((await call(next, "POST", `/authorisations/${id}/captures`, body)).body).toEqual(captured.body);
      expect((await call(next, "POST", "/authorisations", { ...order, reference: `A${start + 2}` })).status).toBe(201);
      await next.stop();
    }
  });
});
