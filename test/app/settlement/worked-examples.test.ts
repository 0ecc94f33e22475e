/** Examples that a finance person can follow with a pencil: what happened each day, and what each party then has. */
import { afterEach, describe, expect, it } from "vitest";
import { writeTransferFiles } from "../../../src/app/write-transfer-files.ts";
import { formatMinor } from "../../../src/domain/money.ts";
import { STORE_KINDS } from "../../support/test-database.ts";
import { type Fields, type MoneyWorld, marketplace, moneyWorld, refund, sale, seller } from "./money-world.ts";

let world: MoneyWorld;
afterEach(() => world.context.store.close());

/** What comes in on a day before it is settled; then the settlement's decisions and the balances after it. */
interface Day {
  readonly date: string;
  readonly comes?: readonly Fields[];
  /** `party outcome net`, as the settlement of the day decides; a day without news decides nothing. */
  readonly decides: readonly string[];
  /** `party bucket amount`: whatever is not zero. */
  readonly leaves: readonly string[];
}

interface Example {
  readonly name: string;
  readonly agreed?: Fields;
  readonly fees?: readonly Fields[];
  readonly sellers: readonly string[];
  readonly days: readonly Day[];
}

const EXAMPLES: readonly Example[] = [
  {
    // Seed 000: printer and toner of the operator, paper of myShop1, shirts of myShop2; one capture of 875.00.
    name: "the practical case: each seller gets his part of one order, the operator his sales and a tenth of theirs",
    agreed: { operatorPayout: "SALES" },
    sellers: ["myShop1.com", "myShop2.com"],
    days: [
      {
        date: "2026-11-19",
        comes: sale("1234", { OPERATOR: 80_000, "myShop1.com": 3_000, "myShop2.com": 4_500 }, "2026-11-18"),
        decides: ["OPERATOR TRANSFER 720.00", "myShop1.com TRANSFER 27.00", "myShop2.com TRANSFER 40.50"],
        leaves: [
          "OPERATOR FEES 87.50",
          "OPERATOR IN_TRANSIT 720.00",
          "myShop1.com IN_TRANSIT 27.00",
          "myShop2.com IN_TRANSIT 40.50",
        ],
      },
    ],
  },
  {
    name: "fee tiers: 10 % up to 1 000.00 sold in the month, 5 % from there, with 20 % VAT on the fee",
    fees: [{ basisPoints: 1_000, vatBasisPoints: 2_000, tiers: [{ from: 100_000, basisPoints: 500 }] }],
    sellers: ["a"],
    days: [
      {
        date: "2026-11-19",
        comes: sale("o1", { a: 100_000 }, "2026-11-18"),
        decides: ["a TRANSFER 880.00"],
        leaves: ["OPERATOR FEES 120.00", "a IN_TRANSIT 880.00"],
      },
      {
        date: "2026-11-20",
        comes: sale("o2", { a: 20_000 }, "2026-11-19"),
        decides: ["a TRANSFER 188.00"],
        leaves: ["OPERATOR FEES 132.00", "a IN_TRANSIT 1068.00"],
      },
    ],
  },
  {
    name: "a refund after the payout is a debt, carried over three settlements and netted by what is sold",
    sellers: ["a"],
    days: [
      {
        date: "2026-11-19",
        comes: sale("o1", { a: 10_000 }, "2026-11-18"),
        decides: ["a TRANSFER 90.00"],
        leaves: ["OPERATOR FEES 10.00", "a IN_TRANSIT 90.00"],
      },
      {
        date: "2026-11-20",
        comes: [refund("r", "o1", "a", 10_000, "2026-11-19"), ...sale("o2", { a: 2_000 }, "2026-11-20")],
        decides: ["a CARRIED -90.00"],
        leaves: ["OPERATOR FEES 2.00", "a AVAILABLE -90.00", "a IN_TRANSIT 90.00", "a PENDING 18.00"],
      },
      {
        date: "2026-11-21",
        comes: sale("o3", { a: 3_000 }, "2026-11-21"),
        decides: ["a CARRIED -72.00"],
        leaves: ["OPERATOR FEES 5.00", "a AVAILABLE -72.00", "a IN_TRANSIT 90.00", "a PENDING 27.00"],
      },
      {
        date: "2026-11-22",
        comes: sale("o4", { a: 8_000 }, "2026-11-22"),
        decides: ["a CARRIED -45.00"],
        leaves: ["OPERATOR FEES 13.00", "a AVAILABLE -45.00", "a IN_TRANSIT 90.00", "a PENDING 72.00"],
      },
      {
        date: "2026-11-23",
        decides: ["a TRANSFER 27.00"],
        leaves: ["OPERATOR FEES 13.00", "a IN_TRANSIT 117.00"],
      },
    ],
  },
  {
    name: "a reserve of 10 % is kept back for two days, then released and paid; nothing is kept of a release",
    agreed: { reserve: { basisPoints: 1_000, days: 2 } },
    sellers: ["a"],
    days: [
      {
        date: "2026-11-19",
        comes: sale("o1", { a: 10_000 }, "2026-11-18"),
        decides: ["a TRANSFER 81.00"],
        leaves: ["OPERATOR FEES 10.00", "a IN_TRANSIT 81.00", "a RESERVED 9.00"],
      },
      { date: "2026-11-20", decides: [], leaves: ["OPERATOR FEES 10.00", "a IN_TRANSIT 81.00", "a RESERVED 9.00"] },
      { date: "2026-11-21", decides: ["a TRANSFER 9.00"], leaves: ["OPERATOR FEES 10.00", "a IN_TRANSIT 90.00"] },
    ],
  },
  {
    name: "the operator owes too: his own sale is refunded after his payout, and his next sales cover it",
    agreed: { operatorPayout: "SALES" },
    sellers: ["a"],
    days: [
      {
        date: "2026-11-19",
        comes: sale("o1", { OPERATOR: 10_000, a: 1_000 }, "2026-11-18"),
        decides: ["OPERATOR TRANSFER 90.00", "a TRANSFER 9.00"],
        leaves: ["OPERATOR FEES 11.00", "OPERATOR IN_TRANSIT 90.00", "a IN_TRANSIT 9.00"],
      },
      {
        date: "2026-11-20",
        comes: [refund("r", "o1", "OPERATOR", 10_000, "2026-11-19"), ...sale("o2", { OPERATOR: 11_000 }, "2026-11-20")],
        decides: ["OPERATOR CARRIED -90.00"],
        leaves: [
          "OPERATOR AVAILABLE -90.00",
          "OPERATOR FEES 12.00",
          "OPERATOR IN_TRANSIT 90.00",
          "OPERATOR PENDING 99.00",
          "a IN_TRANSIT 9.00",
        ],
      },
      {
        date: "2026-11-21",
        decides: ["OPERATOR TRANSFER 9.00"],
        leaves: ["OPERATOR FEES 12.00", "OPERATOR IN_TRANSIT 99.00", "a IN_TRANSIT 9.00"],
      },
    ],
  },
];

async function decided(date: string): Promise<string[]> {
  const rows = await world.db
    .selectFrom("settlement_lines")
    .innerJoin("settlements", "settlements.id", "settlement_lines.settlement_id")
    .innerJoin("sellers", "sellers.id", "settlement_lines.seller_id")
    .select(["sellers.ref", "settlement_lines.outcome", "settlement_lines.net"])
    .where("settlements.business_date", "=", date)
    .execute();
  return rows.map(({ ref, outcome, net }) => `${ref} ${outcome} ${formatMinor(net, "EUR")}`).sort();
}

async function left(parties: readonly string[]): Promise<string[]> {
  const lines = await Promise.all(
    parties.map(async (ref) =>
      Object.entries(await world.balance(ref)).map(
        ([bucket, minor]) => `${ref} ${bucket} ${formatMinor(minor, "EUR")}`,
      ),
    ),
  );
  return lines.flat().sort();
}

describe.each(STORE_KINDS)("on %s:", (kind) => {
  it.each(EXAMPLES)("$name", async ({ agreed, fees, sellers, days }) => {
    const more = fees === undefined ? {} : { fees };
    world = await moneyWorld([marketplace(agreed, more), ...sellers.map((id) => seller(id))], kind);
    for (const { date, comes = [], decides, leaves } of days) {
      if (comes.length > 0) await world.bring(comes);
      await world.settle(date);
      expect([date, await decided(date)]).toEqual([date, decides]);
      await writeTransferFiles(world.context, date);
      expect([date, await left(["OPERATOR", ...sellers])]).toEqual([date, leaves]);
      await world.booksHold();
    }
  });
});
