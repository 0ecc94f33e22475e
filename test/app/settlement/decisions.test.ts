import { afterEach, describe, expect, it } from "vitest";
import { listBalances } from "../../../src/app/balances.ts";
import { holdTransfer, releaseTransfer } from "../../../src/app/decide-transfer.ts";
import { type CashoutGiven, requestCashout } from "../../../src/app/request-cashout.ts";
import { STORE_KINDS } from "../../support/test-database.ts";
import { cashout, type MoneyWorld, marketplace, moneyWorld, refund, sale, seller } from "./money-world.ts";

let world: MoneyWorld;
afterEach(() => world.context.store.close());

const reference = async (): Promise<string> =>
  (await world.db.selectFrom("transfers").select("end_to_end_id").executeTakeFirstOrThrow()).end_to_end_id;

describe.each(STORE_KINDS)("on %s,", (kind) => {
  describe("a person's decision on a transfer", () => {
    const asked = async () => ({ endToEndId: await reference(), why: "call from the bank" });

    it("lets a payout above the limit go, once, with who and why", async () => {
      world = await moneyWorld(
        [marketplace({ maximumPayout: 500 }), seller("a"), ...sale("o", { a: 1_000 }, "2026-11-18")],
        kind,
      );
      await world.settle("2026-11-19");
      expect(await world.transfers()).toEqual(["a 900 ON_HOLD LIMIT_EXCEEDED"]);
      const decision = await releaseTransfer({ ...world.context, actor: "bob" }, await asked());
      expect(decision).toMatchObject({ state: "SCHEDULED", decidedBy: "bob" });
      expect(await world.balance("a")).toEqual({ AVAILABLE: 900n });
      await world.booksHold();
      await expect(releaseTransfer(world.context, await asked())).rejects.toThrow(/release in SCHEDULED/);
      await world.settle("2026-11-20");
      expect(await world.transfers()).toEqual(["a 900 SCHEDULED"]);
      const [audit] = await world.db
        .selectFrom("audit_log")
        .selectAll()
        .where("action", "=", "release transfer")
        .execute();
      expect([audit?.actor, audit?.detail]).toEqual(["bob", "call from the bank"]);
    });

    it("holds a scheduled one until it is released, whatever settles meanwhile", async () => {
      world = await moneyWorld([marketplace(), seller("a"), ...sale("o", { a: 1_000 }, "2026-11-18")], kind);
      await world.settle("2026-11-19");
      await holdTransfer(world.context, await asked());
      await world.bring(sale("o2", { a: 500 }, "2026-11-19"));
      await world.settle("2026-11-20");
      expect(await world.transfers()).toEqual(["a 900 ON_HOLD MANUAL", "a 450 SCHEDULED"]);
      await expect(holdTransfer(world.context, await asked())).rejects.toThrow(/hold in ON_HOLD/);
      await releaseTransfer(world.context, await asked());
      expect(await world.transfers()).toEqual(["a 900 SCHEDULED", "a 450 SCHEDULED"]);
      expect(await world.told("transfer")).toHaveLength(4);
      await world.booksHold();
    });

    it("cannot go around a reason that clears by itself", async () => {
      world = await moneyWorld(
        [marketplace(), seller("a", { onboarding: "CREATED" }), ...sale("o", { a: 1_000 }, "2026-11-18")],
        kind,
      );
      await world.settle("2026-11-19");
      await expect(releaseTransfer(world.context, await asked())).rejects.toThrow(
        /release of SELLER_NOT_VALIDATED, expected that the seller's onboarding is VALIDATED/,
      );
      await expect(releaseTransfer(world.context, { endToEndId: "T-none", why: "?" })).rejects.toThrow(
        /no such record/,
      );
    });
  });

  describe("balances", () => {
    it("are those of the operator and every seller, with what a cashout could take and since when a debt is carried", async () => {
      world = await moneyWorld(
        [
          marketplace({ reserve: { basisPoints: 1_000, days: 30 } }),
          seller("a"),
          seller("b"),
          ...sale("o", { a: 10_000, b: 1_000 }, "2026-11-18"),
        ],
        kind,
      );
      await world.settle("2026-11-19");
      await world.bring([refund("r", "o", "b", 1_000, "2026-11-19"), ...sale("o2", { a: 500 }, "2026-11-20")]);
      await world.settle("2026-11-20");
      const rows = await listBalances(world.context, "m");
      expect(
        rows.map(({ marketplace: _m, currency: _c, held: _h, inTransit: _i, ...row }) => Object.values(row).join(" ")),
      ).toEqual([
        // seller, pending, available, scheduled, payable, reserved, fees, debt since
        "OPERATOR 0.00 0.00 0.00 0.00 0.00 10.50 ",
        "a 4.50 81.00 81.00 0.00 9.00 0.00 ",
        "b 0.00 -0.90 8.10 0.00 0.90 0.00 2026-11-20",
      ]);
    });
  });

  describe("a cashout asked for by a person or a program", () => {
    const MANUAL = marketplace({ schedule: { kind: "MANUAL" } });
    const given: CashoutGiven = { marketplace: "m", id: "x", seller: "a", amount: 500n, currency: "EUR" };
    const ask = (more: Partial<CashoutGiven> = {}) =>
      requestCashout(world.context, { ...given, ...more }, "2026-11-19");

    it("is paid once for its id, by whichever way it comes", async () => {
      world = await moneyWorld([MANUAL, seller("a"), ...sale("o", { a: 1_000 }, "2026-11-18")], kind);
      await world.settle("2026-11-19");
      const first = await ask();
      expect(await ask()).toMatchObject(first);
      await world.bring([cashout("x", "a", 500, { currency: "EUR" })]);
      expect(await world.transfers()).toEqual(["a 500 SCHEDULED"]);
      await expect(ask({ amount: 501n })).rejects.toMatchObject({ code: "DUPLICATE_DIFFERS" });
      await world.booksHold();
    });

    it("answers 64 that come at once alike", async () => {
      world = await moneyWorld([MANUAL, seller("a"), ...sale("o", { a: 1_000 }, "2026-11-18")], kind);
      await world.settle("2026-11-19");
      const answers = await Promise.all(Array.from({ length: 64 }, () => ask()));
      expect(new Set(answers.map(({ endToEndId, amount }) => `${endToEndId} ${amount}`)).size).toBe(1);
      expect(await world.transfers()).toEqual(["a 500 SCHEDULED"]);
    });

    it.each<[string, Partial<CashoutGiven>, object]>([
      [
        "above what is available",
        { amount: 901n },
        {
          findings: [
            { code: "AMOUNT_EXCEEDED", where: "amount", found: "901", expected: "at most 900, what is available" },
          ],
        },
      ],
      [
        "in a currency that the bank cannot carry",
        { currency: "JPY" },
        {
          findings: [
            {
              code: "PAYOUT_REFUSED",
              where: "seller",
              found: "CURRENCY_NOT_CARRIED",
              expected: "the bank profile carries the currency",
            },
          ],
        },
      ],
      ["of an unknown seller", { seller: "z" }, { code: "NOT_FOUND" }],
      ["at an unknown marketplace", { marketplace: "z" }, { code: "NOT_FOUND" }],
    ])("%s is refused", async (_what, more, expected) => {
      world = await moneyWorld(
        [
          MANUAL,
          seller("a"),
          ...sale("o", { a: 1_000 }, "2026-11-18"),
          ...sale("yen", { a: 1_000 }, "2026-11-18", { currency: "JPY" }),
        ],
        kind,
      );
      await world.settle("2026-11-19");
      await expect(ask(more)).rejects.toMatchObject(expected);
      expect(await world.transfers()).toEqual([]);
      await world.booksHold();
    });
  });
});
