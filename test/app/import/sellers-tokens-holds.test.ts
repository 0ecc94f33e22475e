import { afterEach, describe, expect, it } from "vitest";
import {
  briefly,
  type Fields,
  type ImportWorld,
  importWorld,
  MARKETPLACE,
  order,
  seller,
  transaction,
} from "./import-world.ts";

let world: ImportWorld;
afterEach(() => world.store.close());

const LATER = new Date("2026-11-21T08:00:00Z");
const OTHER_IBAN = "FR1420041010050500013M02606";

async function worldWith(records: readonly Fields[]): Promise<ImportWorld> {
  world = await importWorld();
  expect((await world.importRecords(records)).findings).toEqual([]);
  return world;
}

describe("a seller", () => {
  const read = () => world.store.db.selectFrom("sellers").selectAll().where("ref", "=", "a").executeTakeFirstOrThrow();

  it.each<[string, Fields, Fields, string, boolean]>([
    [
      "a new account, silent on onboarding",
      { onboarding: "VALIDATED" },
      { iban: OTHER_IBAN },
      "PENDING_VALIDATION",
      true,
    ],
    [
      "a new account that is validated",
      { onboarding: "VALIDATED" },
      { iban: OTHER_IBAN, onboarding: "VALIDATED" },
      "VALIDATED",
      true,
    ],
    ["another holder", {}, { accountHolder: "Somebody Else" }, "CREATED", true],
    [
      "another name with the same holder",
      { accountHolder: "H" },
      { accountHolder: "H", legalName: "N" },
      "CREATED",
      false,
    ],
    ["a validation", { onboarding: "PENDING_VALIDATION" }, { onboarding: "VALIDATED" }, "VALIDATED", false],
  ])("that changes by %s", async (_says, before, after, onboarding, accountMoved) => {
    await worldWith([MARKETPLACE, seller("a", before)]);
    const first = await read();
    const report = await world.importRecords([seller("a", after)], LATER);
    expect(report.counts).toEqual({ sellersUpdated: 1 });
    const now = await read();
    expect(now.onboarding).toBe(onboarding);
    expect(now.account_changed_at).toBe(accountMoved ? LATER.toISOString() : first.account_changed_at);
    const told = await world.store.db.selectFrom("status_changes").select(["object_kind", "status"]).execute();
    expect(told).toEqual(onboarding === first.onboarding ? [] : [{ object_kind: "seller", status: onboarding }]);
  });

  it("may have no account, which is not the same as a wrong one", async () => {
    await worldWith([MARKETPLACE, { ...seller("a"), iban: null }]);
    expect((await read()).iban).toBeNull();
    expect(briefly(await world.importRecords([seller("b", { iban: "DE00" })]))).toEqual(["IBAN_INVALID 1 iban"]);
    expect(briefly(await world.importRecords([seller("b", { bic: "BNPAFRPP" })]))).toEqual(["BIC_INVALID 1 bic"]);
  });
});

describe("a marketplace", () => {
  it("keeps its currency", async () => {
    await worldWith([MARKETPLACE]);
    expect(briefly(await world.importRecords([{ ...MARKETPLACE, currency: "CHF" }]))).toEqual([
      "CURRENCY_DIFFERS 1 currency",
    ]);
  });

  it("passes a new account of its operator on", async () => {
    await worldWith([MARKETPLACE]);
    await world.importRecords([{ ...MARKETPLACE, operator: { name: "Market SAS", iban: OTHER_IBAN } }], LATER);
    const operator = await world.store.db.selectFrom("sellers").selectAll().executeTakeFirstOrThrow();
    expect(operator).toMatchObject({ iban: OTHER_IBAN, account_changed_at: LATER.toISOString() });
  });
});

describe("a token", () => {
  const token = (state: string, fields: Fields = {}) => ({
    type: "token",
    marketplace: "m",
    id: "t",
    state,
    ...fields,
  });

  it("comes further, but not back", async () => {
    await worldWith([MARKETPLACE, token("CREATED")]);
    expect((await world.importRecords([token("SUCCEEDED", { gatewayToken: "alias-1" })])).counts).toEqual({
      tokensUpdated: 1,
    });
    const row = await world.store.db.selectFrom("tokens").selectAll().executeTakeFirstOrThrow();
    expect([row.state, row.gateway_token]).toEqual(["SUCCEEDED", "alias-1"]);
    expect(briefly(await world.importRecords([token("PENDING")]))).toEqual(["TRANSITION_REFUSED 1 state"]);
  });

  it("is linked to the transaction that is authorised with it", async () => {
    const waiting = transaction("T", "o", 5, {
      status: "WAITING_AUTHORISATION",
      token: "t",
      captureOn: "2026-11-25",
      authorisedAt: null,
    });
    await worldWith([MARKETPLACE, seller("a"), token("SUCCEEDED"), order("o", [["a", 5]]), waiting]);
    const row = await world.store.db.selectFrom("transactions").selectAll().executeTakeFirstOrThrow();
    expect(row).toMatchObject({ token_id: 1n, authorised: 0n, expires_at: null, capture_on: "2026-11-25" });
  });
});

describe("a hold", () => {
  const hold = (fields: Fields = {}) => ({ type: "hold", marketplace: "m", order: "o", ...fields });
  const release = (fields: Fields = {}) => ({ type: "release", marketplace: "m", order: "o", ...fields });
  const reasons = async () =>
    (await world.store.db.selectFrom("items").select("held_reason").orderBy("position").execute()).map(
      (row) => row.held_reason,
    );

  it("holds an item or all of the order, and a release gives it free", async () => {
    await worldWith([
      MARKETPLACE,
      seller("a"),
      order("o", [
        ["a", 5],
        ["a", 6],
      ]),
      hold({ item: "i1" }),
    ]);
    expect(await reasons()).toEqual([null, "ITEM_HELD"]);
    await world.importRecords([hold({ reason: "MANUAL" })]);
    expect(await reasons()).toEqual(["MANUAL", "MANUAL"]);
    await world.importRecords([release({ item: "i0" })]);
    expect(await reasons()).toEqual([null, "MANUAL"]);
    expect(briefly(await world.importRecords([hold({ item: "i9" })]))).toEqual(["NOT_FOUND 1 item"]);
  });

  it("reaches what is payable of the item and in no settlement yet", async () => {
    await worldWith([
      MARKETPLACE,
      seller("a"),
      order("o", [
        ["a", 5],
        ["a", 6],
      ]),
    ]);
    await world.store.write(async (tx) => {
      const line = {
        marketplace_id: 1n,
        seller_id: 2n,
        kind: "SALE",
        order_id: 1n,
        currency: "EUR",
        fee: 0n,
        available_on: "2026-11-20",
      } as const;
      const values = [
        { ...line, id: 1n, item_id: 1n, gross: 5n, net: 5n },
        { ...line, id: 2n, item_id: 2n, gross: 6n, net: 6n, transfer_id: 9n },
      ];
      await tx.db
        .insertInto("payables")
        .values(
          values.map((value) => ({
            matured_on: null,
            held_reason: null,
            operation_id: null,
            transfer_id: null,
            ...value,
          })),
        )
        .execute();
    });
    await world.importRecords([hold()]);
    const rows = await world.store.db.selectFrom("payables").select("held_reason").orderBy("id").execute();
    expect(rows.map((row) => row.held_reason)).toEqual(["ITEM_HELD", null]);
  });
});
