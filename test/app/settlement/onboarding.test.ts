import { afterEach, describe, expect, it } from "vitest";
import { settle } from "../../../src/app/settle.ts";
import { writeTransferFiles } from "../../../src/app/write-transfer-files.ts";
import { type Fields, type MoneyWorld, marketplace, moneyWorld, sale, seller } from "./money-world.ts";

let world: MoneyWorld;
afterEach(() => world.context.store.close());

const document = (id: string, kind: string, more: Fields = {}): Fields => ({
  type: "document",
  marketplace: "m",
  id,
  kind,
  ...more,
});
const decided = (id: string, decision: string, more: Fields = {}): Fields => ({
  type: "document_decision",
  marketplace: "m",
  document: id,
  decision,
  by: "alice",
  ...more,
});
const request = (who: string): Fields => ({ type: "validation_request", marketplace: "m", seller: who });
const decision = (who: string, verdict: string, more: Fields = {}): Fields => ({
  type: "seller_decision",
  marketplace: "m",
  seller: who,
  decision: verdict,
  by: "alice",
  ...more,
});

const onboarding = async (who: string) =>
  (await world.db.selectFrom("sellers").select("onboarding").where("ref", "=", who).executeTakeFirstOrThrow())
    .onboarding;

const NEW = { onboarding: undefined };

describe("the onboarding of a seller", () => {
  it("goes from documents to a decision, every step told, and pays what accrued meanwhile", async () => {
    world = await moneyWorld([
      marketplace(),
      document("id-1", "IDENTITY_CARD", { expiresOn: "2030-01-01" }),
      document("kbis-1", "KBIS"),
      seller("a", { ...NEW, documents: ["id-1", "kbis-1"] }),
      ...sale("o", { a: 1_000 }, "2026-11-18"),
    ]);
    await world.settle("2026-11-19");
    expect(await world.transfers()).toEqual(["a 900 ON_HOLD SELLER_NOT_VALIDATED"]);
    await world.bring([
      request("a"),
      decided("id-1", "VALIDATED"),
      decided("kbis-1", "VALIDATED"),
      decision("a", "VALIDATED"),
    ]);
    expect(await onboarding("a")).toBe("VALIDATED");
    await world.settle("2026-11-20");
    expect(await world.transfers()).toEqual(["a 900 SCHEDULED"]);
    expect(await world.told("document")).toEqual(["id-1 VALIDATED", "kbis-1 VALIDATED"]);
    expect(await world.told("seller")).toEqual(["a PENDING_VALIDATION", "a VALIDATED"]);
  });

  it("asks for another document in the place of a rejected one", async () => {
    world = await moneyWorld([
      marketplace(),
      document("id-1", "PASSPORT"),
      seller("a", { ...NEW, documents: ["id-1"] }),
      decided("id-1", "REJECTED", { reason: "not readable" }),
    ]);
    expect(await world.import([request("a")])).toEqual([
      "TRANSITION_REFUSED seller: document id-1, PASSPORT, is REJECTED -> another PASSPORT in its place",
    ]);
    await world.bring([
      document("id-2", "PASSPORT"),
      seller("a", { ...NEW, documents: ["id-1", "id-2"] }),
      request("a"),
    ]);
    expect(await onboarding("a")).toBe("PENDING_VALIDATION");
    expect(await world.told("document")).toEqual(["id-1 REJECTED not readable"]);
  });

  it("tells of a document that expired, and asks a person about the validated seller who stands on it", async () => {
    world = await moneyWorld([
      marketplace(),
      document("id-1", "PASSPORT", { expiresOn: "2026-11-19" }),
      seller("a", { documents: ["id-1"] }),
      ...sale("o", { a: 1_000 }, "2026-11-18"),
    ]);
    await world.settle("2026-11-19");
    expect(await world.told("document")).toEqual([]);
    await world.settle("2026-11-20");
    await world.settle("2026-11-20");
    expect(await world.told("document")).toEqual(["id-1 EXPIRED"]);
    const matters = await world.db.selectFrom("exceptions").select(["reason", "subject_ref"]).execute();
    expect(matters).toEqual([{ reason: "DOCUMENT_EXPIRED", subject_ref: "a" }]);
    expect(await onboarding("a")).toBe("VALIDATED");
  });

  it("knows what it is told twice", async () => {
    world = await moneyWorld([marketplace(), document("id-1", "KBIS"), seller("a", { ...NEW, documents: ["id-1"] })]);
    const steps = [request("a"), decided("id-1", "VALIDATED"), decision("a", "REFUSED", { reason: "unknown company" })];
    await world.bring(steps);
    await world.bring([...steps.slice(1), document("id-1", "KBIS")]);
    expect(await world.told("seller")).toEqual(["a PENDING_VALIDATION", "a REFUSED unknown company"]);
  });

  it.each<[string, readonly Fields[], string]>([
    [
      "a request without an account",
      [seller("b", { ...NEW, iban: undefined }), request("b")],
      "TRANSITION_REFUSED seller: a seller without an account -> a seller with an IBAN",
    ],
    [
      "a validation that nobody asked for",
      [seller("b", NEW), decision("b", "VALIDATED")],
      "TRANSITION_REFUSED seller: validate in CREATED -> complete or requestValidation",
    ],
    [
      "a refusal without a reason",
      [seller("b", NEW), decision("b", "REFUSED")],
      "FIELD_MISSING reason: nothing -> why, in words for the seller",
    ],
    ["a document of an unknown kind", [document("d", "LOVE_LETTER")], 'FIELD_INVALID kind: "LOVE_LETTER"'],
    [
      "a document that is not there",
      [seller("b", { ...NEW, documents: ["nowhere"] })],
      "NOT_FOUND documents: nowhere -> a document imported before this record",
    ],
    [
      "a document of another seller",
      [document("d", "KBIS"), seller("b", { documents: ["d"] }), seller("c", { documents: ["d"] })],
      "FIELD_INVALID documents: d -> a document that is no other seller's",
    ],
    [
      "a decision on a document that is final",
      [document("d", "KBIS"), decided("d", "EXPIRED"), decided("d", "VALIDATED")],
      "TRANSITION_REFUSED decision: VALIDATED of a document that is EXPIRED -> another document: this decision is final",
    ],
    [
      "a decision about the operator",
      [decision("OPERATOR", "REFUSED", { reason: "x" })],
      "ID_INVALID seller: OPERATOR -> a seller, not the operator",
    ],
    [
      "the same document with other content",
      [document("d", "KBIS"), document("d", "PASSPORT")],
      "DUPLICATE_DIFFERS id: d -> the content it had when it was first imported, or another id",
    ],
  ])("refuses %s", async (_what, records, expected) => {
    world = await moneyWorld([marketplace()]);
    const [finding, ...more] = await world.import(records);
    expect(finding?.startsWith(expected)).toBe(true);
    expect(more).toEqual([]);
    expect(await world.told("seller")).toEqual([]);
  });
});

describe("a change of account", () => {
  const OTHER = { iban: "ES9121000418450200051332", onboarding: undefined };

  async function changed(settlement: Fields) {
    world = await moneyWorld([marketplace(settlement), seller("a"), ...sale("o", { a: 1_000 }, "2026-11-18")]);
    world.context.setClock("2026-11-18T20:00:00Z");
    await world.bring([seller("a", OTHER)]);
  }

  it("of a validated seller needs a new validation before anything is paid", async () => {
    await changed({});
    expect(await onboarding("a")).toBe("PENDING_VALIDATION");
    await world.settle("2026-11-19");
    expect(await world.transfers()).toEqual(["a 900 ON_HOLD SELLER_NOT_VALIDATED"]);
    await world.bring([decision("a", "VALIDATED")]);
    await world.settle("2026-11-20");
    expect(await world.transfers()).toEqual(["a 900 SCHEDULED"]);
  });

  it("cools down for the hours of the policy, also when it is validated at once", async () => {
    await changed({ coolingHours: 24 });
    await world.bring([decision("a", "VALIDATED")]);
    await world.settle("2026-11-19");
    expect(await world.transfers()).toEqual(["a 900 ON_HOLD ACCOUNT_COOLING"]);
    await world.settle("2026-11-20");
    expect(await world.transfers()).toEqual(["a 900 SCHEDULED"]);
  });

  it("between settlement and file holds the transfer, which goes when it has cooled down", async () => {
    world = await moneyWorld([
      marketplace({ coolingHours: 24 }),
      seller("a"),
      ...sale("o", { a: 1_000 }, "2026-11-18"),
    ]);
    await world.settle("2026-11-19");
    await world.bring([seller("a", { iban: OTHER.iban })]);
    await writeTransferFiles(world.context, "2026-11-19");
    expect(await world.transfers()).toEqual(["a 900 ON_HOLD ACCOUNT_COOLING"]);
    await world.booksHold();
    world.context.setClock("2026-11-20T02:00:00Z");
    await settle(world.context, "2026-11-20");
    expect(await world.transfers()).toEqual(["a 900 SCHEDULED"]);
    await world.booksHold();
  });

  it("lets a payout that was due go on a day that is not, once it has cooled down", async () => {
    world = await moneyWorld([
      marketplace({ coolingHours: 24, schedule: { kind: "WEEKLY", days: ["FRI"] } }),
      seller("a"),
      ...sale("o", { a: 1_000 }, "2026-11-18"),
    ]);
    world.context.setClock("2026-11-19T20:00:00Z");
    await world.bring([seller("a", { iban: OTHER.iban })]);
    await world.settle("2026-11-20");
    expect(await world.transfers()).toEqual(["a 900 ON_HOLD ACCOUNT_COOLING"]);
    await world.bring(sale("o2", { a: 500 }, "2026-11-20"));
    await world.settle("2026-11-21");
    expect(await world.transfers()).toEqual(["a 900 SCHEDULED"]);
    expect(await world.balance("a")).toEqual({ AVAILABLE: 1_350n });
  });
});
