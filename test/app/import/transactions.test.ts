import { afterEach, describe, expect, it } from "vitest";
import {
  briefly,
  type Fields,
  type ImportWorld,
  importWorld,
  MARKETPLACE,
  operation,
  order,
  seller,
  transaction,
} from "./import-world.ts";

let world: ImportWorld;
afterEach(() => world.store.close());

const PARTS = [
  ["a", 600],
  ["b", 400],
] as const;
const BASE = [MARKETPLACE, seller("a", { onboarding: "VALIDATED" }), seller("b"), order("o", PARTS)];
const AUTHORISED = [...BASE, transaction("T", "o", 1000)];
const CAPTURED = [...BASE, transaction("T", "o", 1000, { status: "CAPTURED", capturedAt: "2026-11-18T23:30:00Z" })];
const SPLIT = [{ ...MARKETPLACE, integrationMode: "MULTI_AUTHORISATION" }, seller("a"), seller("b"), order("o", PARTS)];

async function outcome(records: readonly Fields[]): Promise<string[]> {
  world = await importWorld();
  return briefly(await world.importRecords(records));
}

describe("a transaction", () => {
  it("has the deadlines of the policy where the gateway gave none", async () => {
    expect(
      await outcome([{ ...MARKETPLACE, capture: { honourDays: 3, validityDays: 5 } }, ...AUTHORISED.slice(1)]),
    ).toEqual([]);
    const row = await world.store.db.selectFrom("transactions").selectAll().executeTakeFirstOrThrow();
    expect(row).toMatchObject({
      status: "PAID",
      authorised: 1000n,
      captured: 0n,
      honour_until: "2026-11-21T10:00:00.000Z",
      expires_at: "2026-11-23T10:00:00.000Z",
    });
  });

  it("that was captured elsewhere brings its capture, on the date of the marketplace's zone", async () => {
    expect(await outcome(CAPTURED)).toEqual([]);
    const row = await world.store.db.selectFrom("operations").selectAll().executeTakeFirstOrThrow();
    expect(row).toMatchObject({ kind: "CAPTURE", ref: "T", amount: 1000n, state: "SUCCEEDED", booked: 0n });
    expect(row.business_date).toBe("2026-11-19");
  });

  it.each<[string, Fields[], string, string]>([
    ["is paid by one that is authorised", [transaction("T", "o", 1000)], "PAID", "SUCCEEDED"],
    [
      "runs while one waits",
      [transaction("T", "o", 500), transaction("U", "o", 500, { status: "PENDING" })],
      "RUNNING",
      "PENDING",
    ],
    ["is unpaid when all were refused", [transaction("T", "o", 1000, { status: "REFUSED" })], "UNPAID", "FAILED"],
    [
      "is paid by the second attempt",
      [transaction("T", "o", 1000, { status: "REFUSED" }), transaction("U", "o", 1000)],
      "PAID",
      "SUCCEEDED",
    ],
  ])("consolidates its order: it %s", async (_says, transactions, status, state) => {
    expect(await outcome([...BASE, ...transactions])).toEqual([]);
    const row = await world.store.db.selectFrom("orders").selectAll().executeTakeFirstOrThrow();
    expect([row.order_status, row.state]).toEqual([status, state]);
  });

  it("changes and tells the standing of an order that was imported before", async () => {
    expect(await outcome(BASE)).toEqual([]);
    await world.importRecords([transaction("T", "o", 1000)]);
    const row = await world.store.db.selectFrom("orders").selectAll().executeTakeFirstOrThrow();
    expect(row).toMatchObject({ order_cycle: "CLOSED", order_status: "PAID", state: "SUCCEEDED" });
    const told = await world.store.db.selectFrom("status_changes").select(["object_kind", "status"]).execute();
    expect(told).toEqual([{ object_kind: "order", status: "PAID" }]);
  });

  it.each<[string, Fields[], string[]]>([
    ["more than its order", [...BASE, transaction("T", "o", 1001)], ["AMOUNT_EXCEEDED 5 amount"]],
    ["more than is left of its order", [...AUTHORISED, transaction("U", "o", 1)], ["AMOUNT_EXCEEDED 6 amount"]],
    ["another currency", [...BASE, transaction("T", "o", 9, { currency: "CHF" })], ["CURRENCY_DIFFERS 5 currency"]],
    ["a seller in multi-capture", [...BASE, transaction("T", "o", 600, { seller: "a" })], ["FIELD_INVALID 5 seller"]],
    ["no seller in multi-authorisation", [...SPLIT, transaction("T", "o", 600)], ["SELLER_NEEDED 5 seller"]],
    ["an id without the seller's suffix", [...SPLIT, transaction("T", "o", 600, { seller: "a" })], ["ID_INVALID 5 id"]],
    [
      "more than the seller's items",
      [...SPLIT, transaction("o_a", "o", 601, { seller: "a" })],
      ["AMOUNT_EXCEEDED 5 amount"],
    ],
    ["an unknown token", [...BASE, transaction("T", "o", 9, { token: "t" })], ["NOT_FOUND 5 token"]],
    [
      "no time of authorisation",
      [...BASE, transaction("T", "o", 9, { authorisedAt: null })],
      ["FIELD_MISSING 5 authorisedAt"],
    ],
  ])("is refused with %s", async (_says, records, expected) => {
    expect(await outcome(records)).toEqual(expected);
  });
});

describe("an operation", () => {
  it.each<[string, Fields[], Fields]>([
    ["a capture for one seller", AUTHORISED, { kind: "CAPTURE", amount: 600n, state: "CREATED", fee: 7n }],
  ])("is created for the next sweep: %s", async (_says, records, expected) => {
    expect(await outcome([...records, operation("capture", "C", "T", { seller: "a", amount: 600, fee: 7 })])).toEqual(
      [],
    );
    const row = await world.store.db.selectFrom("operations").selectAll().executeTakeFirstOrThrow();
    expect(row).toMatchObject(expected);
    expect(row.business_date).toBe("2026-11-20");
  });

  it("done elsewhere moves its transaction: part by part, then captured", async () => {
    const done = { capturedAt: "2026-11-19T10:00:00Z" };
    expect(
      await outcome([...AUTHORISED, operation("capture", "C1", "T", { seller: "a", amount: 600, ...done })]),
    ).toEqual([]);
    const read = () => world.store.db.selectFrom("transactions").selectAll().executeTakeFirstOrThrow();
    expect(await read()).toMatchObject({ captured: 600n, detailed_status: "AUTHORISED" });
    await world.importRecords([operation("capture", "C2", "T", { seller: "b", amount: 400, ...done })]);
    expect(await read()).toMatchObject({ captured: 1000n, detailed_status: "CAPTURED" });
    const refunded = { amount: 150, seller: "b", refundedAt: "2026-11-19T12:00:00Z" };
    await world.importRecords([operation("refund", "R", "T", refunded)]);
    expect(await read()).toMatchObject({ captured: 1000n, refunded: 150n, detailed_status: "CAPTURED" });
    const told = await world.store.db.selectFrom("status_changes").select(["object_kind", "status"]).execute();
    expect(told).toEqual([{ object_kind: "transaction", status: "CAPTURED" }]);
  });

  it("that cancels everything takes what is open and ends the transaction", async () => {
    const cancelled = { cancelledAt: "2026-11-19T10:00:00Z" };
    expect(await outcome([...AUTHORISED, operation("cancellation", "X", "T", cancelled)])).toEqual([]);
    const row = await world.store.db.selectFrom("transactions").selectAll().executeTakeFirstOrThrow();
    expect(row).toMatchObject({ cancelled: 1000n, detailed_status: "CANCELLED", status: "UNPAID" });
  });

  const capture = (id: string, fields: Fields) => operation("capture", id, "T", fields);
  const refund = (id: string, fields: Fields) => operation("refund", id, "T", fields);
  const expired = transaction("T", "o", 1000, { expiresAt: "2026-11-20T00:59:59Z" });
  const toValidate = transaction("T", "o", 1000, { status: "AUTHORISED_TO_VALIDATE" });

  it.each<[string, Fields[], string[]]>([
    ["a capture above what is open", [...AUTHORISED, capture("C", { amount: 1001 })], ["AMOUNT_EXCEEDED 6 amount"]],
    [
      "captures that are together above what is open",
      [
        ...AUTHORISED,
        capture("C", { seller: "a", amount: 600 }),
        operation("cancellation", "X", "T", { amount: 300 }),
        capture("D", { seller: "b", amount: 101 }),
      ],
      ["AMOUNT_EXCEEDED 8 amount"],
    ],
    [
      "a capture above the seller's items",
      [...AUTHORISED, capture("C", { seller: "b", amount: 401 })],
      ["AMOUNT_EXCEEDED 6 amount"],
    ],
    ["a part without its seller", [...AUTHORISED, capture("C", { amount: 600 })], ["SELLER_NEEDED 6 seller"]],
    [
      "a seller who is not in the cart",
      [...AUTHORISED, capture("C", { seller: "OPERATOR", amount: 1 })],
      ["NOT_FOUND 6 seller"],
    ],
    [
      "a capture of an expired authorisation",
      [...BASE, expired, capture("C", { amount: 1000 })],
      ["AUTHORISATION_EXPIRED 6 transaction"],
    ],
    [
      "a capture before the validation",
      [...BASE, toValidate, capture("C", { amount: 1000 })],
      ["TRANSITION_REFUSED 6 transaction"],
    ],
    [
      "a refund of what is not captured",
      [...AUTHORISED, refund("R", { seller: "a", amount: 1 })],
      ["TRANSITION_REFUSED 6 transaction"],
    ],
    [
      "refunds that are together above what is captured",
      [
        ...CAPTURED,
        refund("R", { seller: "a", amount: 600 }),
        refund("S", { seller: "b", amount: 300 }),
        refund("U", { seller: "b", amount: 101 }),
      ],
      ["AMOUNT_EXCEEDED 8 amount"],
    ],
    [
      "a refund above the seller's items",
      [...CAPTURED, refund("R", { seller: "b", amount: 401 })],
      ["AMOUNT_EXCEEDED 6 amount"],
    ],
    [
      "a fee above the amount",
      [...AUTHORISED, capture("C", { seller: "a", amount: 5, fee: 6 })],
      ["AMOUNT_EXCEEDED 6 fee"],
    ],
    ["an unknown transaction", [...BASE, capture("C", { amount: 5 })], ["NOT_FOUND 5 transaction"]],
  ])("is refused: %s", async (_says, records, expected) => {
    expect(await outcome(records)).toEqual(expected);
  });

  it("is checked against what earlier files asked for", async () => {
    await outcome([...AUTHORISED, capture("C", { seller: "a", amount: 600 })]);
    const report = await world.importRecords([capture("D", { seller: "a", amount: 1 })]);
    expect(briefly(report)).toEqual(["AMOUNT_EXCEEDED 1 amount"]);
  });
});

describe("a validation", () => {
  const toValidate = transaction("T", "o", 1000, { status: "AUTHORISED_TO_VALIDATE" });
  const validation = { type: "validation", marketplace: "m", transaction: "T" };

  it("authorises the transaction, tells it, and is known afterwards whatever became of it", async () => {
    expect(await outcome([...BASE, toValidate])).toEqual([]);
    await world.importRecords([validation]);
    const row = await world.store.db.selectFrom("transactions").selectAll().executeTakeFirstOrThrow();
    expect(row).toMatchObject({ detailed_status: "AUTHORISED", status: "PAID" });
    await world.importRecords([operation("cancellation", "X", "T", { cancelledAt: "2026-11-19T10:00:00Z" })]);
    expect((await world.importRecords([validation])).counts).toEqual({ known: 1 });
    const told = await world.store.db
      .selectFrom("status_changes")
      .select(["object_kind", "status"])
      .orderBy("id")
      .execute();
    expect(told).toEqual([
      { object_kind: "transaction", status: "AUTHORISED" },
      { object_kind: "order", status: "PAID" },
      { object_kind: "transaction", status: "CANCELLED" },
      { object_kind: "order", status: "UNPAID" },
    ]);
  });

  it.each<[string, Fields, string]>([
    ["refused", transaction("T", "o", 1000, { status: "REFUSED" }), "TRANSITION_REFUSED 6 transaction"],
    ["expired", { ...toValidate, expiresAt: "2026-11-20T01:00:00Z" }, "AUTHORISATION_EXPIRED 6 transaction"],
  ])("of a transaction that is %s is a finding", async (_says, record, expected) => {
    expect(await outcome([...BASE, record, validation])).toEqual([expected]);
  });
});
