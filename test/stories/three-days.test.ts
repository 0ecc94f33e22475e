import { readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SCHEDULE } from "../../jobs/schedule.ts";
import type { OpenedContext } from "../../src/context.ts";
import { CASE_ORDERS, CASE_SELLERS } from "../../src/demo/cases.ts";
import { DAYS, MORNING } from "../../src/demo/market.ts";
import { liveThroughDays } from "../../src/demo/run-days.ts";
import { timetable } from "../../src/demo/timetable.ts";
import type { World } from "../../src/demo/world.ts";
import { assertBooks } from "./books.ts";
import { contentOf, filesOf, transfersOf } from "./outcome.ts";
import { storyWorld } from "./story-world.ts";

const [WEDNESDAY, , FRIDAY] = DAYS;
/** Some ten times what it takes: machines are busy, and nothing waits for it to pass. */
const PATIENCE_MS = 300_000;

describe("three business days of 250 sellers and 5,000 orders", () => {
  let world: World;
  let context: OpenedContext;

  beforeAll(async () => {
    world = await storyWorld({ size: { sellers: 250, orders: 5_000 } });
    context = await world.open("write");
    world.moveTo(WEDNESDAY, "00:15");
    for await (const _ of liveThroughDays({ world, context, timetable: timetable(context) }));
  }, PATIENCE_MS);

  afterAll(() => world.stop());

  it("ends with books in which every cent is accounted for, at the bank and the gateway too", () =>
    assertBooks(world, context.store.db));

  it("leaves nothing under way", async () => {
    const states = new Set((await transfersOf(context.store.db)).map(({ state }) => state));
    expect([...states].sort()).toEqual(["EXECUTED", "ON_HOLD", "REJECTED", "RETURNED"]);
    expect((await filesOf(context.store.db)).map(({ state }) => state)).toEqual([
      "COMPLETED",
      "COMPLETED",
      "COMPLETED",
    ]);
    expect(world.bank.brain.pending()).toEqual([]);
  });

  it("pays the operator and both shops of the practical case exactly", async () => {
    expect(await paymentsOf(CASE_SELLERS.shop1)).toEqual([{ amount: "2700", state: "EXECUTED" }]);
    expect(await paymentsOf(CASE_SELLERS.shop2)).toEqual([{ amount: "4050", state: "EXECUTED" }]);
    expect(await paymentsOf("OPERATOR")).toEqual([{ amount: "80000", state: "EXECUTED" }]);
    const captures = world.gateway.captures().filter(({ reference }) => reference.startsWith(CASE_ORDERS.practical));
    expect(captures.map(({ sellerRef, amountMinor }) => [sellerRef, amountMinor])).toEqual([
      ["OPERATOR", 80_000n],
      [CASE_SELLERS.shop1, 3_000n],
      [CASE_SELLERS.shop2, 4_500n],
    ]);
  });

  it("pays a rejected transfer again once the seller has given another account", async () => {
    expect(await paymentsOf(CASE_SELLERS.rejected)).toEqual([
      { amount: "18000", state: "REJECTED", code: "AC04" },
      { amount: "18000", state: "EXECUTED", code: expect.anything() },
    ]);
  });

  it("holds returned money in a re-issue that waits for another account", async () => {
    expect(await paymentsOf(CASE_SELLERS.returned)).toEqual([
      { amount: "27000", state: "RETURNED", code: "AC06" },
      { amount: "27000", state: "ON_HOLD", reason: "BANK_RETURNED", code: expect.anything() },
    ]);
  });

  it.each([
    [CASE_SELLERS.accountless, "NO_ACCOUNT", "13500"],
    [CASE_SELLERS.unvalidated, "SELLER_NOT_VALIDATED", "6930"],
  ])("holds what %s is owed: %s", async (seller, reason, amount) => {
    expect(await paymentsOf(seller)).toEqual([{ amount, state: "ON_HOLD", reason }]);
  });

  it("carries the debt of a seller who was paid for what is refunded", async () => {
    expect(await paymentsOf(CASE_SELLERS.indebted)).toEqual([{ amount: "5400", state: "EXECUTED" }]);
    const line = await context.store.db
      .selectFrom("settlement_lines")
      .innerJoin("sellers", "sellers.id", "settlement_lines.seller_id")
      .innerJoin("settlements", "settlements.id", "settlement_lines.settlement_id")
      .select(["settlement_lines.net", "settlement_lines.outcome", "settlement_lines.reason"])
      .where("sellers.ref", "=", CASE_SELLERS.indebted)
      .where("settlements.business_date", "=", FRIDAY)
      .executeTakeFirst();
    expect(line).toEqual({ net: -5_400n, outcome: "CARRIED", reason: "NEGATIVE_NET" });
  });

  it.each([
    [CASE_ORDERS.practical, "CAPTURED", "PAID"],
    [CASE_ORDERS.declined, "CAPTURE_FAILED", "UNPAID"],
    [CASE_ORDERS.expired, "EXPIRED", "UNPAID"],
    [CASE_ORDERS.dayBefore, "CAPTURED", "PAID"],
    [CASE_ORDERS.dayBeforeRefused, "REFUSED", "UNPAID"],
    [CASE_ORDERS.validated, "CAPTURED", "PAID"],
    [CASE_ORDERS.notValidated, "EXPIRED", "UNPAID"],
  ])("leaves order %s %s and %s", async (ref, detailedStatus, orderStatus) => {
    const row = await context.store.db
      .selectFrom("transactions")
      .innerJoin("orders", "orders.id", "transactions.order_id")
      .select(["transactions.detailed_status as detailedStatus", "orders.order_status as orderStatus"])
      .where("orders.ref", "=", ref)
      .executeTakeFirst();
    expect(row).toEqual({ detailedStatus, orderStatus });
  });

  it("warned of both validations in time, and closed the matter when nothing waited any more", async () => {
    const warned = await context.store.db
      .selectFrom("exceptions")
      .select(["subject_ref", "state"])
      .where("reason", "=", "VALIDATION_RUNNING_OUT")
      .orderBy("subject_ref")
      .execute();
    expect(warned.map(({ subject_ref, state }) => [subject_ref, state])).toEqual([
      [`${CASE_ORDERS.notValidated}-T`, "RESOLVED"],
      [`${CASE_ORDERS.validated}-T`, "RESOLVED"],
    ]);
  });

  it("wrote reports of every day", () => {
    const written = readdirSync(world.config.reports, { recursive: true }).map(String);
    for (const day of DAYS) expect(written.filter((name) => name.includes(day)).length).toBeGreaterThan(0);
  });

  it(
    "changes nothing when every job of every day runs again",
    async () => {
      const before = [await contentOf(context.store.db), outside()];
      for (const date of [...DAYS, MORNING]) {
        for (const { job, run } of SCHEDULE) {
          await run({ ...context, actor: `job:${job}` }, { businessDate: date });
        }
      }
      expect([await contentOf(context.store.db), outside()]).toEqual(before);
    },
    PATIENCE_MS,
  );

  /** How much bank, gateway and marketplace have been told. */
  function outside() {
    const { bank, gateway, receiver } = world;
    return [bank.brain.received(), gateway.captures(), gateway.refunds(), receiver.received()].map((all) => all.length);
  }

  async function paymentsOf(seller: string) {
    const transfers = (await transfersOf(context.store.db)).filter((transfer) => transfer.seller === seller);
    return transfers
      .sort((a, b) => (a.state === "REJECTED" || a.state === "RETURNED" ? -1 : b.state === "REJECTED" ? 1 : 0))
      .map(({ amount, state, holdReason, reasonCode }) => ({
        amount,
        state,
        ...(holdReason === null ? {} : { reason: holdReason }),
        ...(reasonCode === null ? {} : { code: reasonCode }),
      }));
  }
});
