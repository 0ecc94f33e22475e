import { afterEach, describe, expect, it } from "vitest";
import { releaseTransfer } from "../../../src/app/decide-transfer.ts";
import { writeTransferFiles } from "../../../src/app/write-transfer-files.ts";
import { STORE_KINDS } from "../../support/test-database.ts";
import { cashout, type Fields, type MoneyWorld, marketplace, moneyWorld, refund, sale, seller } from "./money-world.ts";

let world: MoneyWorld;
afterEach(() => world.context.store.close());

const hold = (type: "seller_hold" | "seller_release"): Fields => {
  return { type, marketplace: "m", seller: "a", by: "alice", reason: "fraud check" };
};

describe.each(STORE_KINDS)("on %s,", (kind) => {
  /** Two cashouts of a seller, both stopped before their file because a person holds him. */
  async function twoStopped(schedule: Fields) {
    world = await moneyWorld([marketplace({ schedule }), seller("a"), ...sale("o", { a: 10_000 }, "2026-11-18")], kind);
    world.context.setClock("2026-11-19T10:00:00Z");
    await world.bring([cashout("x", "a", 2_000), cashout("y", "a", 3_000)]);
    await world.bring([hold("seller_hold")]);
    await writeTransferFiles(world.context, "2026-11-19");
    expect(await world.transfers()).toEqual(["a 2000 ON_HOLD SELLER_HELD", "a 3000 ON_HOLD SELLER_HELD"]);
    await world.booksHold();
  }

  describe("several held payouts of one seller", () => {
    it("become one with what comes, and go together when the reason is gone", async () => {
      await twoStopped({ kind: "DAILY" });
      await world.settle("2026-11-20");
      expect(await world.transfers()).toEqual(["a 9000 ON_HOLD SELLER_HELD", "a 3000 CANCELLED"]);
      await world.bring([hold("seller_release")]);
      await world.settle("2026-11-21");
      expect(await world.transfers()).toEqual(["a 9000 SCHEDULED", "a 3000 CANCELLED"]);
      const told = (await world.told("transfer")).map((line) => line.split(" ").slice(1).join(" "));
      expect(told.slice(4)).toEqual(["CANCELLED", "ON_HOLD SELLER_HELD", "SCHEDULED"]);
    });

    it("go one by one, as they were asked for, on a day that pays nothing new", async () => {
      await twoStopped({ kind: "MANUAL" });
      await world.bring([hold("seller_release")]);
      await world.settle("2026-11-20");
      expect(await world.transfers()).toEqual(["a 2000 SCHEDULED", "a 3000 SCHEDULED"]);
    });

    it("are given up, and told so, when a debt takes their money", async () => {
      await twoStopped({ kind: "DAILY" });
      await world.bring([refund("r", "o", "a", 10_000, "2026-11-19")]);
      await world.settle("2026-11-20");
      expect(await world.transfers()).toEqual(["a 2000 CANCELLED", "a 3000 CANCELLED"]);
      expect((await world.told("transfer")).filter((line) => line.endsWith("CANCELLED"))).toHaveLength(2);
    });
  });

  it("a payout that is held for as much as its seller owes is given up, though nothing else happened", async () => {
    world = await moneyWorld([marketplace(), seller("a"), ...sale("o", { a: 10_000 }, "2026-11-18")], kind);
    await world.settle("2026-11-19");
    await world.bring([refund("r", "o", "a", 10_000, "2026-11-19")]);
    await world.settle("2026-11-20");
    await world.bring([hold("seller_hold")]);
    await writeTransferFiles(world.context, "2026-11-20");
    expect(await world.transfers()).toEqual(["a 9000 ON_HOLD SELLER_HELD"]);
    await world.settle("2026-11-21");
    expect(await world.transfers()).toEqual(["a 9000 CANCELLED"]);
    expect(await world.balance("a")).toEqual({});
  });

  it("a re-issue that a person let go, and that is stopped again before its file, goes when that reason is gone", async () => {
    world = await moneyWorld([marketplace(), seller("a"), ...sale("o", { a: 1_000 }, "2026-11-18")], kind);
    await world.settle("2026-11-19");
    // As a bank's reject leaves it: the refused transfer, and its re-issue on hold.
    await world.context.store.write(async ({ db }) => {
      await db
        .updateTable("transfers")
        .set({ state: "REJECTED", creditor_iban: "DE89370400440532013000", creditor_name: "Seller a" })
        .execute();
      const { id: _id, end_to_end_id, ...row } = await db.selectFrom("transfers").selectAll().executeTakeFirstOrThrow();
      const again = { id: 99n, end_to_end_id: `${end_to_end_id}-2`, replaces_id: 1n, state: "SCHEDULED" as const };
      await db
        .insertInto("transfers")
        .values({ ...row, ...again })
        .execute();
      await db.updateTable("payables").set({ transfer_id: 99n }).execute();
    });
    await world.bring([hold("seller_hold")]);
    await writeTransferFiles(world.context, "2026-11-19");
    expect((await world.transfers()).at(-1)).toBe("a 900 ON_HOLD SELLER_HELD");
    await expect(
      releaseTransfer(world.context, { endToEndId: (await ends()).at(-1) ?? "", why: "asked" }),
    ).rejects.toThrow(/release of SELLER_HELD/);
    await world.bring([hold("seller_release")]);
    await world.settle("2026-11-20");
    expect((await world.transfers()).at(-1)).toBe("a 900 SCHEDULED");
  });
});

const ends = async () =>
  (await world.db.selectFrom("transfers").select("end_to_end_id").orderBy("id").execute()).map(
    (row) => row.end_to_end_id,
  );
