import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openWeb, type WebWorld } from "./web-world.ts";

let web: WebWorld;
beforeAll(async () => {
  web = await openWeb();
});
afterAll(() => web.close());

const get = (path: string) => web.get(path, web.keys.shopsReader);

describe("the marketplace's API", () => {
  it("shows an order with its items, transactions, operations, what is owed of it and the transfer that pays it", async () => {
    const { status, body } = await get("/v1/orders/SHOPS-1");
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ref: "SHOPS-1",
      amount: "3000",
      currency: "EUR",
      orderStatus: "PAID",
      createdAt: "2026-11-10T10:00:00.000Z",
      items: [{ ref: "i1", name: "paper", seller: "ana", quantity: 1, amount: "3000", heldReason: null }],
      transactions: [{ ref: "SHOPS-1-t", detailedStatus: "CAPTURED", captured: "3000", refunded: "0" }],
      operations: [{ kind: "CAPTURE", transaction: "SHOPS-1-t", amount: "3000", state: "SUCCEEDED" }],
      payables: [{ kind: "SALE", seller: "ana", gross: "3000", fee: "300", net: "2700" }],
    });
    expect(body.transfers).toEqual([{ endToEndId: expect.stringMatching(/^T20261120-EUR-/), state: "SCHEDULED" }]);
  });

  it("lists orders by pages, newest first, each once", async () => {
    const seen: string[] = [];
    let next: unknown = "";
    while (next !== null) {
      const { body } = await get(`/v1/orders?limit=2${next === "" ? "" : `&after=${String(next)}`}`);
      seen.push(...(body.records as { ref: string }[]).map(({ ref }) => ref));
      next = body.next;
    }
    expect(seen).toEqual(["SHOPS-3", "SHOPS-2", "SHOPS-1"]);
  });

  it("lists only what a filter asks for", async () => {
    const counted = async (path: string) => ((await get(path)).body.records as unknown[]).length;
    expect(await counted("/v1/transfers?state=SCHEDULED")).toBeGreaterThan(0);
    expect(await counted("/v1/transfers?state=EXECUTED")).toBe(0);
    expect(await counted("/v1/orders?date=2026-11-10")).toBe(3);
    expect(await counted("/v1/orders?date=2026-11-11")).toBe(0);
  });

  it("shows a transfer with its parts and history, its account masked", async () => {
    const { body: list } = await get("/v1/transfers");
    const [first] = (list.records as { endToEndId: string; seller: string }[]).filter(({ seller }) => seller === "ana");
    const { body, text } = await get(`/v1/transfers/${first?.endToEndId}`);
    expect(body).toMatchObject({
      seller: "ana",
      amount: "8100",
      state: "SCHEDULED",
      businessDate: "2026-11-20",
      history: [{ sequence: 1, status: "SCHEDULED", occurredAt: "2026-11-20T01:00:00.000Z" }],
    });
    expect(body.parts).toHaveLength(3);
    expect(text).not.toContain("ES9121000418450200051332");
  });

  it("shows a seller's balances at each stage", async () => {
    const { body } = await get("/v1/sellers/ana/balances");
    expect(body).toEqual({
      seller: "ana",
      onboarding: "VALIDATED",
      balances: [
        {
          currency: "EUR",
          pending: "0",
          available: "8100",
          held: "0",
          reserved: "0",
          inTransit: "0",
          fees: "0",
          paid: "0",
        },
      ],
    });
  });

  it("shows what was told, with the log of each notification", async () => {
    const { body } = await get("/v1/notifications?state=PENDING");
    const records = body.records as { id: string; kind: string; ref: string }[];
    const ofTransfer = records.find(({ kind }) => kind === "transfer");
    expect(ofTransfer).toMatchObject({ endpoint: "hooks", sequence: 1, status: "SCHEDULED", attempts: 0 });
    const { body: one } = await get(`/v1/notifications/${ofTransfer?.id}`);
    expect(one).toMatchObject({ id: ofTransfer?.id, deliveries: [] });
  });

  it.each([
    ["/v1/orders?limit=0", "query.limit"],
    ["/v1/orders?limit=501", "query.limit"],
    ["/v1/orders?state=SOLD", "query.state"],
    ["/v1/orders?date=yesterday", "query.date"],
    ["/v1/orders?colour=red", "query"],
    ["/v1/orders?after=OTHER-1", "query.after"],
  ])("refuses %s and names %s", async (path, where) => {
    const { status, body } = await get(path);
    expect(status).toBe(400);
    expect(body).toMatchObject({ ok: false, findings: [{ code: "INPUT_INVALID", where }] });
  });
});
