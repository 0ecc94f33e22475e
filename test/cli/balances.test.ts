import { beforeAll, describe, expect, it } from "vitest";
import { workplace } from "./remit.ts";

const place = workplace();

beforeAll(async () => {
  const iban = "FR7630006000011234567890189";
  const records = [
    {
      type: "marketplace",
      id: "m",
      name: "Market",
      debtor: { name: "Market SAS", iban },
      bank: "sandbox",
      profile: "sandbox",
      gateway: "sandbox",
      integrationMode: "MULTI_CAPTURE",
      settlement: { schedule: { kind: "MANUAL" } },
    },
    {
      type: "seller",
      marketplace: "m",
      id: "a",
      legalName: "Seller A",
      iban: "DE89370400440532013000",
      onboarding: "VALIDATED",
    },
    { type: "cashin", marketplace: "m", id: "in", seller: "a", amount: 10_000 },
  ];
  const file = place.file("records.ndjson", records.map((record) => JSON.stringify(record)).join("\n"));
  expect((await place.remit("init")).code).toBe(0);
  expect((await place.remit("import", file, "--json")).json()).toMatchObject({ ok: true });
});

const cashout = (...words: string[]) =>
  place.remit("cashout", "--json", "--marketplace", "m", "--scope", "seller", "--seller", "a", ...words);

describe("remit cashout and remit balances", () => {
  it("pay what is available and say what is left", async () => {
    const paid = await cashout("--id", "x", "--amount", "25.50");
    expect(paid.json()).toMatchObject({ ok: true, amount: "25.50", currency: "EUR" });
    const { json } = await place.remit("balances", "--json");
    const [row] = json().balances as Record<string, unknown>[];
    expect(row).toMatchObject({ seller: "a", available: "100.00", scheduled: "25.50", payable: "74.50" });
  });

  it.each<[string, string[], object]>([
    [
      "above what is available",
      ["--id", "y", "--amount", "1000"],
      { code: "AMOUNT_EXCEEDED", where: "amount", found: "100000" },
    ],
    ["of nothing", ["--id", "y", "--amount", "0"], { code: "INPUT_INVALID", where: "amount" }],
    ["with more decimals than the currency has", ["--id", "y", "--amount", "1.005"], { code: "MONEY_NOT_EXACT" }],
  ])("refuse a cashout %s with exit code 1", async (_what, words, finding) => {
    const { code, json } = await cashout(...words);
    expect(json()).toMatchObject({ ok: false, findings: [finding] });
    expect(code).toBe(1);
  });
});
