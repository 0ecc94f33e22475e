import { afterEach, describe, expect, it } from "vitest";
import { type PreviewLine, previewSettlement } from "../../src/app/preview.ts";
import { settle } from "../../src/app/settle.ts";
import {
  accountNumber,
  marketplace,
  type PlantedMarket,
  plantedMarket,
  sale,
  seller,
} from "./reports/planted-market.ts";

let market: PlantedMarket;
afterEach(() => market.close());

const SHOP = accountNumber(11);
const DAYS = ["2026-11-10", "2026-11-11", "2026-11-12", "2026-11-13"] as const;

/** A shop that was paid 90.00, 81.00 and 99.00 on three days. */
async function paidShop(): Promise<void> {
  market = await plantedMarket();
  await market.plant([marketplace(), seller("s", "Shop One", SHOP)]);
  for (const [index, amount] of [10_000, 9_000, 11_000].entries()) {
    const [before = "", day = ""] = [["2026-11-09", ...DAYS][index], DAYS[index]];
    await market.plant(sale(`o${index}`, "s", amount, before));
    await market.night(day);
  }
}

/** What is previewed for the fourth day once everything is booked. */
async function preview(): Promise<readonly PreviewLine[]> {
  // The settlement of a day that owes nothing yet books what was captured.
  await settle(market.context, DAYS[2]);
  return (await previewSettlement(market.context, DAYS[3])).lines.filter(
    ({ position }) => position.seller !== "OPERATOR",
  );
}

const codes = (lines: readonly PreviewLine[]) => lines.map(({ anomalies }) => anomalies.map(({ code }) => code));

describe("a preview", () => {
  it("says what differs from the last settlement, and finds nothing unusual in the usual", async () => {
    await paidShop();
    await market.plant(sale("o9", "s", 10_500, DAYS[2]));
    const [line] = await preview();
    expect(line).toMatchObject({
      net: 9_450n,
      difference: -450n,
      last: { businessDate: DAYS[2], net: 9_900n, outcome: "TRANSFER" },
      anomalies: [],
    });
  });

  it("names ten times the usual, with both amounts", async () => {
    await paidShop();
    await market.plant(sale("o9", "s", 100_000, DAYS[2]));
    const [line] = await preview();
    expect(line?.anomalies).toMatchObject([{ code: "TEN_TIMES_USUAL", before: "90.00 EUR", now: "900.00 EUR" }]);
  });

  it("names a new account and a changed name, with the accounts masked", async () => {
    await paidShop();
    await market.plant([seller("s", "Shop Won", accountNumber(12)), ...sale("o9", "s", 10_500, DAYS[2])]);
    const [line] = await preview();
    expect(line?.anomalies).toMatchObject([
      {
        code: "NEW_ACCOUNT",
        before: expect.stringMatching(/^DE..\*{4}0011$/),
        now: expect.stringMatching(/\*{4}0012$/),
      },
      { code: "NAME_CHANGED", before: "Shop One", now: "Shop Won" },
    ]);
  });

  it("names an amount that the same account had in the last 30 days, whoever it was paid as", async () => {
    await paidShop();
    await market.plant([
      seller("t", "Shop One again", SHOP),
      ...sale("o8", "s", 10_000, DAYS[2]),
      ...sale("o9", "t", 9_000, DAYS[2]),
    ]);
    expect(codes(await preview())).toEqual([["DUPLICATE_AMOUNT"], ["DUPLICATE_AMOUNT"]]);
  });

  it("is silent about amounts of more than 30 days ago", async () => {
    await paidShop();
    await market.plant(sale("o9", "s", 10_000, "2026-12-14"));
    await settle(market.context, DAYS[2]);
    const { lines } = await previewSettlement(market.context, "2026-12-15");
    expect(codes(lines)).toEqual([[]]);
    expect(lines[0]?.last).toMatchObject({ businessDate: DAYS[2] });
  });
});
