import { createHash } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { applyInbound } from "../../../src/app/apply-inbound.ts";
import { explain } from "../../../src/app/explain.ts";
import { previewSettlement } from "../../../src/app/preview.ts";
import { reconcile } from "../../../src/app/reconcile.ts";
import { checkBooks } from "../../../src/app/verify-books.ts";
import { recordInbound } from "../../../src/store/inbound-files.ts";
import { STORE_KINDS } from "../../support/test-database.ts";
import { closingOf, credit, type Line, statementXml } from "../inbound/papers.ts";
import { cashout, type Fields, type MoneyWorld, marketplace, moneyWorld, refund, sale, seller } from "./money-world.ts";

let world: MoneyWorld;
let papers = { number: 0, openingMinor: 0n };
afterEach(() => world.context.store.close());

const ACQUIRER_PAID = { paidWhen: "ACQUIRER_PAID" };

/** What the acquirer announces and what the bank's statement of the day then has. */
async function acquirerPays(day: string, id: string, amount: number, more: Fields = {}): Promise<void> {
  world.context.setClock(`${day}T12:00:00Z`);
  const announced = { type: "payin", marketplace: "m", id, amount, date: day, references: [`SETTLE-${id}`], ...more };
  await world.bring([announced]);
  const lines: readonly Line[] = [credit(id, BigInt(amount), `SETTLE-${id}`)];
  papers = { ...papers, number: papers.number + 1 };
  const bytes = Buffer.from(statementXml({ ...papers, date: day }, lines));
  papers = { ...papers, openingMinor: closingOf(papers.openingMinor, lines) };
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const now = world.context.clock();
  const file = { bank: "sandbox", remoteName: `${id}.xml`, sha256, now, size: bytes.length, content: () => [bytes] };
  await world.context.store.write((tx) => recordInbound(tx, file));
  await applyInbound(world.context, day);
  await reconcile(world.context, day);
  await world.booksHold();
}

describe.each(STORE_KINDS)("sellers who are paid when the acquirer has paid, on %s,", (kind) => {
  const open = async (records: readonly Fields[], settlement: Fields = {}) => {
    papers = { number: 0, openingMinor: 0n };
    world = await moneyWorld(
      [marketplace({ ...ACQUIRER_PAID, ...settlement }), seller("a"), seller("b"), ...records],
      kind,
    );
  };
  const previewed = async (date: string) =>
    (await previewSettlement(world.context, date)).lines.map(({ position, net, outcome, reason }) =>
      [position.seller, net, outcome, reason ?? "", position.waiting].join(" "),
    );

  it("wait with their delay over, and are paid by themselves once his money is booked, oldest day first", async () => {
    await open([...sale("o1", { a: 10_000, b: 5_000 }, "2026-11-17"), ...sale("o2", { a: 2_000 }, "2026-11-18")]);
    await world.settle("2026-11-19");
    expect(await world.transfers()).toEqual([]);
    expect(await world.balance("a")).toEqual({ PENDING: 10_800n });
    expect(await previewed("2026-11-20")).toEqual([
      "a 0 NOTHING ACQUIRER_NOT_PAID 10800",
      "b 0 NOTHING ACQUIRER_NOT_PAID 4500",
    ]);
    // A cent less than the captures of the 17th pays nobody.
    await acquirerPays("2026-11-19", "P1", 14_999);
    await world.settle("2026-11-20");
    expect(await world.transfers()).toEqual([]);
    await acquirerPays("2026-11-20", "P2", 1);
    expect(await previewed("2026-11-21")).toEqual(["a 9000 TRANSFER  1800", "b 4500 TRANSFER  0"]);
    await world.settle("2026-11-21");
    expect(await world.transfers()).toEqual(["a 9000 SCHEDULED", "b 4500 SCHEDULED"]);
    expect(await world.balance("a")).toEqual({ AVAILABLE: 9_000n, PENDING: 1_800n });
    await acquirerPays("2026-11-21", "P3", 2_000);
    await world.settle("2026-11-22");
    expect((await world.transfers()).at(-1)).toBe("a 1800 SCHEDULED");
  });

  it("are paid for a day that the pay-in names, though older days are missing", async () => {
    await open([...sale("o1", { a: 10_000 }, "2026-11-17"), ...sale("o2", { b: 2_000 }, "2026-11-18")]);
    await world.settle("2026-11-19");
    await acquirerPays("2026-11-19", "P1", 2_000, { capturedOn: "2026-11-18" });
    await world.settle("2026-11-20");
    expect(await world.transfers()).toEqual(["b 1800 SCHEDULED"]);
    expect(await world.balance("a")).toEqual({ PENDING: 9_000n });
  });

  it("still wait for their delay when he pays before it is over", async () => {
    await open([...sale("o1", { a: 10_000 }, "2026-11-18")], { delayDays: 7 });
    await world.settle("2026-11-19");
    await acquirerPays("2026-11-19", "P1", 10_000);
    await world.settle("2026-11-24");
    expect(await world.transfers()).toEqual([]);
    await world.settle("2026-11-25");
    expect(await world.transfers()).toEqual(["a 9000 SCHEDULED"]);
  });

  it("need no money for what was refunded before he paid: he keeps it from his pay-in", async () => {
    await open([...sale("o1", { a: 10_000, b: 5_000 }, "2026-11-17"), refund("r", "o1", "b", 5_000, "2026-11-17")]);
    await world.settle("2026-11-19");
    await acquirerPays("2026-11-19", "P1", 10_000);
    await world.settle("2026-11-20");
    expect(await world.transfers()).toEqual(["a 9000 SCHEDULED"]);
    expect(await world.balance("b")).toEqual({});
  });

  it("can cash out only what he has paid, and are told what waits", async () => {
    await open(sale("o1", { a: 10_000 }, "2026-11-17"), { schedule: { kind: "MANUAL" } });
    await world.settle("2026-11-19");
    expect(await world.import([cashout("x", "a")])).toEqual([
      "NOTHING_AVAILABLE amount: nothing -> money whose delay is over, beside 9000 that the acquirer has not paid",
    ]);
    await acquirerPays("2026-11-19", "P1", 10_000);
    await world.bring([cashout("y", "a")]);
    expect(await world.transfers()).toEqual(["a 9000 SCHEDULED"]);
    await world.booksHold();
  });

  it("stand on books that know every pay-in: one that is in no posting is a breach", async () => {
    await open(sale("o1", { a: 10_000 }, "2026-11-17"));
    await world.settle("2026-11-19");
    await acquirerPays("2026-11-19", "P1", 10_000);
    await world.context.store.write(({ db }) => db.updateTable("payins").set({ amount: 10_001n }).execute());
    const { breaches } = await checkBooks(world.db);
    expect(breaches.map(({ code, found, expected }) => [code, found, expected])).toEqual([
      ["RECEIVABLE_NOT_OPERATIONS", "0", "-1"],
    ]);
  });

  it("find the reason where a sale and a seller are explained", async () => {
    await open(sale("o1", { a: 10_000 }, "2026-11-17"));
    await world.settle("2026-11-19");
    const steps = JSON.stringify(await explain(world.context, { kind: "seller", id: "a", limit: 10 }));
    expect(steps).toContain("ACQUIRER_NOT_PAID");
    await acquirerPays("2026-11-19", "P1", 10_000);
    const after = JSON.stringify(await explain(world.context, { kind: "order", id: "o1", limit: 10 }));
    expect(after).not.toContain("ACQUIRER_NOT_PAID");
  });
});

it.each<[string, Fields, string]>([
  ["a word that is none", { paidWhen: "SOMETIME" }, 'FIELD_INVALID settlement.paidWhen: "SOMETIME"'],
  ["a list", { paidWhen: ["CAPTURED"] }, "FIELD_INVALID settlement.paidWhen"],
])("the time of payment as %s is refused", async (_what, settlement, expected) => {
  world = await moneyWorld([]);
  const [finding, ...more] = await world.import([marketplace(settlement)]);
  expect(finding?.startsWith(expected)).toBe(true);
  expect(more).toEqual([]);
});

it("is agreed for a marketplace, never for one seller: the acquirer's money has no seller", async () => {
  world = await moneyWorld([marketplace()]);
  const [finding] = await world.import([seller("a", { settlement: ACQUIRER_PAID })]);
  expect(finding).toMatch(/^FIELD_UNKNOWN settlement.paidWhen/);
});
