import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Explained, explain, type Question } from "../../src/app/explain.ts";
import { placeInFile } from "../../src/app/explain-bank.ts";
import { factOf } from "../../src/app/fact-text.ts";
import { treeText } from "../../src/cli/commands/explain.ts";
import {
  accountNumber,
  DAY,
  marketplace,
  type PlantedMarket,
  plantedMarket,
  refund,
  sale,
  seller,
} from "./reports/planted-market.ts";

let market: PlantedMarket;
let endToEndId: string;

beforeAll(async () => {
  market = await plantedMarket();
  const hook = { type: "endpoint", marketplace: "bazaar", id: "hook", url: "https://example.com/hook", events: ["*"] };
  await market.plant([
    marketplace(),
    { ...hook, secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" },
    seller("s1", "Shop One", accountNumber(11)),
    seller("s2", "Shop Two"),
    ...sale("o1", "s1", 10_000, DAY.first),
    ...sale("o2", "s1", 5_000, DAY.first),
    ...sale("o3", "s2", 700, DAY.first),
    refund("r1", "o1", "s1", 1_000, DAY.first),
  ]);
  await market.night(DAY.second);
  await market.day(DAY.second);
  await market.morning(DAY.third);
  const transfer = await market.context.store.db
    .selectFrom("transfers")
    .innerJoin("sellers", "sellers.id", "transfers.seller_id")
    .select("transfers.end_to_end_id")
    .where("sellers.ref", "=", "s1")
    .executeTakeFirstOrThrow();
  endToEndId = transfer.end_to_end_id;
});
afterAll(() => market.close());

const ask = (question: Pick<Question, "kind" | "id"> & Partial<Question>) =>
  explain(market.context, { limit: 50, ...question });

/** Every step of the tree, as `step ref`. */
function steps(parts: readonly Explained[]): string[] {
  return parts.flatMap(({ step, ref, parts: more }) => [`${step} ${ref}`, ...steps(more)]);
}

function named(parts: readonly Explained[], step: string): Explained[] {
  return parts.flatMap((part) => [...(part.step === step ? [part] : []), ...named(part.parts, step)]);
}

describe("explaining a transfer", () => {
  it("leads back to each order, authorisation, capture, refund and fee, and to the settlement that decided it", async () => {
    const [root] = await ask({ kind: "transfer", id: endToEndId });
    expect(root?.facts).toMatchObject({ seller: "s1", amount: "126.00 EUR", state: "EXECUTED" });
    expect(root?.facts.account).toMatch(/^DE\d\d\*{4}0011$/);
    const found = steps(root === undefined ? [] : [root]);
    for (const step of ["order o1", "order o2", "authorisation o1-T", "refund r1", "split o1-1"]) {
      expect(found).toContain(step);
    }
    expect(named(root?.parts ?? [], "pays")[0]?.facts).toEqual({
      gross: "140.00 EUR",
      fee: "14.00 EUR",
      net: "126.00 EUR",
    });
    expect(named(root?.parts ?? [], "settlement")[0]?.facts).toMatchObject({
      sales: "150.00 EUR",
      refunds: "-10.00 EUR",
      net: "126.00 EUR",
      outcome: "TRANSFER",
    });
    expect(named(root?.parts ?? [], "posting").map(({ facts }) => facts.event)).toEqual(
      expect.arrayContaining(["SALE_CAPTURED", "FEE_CAPTURED", "REFUNDED", "FEE_REFUNDED", "FROZEN_IN_FILE", "BOOKED"]),
    );
  });

  it("leads on to its line of the frozen file, the bank's status, the statement entry and what was told", async () => {
    const [root] = await ask({ kind: "transfer", id: endToEndId });
    const [file] = named(root?.parts ?? [], "file");
    const { bytes } = await market.context.store.db
      .selectFrom("transfer_files")
      .select("bytes")
      .executeTakeFirstOrThrow();
    const lines = Buffer.from(bytes).toString("utf8").split("\n");
    expect(lines[Number(file?.facts.line) - 1]).toContain(`<EndToEndId>${endToEndId}</EndToEndId>`);
    expect(named(root?.parts ?? [], "bank-status")).toHaveLength(1);
    expect(named(root?.parts ?? [], "statement-entry")[0]?.facts).toMatchObject({
      effect: "EXECUTED",
      amount: "126.00 EUR",
      kind: "camt.053",
    });
    expect(named(root?.parts ?? [], "change").map(({ facts }) => facts.status)).toEqual([
      "SCHEDULED",
      "IN_FILE",
      "SENT",
      expect.any(String),
      "EXECUTED",
    ]);
    expect(named(root?.parts ?? [], "notification").map(({ facts }) => facts)).toEqual(
      Array(5).fill({ endpoint: "hook", state: "PENDING", attempts: 0 }),
    );
  });

  it("is found again from the reference of its bank line", async () => {
    const { fact } = await market.context.store.db
      .selectFrom("bank_entries")
      .innerJoin("matches", "matches.bank_entry_id", "bank_entries.id")
      .select("fact")
      .executeTakeFirstOrThrow();
    const { servicerReference, reference, identity } = factOf(fact);
    for (const id of [servicerReference ?? reference ?? "", identity]) {
      expect((await ask({ kind: "transfer", id })).map(({ ref }) => ref)).toContain(endToEndId);
    }
    await expect(ask({ kind: "transfer", id: "%" })).rejects.toThrow(/no such record/);
  });

  it("shows as many lines as asked for, and the sums of all", async () => {
    const [root] = await ask({ kind: "transfer", id: endToEndId, limit: 1 });
    const [pays] = named(root?.parts ?? [], "pays");
    expect([pays?.ref, pays?.facts.net, pays?.parts.at(-1)?.ref]).toEqual(["3 lines", "126.00 EUR", "2 more"]);
  });
});

describe("explaining an order", () => {
  it("leads from the card to the bank's statement", async () => {
    const [root] = await ask({ kind: "order", id: "o1" });
    expect(root?.facts).toMatchObject({ amount: "100.00 EUR" });
    const found = steps(root?.parts ?? []);
    expect(found).toEqual(expect.arrayContaining(["authorisation o1-T", "refund r1", `transfer ${endToEndId}`]));
    expect(named(root?.parts ?? [], "statement-entry")).toHaveLength(1);
  });

  it("says when there is no such order", async () => {
    await expect(ask({ kind: "order", id: "o9" })).rejects.toThrow(/no such record/);
  });
});

describe("explaining a seller", () => {
  it("shows his balances, why money is held, and what settlements decided", async () => {
    const [root] = await ask({ kind: "seller", id: "s2" });
    expect(named(root?.parts ?? [], "balance").map(({ ref, facts }) => [ref, facts.amount])).toEqual([
      ["held", "6.30 EUR"],
    ]);
    expect(named(root?.parts ?? [], "transfer")[0]?.facts).toMatchObject({
      state: "ON_HOLD",
      holdReason: "NO_ACCOUNT",
      why: "the seller has no valid account",
    });
    expect(named(root?.parts ?? [], "settlement")[0]?.facts).toMatchObject({ outcome: "HOLD", reason: "NO_ACCOUNT" });
  });
});

it("draws the chain as a tree of one line a step", async () => {
  const [root] = await ask({ kind: "order", id: "o3" });
  const text = treeText(root ?? { step: "", ref: "", facts: {}, parts: [] });
  expect(text.split("\n")[0]).toMatch(/^order o3: marketplace bazaar, amount 7\.00 EUR, state /);
  expect(text).toMatch(/\n├─ authorisation o3-T: status CAPTURED, authorised 7\.00 EUR/);
  expect(text).toMatch(/\n│ {2}└─ capture /);
});

it("finds no place for a transfer that is not in the bytes", () => {
  expect(placeInFile(Buffer.from("<EndToEndId>A</EndToEndId>"), "B")).toBeUndefined();
});
