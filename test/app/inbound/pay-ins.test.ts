/** What acquirers announced, against what reached the bank: booked, partly matched, or left for a person. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { paidInBy } from "../../../src/store/payins.ts";
import { STORE_KINDS } from "../../support/test-database.ts";
import { DAY, type InboundWorld, inboundWorld } from "./inbound-world.ts";
import { credit, type Line, statementXml } from "./papers.ts";

let number = 0;
let world: InboundWorld;

const announced = (id: string, amount: number, more: object = {}) => ({
  ...{ type: "payin", id, amount, date: DAY, capturedOn: "2026-11-18", references: [`SETTLE-${id}`] },
  ...more,
});

async function receive(...lines: readonly Line[]): Promise<void> {
  number += 1;
  world.put(`camt053-${number}.xml`, statementXml({ number, date: DAY, openingMinor: 0n }, lines));
  await world.collect();
  await world.reconcile();
}

async function lines(): Promise<readonly string[]> {
  const rows = await world.context.store.db.selectFrom("bank_entries").selectAll().orderBy("id").execute();
  return rows.map(({ amount, state, state_reason }) => [amount, state, state_reason ?? ""].join(" ").trim());
}

const matters = async () => (await world.exceptions()).filter((text) => /PAYIN|ENTRY/.test(text));

describe.each(STORE_KINDS)("an announced pay-in (%s)", (kind) => {
  beforeEach(async () => {
    world = await inboundWorld({ kind, charges: { return: 0, payIn: 50, bank: 0 } });
  });
  afterEach(async () => {
    expect(await world.faults()).toEqual([]);
    await world.close();
  });

  it.each([
    ["one line for one", [announced("P1", 60_000)], [credit("C1", 60_000n, "SETTLE-P1")], 0n],
    ["less the charges the bank states", [announced("P1", 60_000)], [credit("C1", 59_700n, "SETTLE-P1", 300n)], 300n],
    [
      "less the announced charges",
      [announced("P1", 60_000, { charges: 450 })],
      [credit("C1", 59_550n, "x SETTLE-P1")],
      450n,
    ],
    ["less a charge within the rule", [announced("P1", 60_000)], [credit("C1", 59_950n, "SETTLE-P1")], 50n],
    [
      "one line for several",
      [announced("P1", 40_000), announced("P2", 20_000)],
      [credit("C1", 60_000n, "SETTLE-P1 SETTLE-P2")],
      0n,
    ],
    [
      "several lines for one",
      [announced("P1", 60_000)],
      [credit("C1", 25_000n, "SETTLE-P1"), credit("C2", 35_000n, "SETTLE-P1")],
      0n,
    ],
  ])("%s: the bank has it, the acquirer owes nothing, his charges are a cost", async (_, records, credits, charges) => {
    await world.bring(records);
    await receive(...credits);
    expect((await lines()).map((text) => text.split(" ")[1])).toEqual(credits.map(() => "MATCHED"));
    expect(await matters()).toEqual([]);
    const { BANK, ACQUIRER_RECEIVABLE, ACQUIRING_COSTS = 0n } = await world.balances();
    expect([BANK, ACQUIRER_RECEIVABLE, ACQUIRING_COSTS]).toEqual([charges - 60_000n, 0n, -charges]);
    const paid = await paidInBy(world.context.store.db, 1n, DAY);
    expect(paid.map(({ ref, capturedOn, paidOn }) => [ref, capturedOn, paidOn])).toEqual(
      records.map(({ id }) => [id, "2026-11-18", DAY]),
    );
  });

  it("that differs is partly matched and stands in suspense; once explained it leaves it", async () => {
    await world.bring([announced("P1", 60_000)]);
    await receive(credit("C1", 58_000n, "SETTLE-P1"));
    expect(await lines()).toEqual(["58000 PARTLY_MATCHED PAYIN_AMOUNT_DIFFERS"]);
    expect(await matters()).toEqual(["PAYIN_AMOUNT_DIFFERS OPEN"]);
    expect(await world.balances()).toMatchObject({ SUSPENSE: 58_000n, BANK: -58_000n });
    expect(await paidInBy(world.context.store.db, 1n, DAY)).toEqual([]);
    // It is there, only not as announced: it is not missing besides.
    await world.reconcile("2026-11-30");
    expect(await matters()).toEqual(["PAYIN_AMOUNT_DIFFERS OPEN"]);
    await receive(credit("C2", 2_000n, "SETTLE-P1"));
    expect((await lines()).map((text) => text.split(" ")[1])).toEqual(["MATCHED", "MATCHED"]);
    expect(await matters()).toEqual(["PAYIN_AMOUNT_DIFFERS RESOLVED"]);
    expect(await world.balances()).toMatchObject({ ACQUIRER_RECEIVABLE: 0n, BANK: -60_000n, SUSPENSE: 0n });
  });

  it("that nobody announced is unmatched and in suspense, until the announcement comes", async () => {
    await receive(credit("C1", 60_000n, "SETTLE-P1"));
    expect(await lines()).toEqual(["60000 UNMATCHED ENTRY_UNMATCHED"]);
    expect(await world.balances()).toMatchObject({ SUSPENSE: 60_000n, ACQUIRER_RECEIVABLE: -60_000n });
    await world.bring([announced("P1", 60_000)]);
    const first = await world.reconcile();
    expect(first.counts).toMatchObject({ "m.paidIn": 1 });
    expect(await world.balances()).toMatchObject({ SUSPENSE: 0n, ACQUIRER_RECEIVABLE: 0n });
    const before = await world.balances();
    expect((await world.reconcile("2026-11-25")).counts).toMatchObject({ "m.paidIn": 0 });
    expect(await world.balances()).toEqual(before);
    expect(await matters()).toEqual(["ENTRY_UNMATCHED RESOLVED"]);
  });

  it("that arrives twice is an alarm, and the second stays in suspense", async () => {
    await world.bring([announced("P1", 60_000)]);
    await receive(credit("C1", 60_000n, "SETTLE-P1"));
    await receive(credit("C2", 60_000n, "SETTLE-P1"));
    expect(await matters()).toEqual(["PAYIN_TWICE OPEN"]);
    expect(await world.balances()).toMatchObject({ SUSPENSE: 60_000n, ACQUIRER_RECEIVABLE: 0n });
  });

  it("that does not come is missed some days later", async () => {
    await world.bring([announced("P1", 60_000)]);
    await world.reconcile("2026-11-22");
    expect(await matters()).toEqual([]);
    await world.reconcile("2026-11-23");
    expect(await matters()).toEqual(["PAYIN_MISSING OPEN"]);
    await receive(credit("C1", 60_000n, "SETTLE-P1"));
    expect(await matters()).toEqual(["PAYIN_MISSING RESOLVED"]);
  });
});
