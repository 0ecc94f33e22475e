import { afterEach, describe, expect, it } from "vitest";
import { cashout, type Fields, type MoneyWorld, marketplace, moneyWorld, refund, sale, seller } from "./money-world.ts";

let world: MoneyWorld;
afterEach(() => world.context.store.close());

describe("a payout schedule", () => {
  it("lets money mature every day and pays it on its day, with all of the week's sales on one line", async () => {
    world = await moneyWorld([marketplace({ schedule: { kind: "WEEKLY", days: ["FRI"] } }), seller("a")]);
    await world.bring([...sale("o1", { a: 1_000 }, "2026-11-17"), ...sale("o2", { a: 2_000 }, "2026-11-18")]);
    await world.settle("2026-11-18");
    await world.settle("2026-11-19");
    expect(await world.balance("a")).toEqual({ AVAILABLE: 2_700n });
    expect(await world.transfers()).toEqual([]);
    await world.settle("2026-11-20");
    expect(await world.transfers()).toEqual(["a 2700 SCHEDULED"]);
    const lines = await world.db.selectFrom("settlement_lines").selectAll().orderBy("settlement_id").execute();
    expect(lines.map(({ sales, fees, net, outcome, reason }) => [sales, fees, net, outcome, reason])).toEqual([
      [0n, 0n, 0n, "NOTHING", "NOT_DUE"],
      [0n, 0n, 0n, "NOTHING", "NOT_DUE"],
      [3_000n, 300n, 2_700n, "TRANSFER", null],
    ]);
  });

  it("of a seller stands before the marketplace's, and so does his delay", async () => {
    world = await moneyWorld([
      marketplace(),
      seller("a"),
      seller("b", { settlement: { schedule: { kind: "MONTHLY", days: ["LAST"] } } }),
      seller("c", { settlement: { delayDays: 2 } }),
      ...sale("o", { a: 1_000, b: 1_000, c: 1_000 }, "2026-11-28"),
    ]);
    const paid: Record<string, number> = {};
    for (const day of ["2026-11-29", "2026-11-30"]) {
      await world.settle(day);
      paid[day] = (await world.transfers()).length;
    }
    expect(paid).toEqual({ "2026-11-29": 1, "2026-11-30": 3 });
    expect(await world.transfers()).toEqual(["a 900 SCHEDULED", "b 900 SCHEDULED", "c 900 SCHEDULED"]);
  });
});

describe("a rolling reserve of 10 % for 3 days", () => {
  const RESERVE = { reserve: { basisPoints: 1_000, days: 3 } };

  it("is kept back of each payout and released on its day, to the cent", async () => {
    world = await moneyWorld([marketplace(RESERVE), seller("a"), ...sale("o1", { a: 10_000 }, "2026-11-18")]);
    await world.settle("2026-11-19");
    expect(await world.balance("a")).toEqual({ AVAILABLE: 8_100n, RESERVED: 900n });
    await world.bring(sale("o2", { a: 1_000 }, "2026-11-19"));
    await world.settle("2026-11-20");
    expect(await world.balance("a")).toEqual({ AVAILABLE: 8_910n, RESERVED: 990n });
    await world.settle("2026-11-21");
    expect(await world.transfers()).toEqual(["a 8100 SCHEDULED", "a 810 SCHEDULED"]);
    await world.settle("2026-11-22");
    expect(await world.transfers()).toEqual(["a 8100 SCHEDULED", "a 810 SCHEDULED", "a 900 SCHEDULED"]);
    expect(await world.balance("a")).toEqual({ AVAILABLE: 9_810n, RESERVED: 90n });
    const lines = await world.db.selectFrom("settlement_lines").selectAll().orderBy("settlement_id").execute();
    expect(lines.map(({ sales, fees, reserve, net }) => [sales, fees, reserve, net])).toEqual([
      [10_000n, 1_000n, -900n, 8_100n],
      [1_000n, 100n, -90n, 810n],
      [0n, 0n, 900n, 900n],
    ]);
  });

  it("is of net sales: what is refunded before the payout is not reserved", async () => {
    world = await moneyWorld([marketplace(RESERVE), seller("a"), ...sale("o1", { a: 10_000 }, "2026-11-18")]);
    await world.bring([refund("r", "o1", "a", 5_000, "2026-11-18")]);
    await world.settle("2026-11-19");
    expect(await world.transfers()).toEqual(["a 4050 SCHEDULED"]);
    expect(await world.balance("a")).toEqual({ AVAILABLE: 4_050n, RESERVED: 450n });
  });

  it("stays when a refund after the payout makes a debt, and covers it when it is released", async () => {
    world = await moneyWorld([marketplace(RESERVE), seller("a"), ...sale("o1", { a: 10_000 }, "2026-11-18")]);
    await world.settle("2026-11-19");
    await world.bring([refund("r", "o1", "a", 500, "2026-11-19")]);
    await world.settle("2026-11-20");
    expect((await world.told("settlement")).at(-1)).toMatch(/CARRIED NEGATIVE_NET/);
    await world.settle("2026-11-22");
    expect(await world.transfers()).toEqual(["a 8100 SCHEDULED", "a 450 SCHEDULED"]);
    expect(await world.balance("a")).toEqual({ AVAILABLE: 8_550n });
  });

  it("is kept back of cashouts as of settlements, once of each sale", async () => {
    world = await moneyWorld([
      marketplace({ ...RESERVE, schedule: { kind: "MANUAL" } }),
      seller("a"),
      ...sale("o1", { a: 10_000 }, "2026-11-18"),
    ]);
    await world.settle("2026-11-19");
    await world.bring([cashout("x", "a", 100)]);
    await world.bring([cashout("y", "a")]);
    expect(await world.transfers()).toEqual(["a 100 SCHEDULED", "a 8000 SCHEDULED"]);
    expect(await world.balance("a")).toEqual({ AVAILABLE: 8_100n, RESERVED: 900n });
    await world.booksHold();
  });
});

describe("limits", () => {
  it("hold what is above them, and let the day's limit go on another day", async () => {
    world = await moneyWorld([
      marketplace({ maximumPayout: 5_000, maximumPerDay: 4_000 }),
      ...["a", "b", "c"].map((id) => seller(id)),
      ...sale("o", { a: 10_000, b: 4_400, c: 3_000 }, "2026-11-18"),
    ]);
    await world.settle("2026-11-19");
    expect(await world.transfers()).toEqual(["a 9000 ON_HOLD LIMIT_EXCEEDED", "b 3960 SCHEDULED", "c 2700 SCHEDULED"]);
    await world.bring(sale("o2", { b: 4_000 }, "2026-11-18"));
    await world.settle("2026-11-19");
    expect((await world.transfers()).at(-1)).toBe("b 3600 ON_HOLD DAY_LIMIT_REACHED");
    await world.settle("2026-11-20");
    expect((await world.transfers()).at(-1)).toBe("b 3600 SCHEDULED");
  });
});

describe("a seller held by a person", () => {
  const hold = (type: string): Fields => ({
    type,
    marketplace: "m",
    seller: "a",
    by: "alice",
    reason: "fraud check 17",
  });

  it("is not paid until he is released; who and why is kept and told", async () => {
    world = await moneyWorld([marketplace(), seller("a"), ...sale("o", { a: 1_000 }, "2026-11-18")]);
    await world.bring([hold("seller_hold")]);
    await world.settle("2026-11-19");
    expect(await world.transfers()).toEqual(["a 900 ON_HOLD SELLER_HELD"]);
    expect(await world.balance("a")).toEqual({ HELD: 900n });
    await world.bring([hold("seller_hold"), hold("seller_release")]);
    await world.settle("2026-11-20");
    expect(await world.transfers()).toEqual(["a 900 SCHEDULED"]);
    expect(await world.told("seller")).toEqual(["a PAYOUTS_HELD fraud check 17", "a PAYOUTS_RELEASED fraud check 17"]);
    const audit = await world.db
      .selectFrom("audit_log")
      .select(["actor", "action", "subject", "detail"])
      .where("actor", "=", "alice")
      .execute();
    expect(audit.map(({ action, subject, detail }) => [action, subject, detail])).toEqual([
      ["hold seller", "a", "fraud check 17"],
      ["release seller", "a", "fraud check 17"],
    ]);
  });
});

describe("the operator's own payout", () => {
  it.each<[string, string[]]>([
    ["NONE", []],
    ["SALES", ["OPERATOR 900 SCHEDULED"]],
    ["SALES_AND_FEES", ["OPERATOR 2000 SCHEDULED"]],
  ])("%s", async (operatorPayout, expected) => {
    world = await moneyWorld([
      marketplace({ operatorPayout }),
      seller("a"),
      ...sale("o", { OPERATOR: 1_000, a: 10_000 }, "2026-11-18"),
    ]);
    await world.settle("2026-11-19");
    expect((await world.transfers()).filter((line) => line.startsWith("OPERATOR"))).toEqual(expected);
    await world.settle("2026-11-19");
    expect((await world.transfers()).filter((line) => line.startsWith("OPERATOR"))).toEqual(expected);
  });

  it("is carried when refunds of his own sales exceed them", async () => {
    world = await moneyWorld([marketplace(), ...sale("o", { OPERATOR: 1_000 }, "2026-11-18")]);
    await world.settle("2026-11-19");
    await world.bring([refund("r", "o", "OPERATOR", 1_000, "2026-11-19")]);
    await world.settle("2026-11-20");
    expect(await world.balance("OPERATOR")).toEqual({});
    await world.bring(sale("o2", { OPERATOR: 500 }, "2026-11-20"));
    await world.settle("2026-11-21");
    expect(await world.transfers()).toEqual(["OPERATOR 900 SCHEDULED"]);
  });
});

describe("the policy of a marketplace", () => {
  it.each<[string, Fields, string]>([
    ["an unknown field", { dealyDays: 1 }, "FIELD_UNKNOWN settlement.dealyDays: dealyDays"],
    ["a week without days", { schedule: { kind: "WEEKLY" } }, "FIELD_INVALID settlement.schedule.days: nothing"],
    [
      "a day that is none",
      { schedule: { kind: "WEEKLY", days: ["FREITAG"] } },
      "FIELD_INVALID settlement.schedule.days: FREITAG",
    ],
    [
      "a day twice",
      { schedule: { kind: "MONTHLY", days: ["1", "1"] } },
      "FIELD_INVALID settlement.schedule.days: 1, 1",
    ],
    ["the 32nd", { schedule: { kind: "MONTHLY", days: ["32"] } }, "FIELD_INVALID settlement.schedule.days: 32"],
    [
      "days of a daily schedule",
      { schedule: { kind: "DAILY", days: ["MON"] } },
      "FIELD_UNKNOWN settlement.schedule.days: days",
    ],
    ["a reserve without days", { reserve: { basisPoints: 500 } }, "FIELD_MISSING settlement.reserve.days: nothing"],
    [
      "a minimum above the maximum",
      { minimumPayout: 5, maximumPayout: 4 },
      "FIELD_INVALID settlement.minimumPayout: 5",
    ],
    [
      "limits of a currency that is none",
      { currencies: { XYZ: {} } },
      "CURRENCY_UNKNOWN settlement.currencies.XYZ: XYZ",
    ],
    ["a chargeback charge of nothing", { chargeback: { charge: 0 } }, "AMOUNT_INVALID settlement.chargeback.charge: 0"],
  ])("with %s is refused", async (_what, settlement, expected) => {
    world = await moneyWorld([]);
    const findings = await world.import([marketplace(settlement)]);
    expect(findings.map((finding) => finding.split(" -> ")[0])).toEqual([expected]);
  });

  it("is the marketplace's where a seller's may not differ", async () => {
    world = await moneyWorld([marketplace()]);
    const findings = await world.import([seller("a", { settlement: { operatorPayout: "NONE" } })]);
    expect(findings[0]).toMatch(/^FIELD_UNKNOWN settlement.operatorPayout/);
  });
});
