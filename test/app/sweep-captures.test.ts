import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import type { Context } from "../../src/app/context.ts";
import { importFiles } from "../../src/app/import-files.ts";
import { holdOperations } from "../../src/app/operations-lease.ts";
import { sweepCaptures } from "../../src/app/sweep-captures.ts";
import { checkBooks } from "../../src/app/verify-books.ts";
import type { Gateway } from "../../src/gateways/gateway.ts";
import { httpGateway } from "../../src/gateways/http-gateway.ts";
import { type SandboxGateway, startSandboxGateway } from "../../src/sandbox/sandbox-gateway.ts";
import { turnOfMarketplace } from "../../src/store/marketplaces.ts";
import { insertOperations } from "../../src/store/operations.ts";
import { tempDir } from "../support/temp-dir.ts";
import { type TestContext, testContext } from "../support/test-context.ts";

const KEY = "a-key-of-the-sandbox";
type Fields = Readonly<Record<string, unknown>>;

let context: TestContext & Context;
let sandbox: SandboxGateway;
let gateway: Gateway;

afterEach(async () => {
  await gateway.close();
  await sandbox.stop();
  await context.store.close();
});

/** An order of 1000 for seller a and 500 for seller b, authorised at 10:00 on the 17th for seven days. */
async function world(mode: string, transaction: Fields = {}): Promise<void> {
  const plain = await testContext({}, "2026-11-18T00:00:00Z");
  sandbox = await startSandboxGateway({ clock: plain.clock, apiKey: KEY });
  gateway = httpGateway({ url: sandbox.url, key: KEY, timeoutMs: 500 });
  context = { ...plain, gateway: () => Promise.resolve(gateway) };
  const [planted] = sandbox.register({
    reference: "T-authorisation",
    orderRef: "O",
    amount: 1_500n,
    currency: "EUR",
    honourUntil: new Date("2026-11-23T10:00:00Z"),
    expiresAt: new Date("2026-11-24T10:00:00Z"),
  });
  const records = [
    {
      type: "marketplace",
      id: "m",
      name: "Market",
      debtor: { name: "Market SAS", iban: "FR7630006000011234567890189" },
      bank: "b",
      profile: "sandbox",
      gateway: "g",
      integrationMode: mode,
    },
    ...["a", "b"].map((id) => ({ type: "seller", marketplace: "m", id, legalName: id })),
    {
      type: "order",
      marketplace: "m",
      id: "O",
      amount: 1_500,
      items: [
        { id: "i0", name: "thing", amount: 1_000, seller: "a" },
        { id: "i1", name: "thing", amount: 500, seller: "b" },
      ],
    },
    {
      type: "transaction",
      marketplace: "m",
      id: "T",
      order: "O",
      amount: 1_500,
      status: "AUTHORISED",
      authorisedAt: "2026-11-17T10:00:00Z",
      honourUntil: "2026-11-23T10:00:00Z",
      expiresAt: "2026-11-24T10:00:00Z",
      captureOn: "2026-11-19",
      gatewayRef: planted?.authorisationId,
      ...transaction,
    },
  ];
  await bring(records);
}

async function bring(records: readonly Fields[]): Promise<void> {
  const path = join(tempDir(), "records.ndjson");
  writeFileSync(path, records.map((record) => JSON.stringify(record)).join("\n"));
  expect((await importFiles(context, [path])).findings).toEqual([]);
}

const sweep = async (at: string) => {
  context.setClock(at);
  const report = await sweepCaptures(context, at.slice(0, 10));
  expect((await checkBooks(context.store.db)).breaches).toEqual([]);
  return report;
};

const transaction = () =>
  context.store.db
    .selectFrom("transactions")
    .select(["captured", "cancelled", "detailed_status"])
    .executeTakeFirstOrThrow()
    .then(({ captured, cancelled, detailed_status }) => [detailed_status, captured, cancelled]);

const captures = () => sandbox.captures().map(({ amountMinor, sellerRef }) => [sellerRef, amountMinor]);

describe("a sweep of captures", () => {
  it("plans around a cancellation that is written while it begins", async () => {
    await world("MULTI_CAPTURE");
    let goOn: () => void = () => undefined;
    const told = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const cancelling = context.store.write(
      async (tx) => {
        await told;
        const { id: transactionId } = await tx.db.selectFrom("transactions").select("id").executeTakeFirstOrThrow();
        const seller = await tx.db.selectFrom("sellers").select("id").where("ref", "=", "b").executeTakeFirstOrThrow();
        const cancellation = { kind: "CANCELLATION", ref: "X", transactionId, sellerId: seller.id } as const;
        const asked = [{ ...cancellation, amount: 500n, currency: "EUR" }];
        await insertOperations(tx, 1n, asked, "2026-11-19", context.clock());
      },
      { alone: [turnOfMarketplace("m")] },
    );
    const sweeping = sweep("2026-11-19T01:00:00Z");
    await pause(100);
    goOn();
    await Promise.all([cancelling, sweeping]);
    const asked = await context.store.db.selectFrom("operations").select(["kind", "amount"]).orderBy("id").execute();
    expect(asked.map(({ kind, amount }) => [kind, amount])).toEqual([
      ["CANCELLATION", 500n],
      ["CAPTURE", 1_000n],
    ]);
    expect(await transaction()).toEqual(["CAPTURED", 1_000n, 500n]);
  });

  it("waits for the day, then captures once for each seller in the multi-capture mode", async () => {
    await world("MULTI_CAPTURE");
    await sweep("2026-11-18T01:00:00Z");
    expect(captures()).toEqual([]);
    await sweep("2026-11-19T01:00:00Z");
    await sweep("2026-11-19T01:15:00Z");
    expect(captures()).toEqual([
      ["a", 1_000n],
      ["b", 500n],
    ]);
    expect(await transaction()).toEqual(["CAPTURED", 1_500n, 0n]);
  });

  it("captures whole where one payment stands for the cart", async () => {
    await world("PAYMENT_AND_REFUND");
    await sweep("2026-11-19T01:00:00Z");
    expect(captures()).toEqual([[undefined, 1_500n]]);
  });

  it("takes what the marketplace asked for first, and on the day only what is left", async () => {
    await world("MULTI_CAPTURE");
    const asked = { type: "capture", marketplace: "m", id: "c1", transaction: "T", seller: "a", amount: 400 };
    await bring([asked]);
    await sweep("2026-11-18T01:00:00Z");
    expect(await transaction()).toEqual(["AUTHORISED", 400n, 0n]);
    await sweep("2026-11-19T01:00:00Z");
    expect(captures()).toEqual([
      ["a", 400n],
      ["a", 600n],
      ["b", 500n],
    ]);
  });

  it("captures before its day what would lapse otherwise", async () => {
    await world("PAYMENT_AND_REFUND", { captureOn: "2026-11-30" });
    await sweep("2026-11-22T09:00:00Z");
    expect(captures()).toEqual([]);
    await sweep("2026-11-22T11:00:00Z");
    expect(await transaction()).toEqual(["CAPTURED", 1_500n, 0n]);
  });

  it("expires what lapsed; what was captured of it stays, and the rest is given back", async () => {
    await world("MULTI_CAPTURE", { status: "AUTHORISED_TO_VALIDATE" });
    await sweep("2026-11-24T10:00:00Z");
    expect(await transaction()).toEqual(["EXPIRED", 0n, 0n]);
    expect(captures()).toEqual([]);
  });

  it("warns of a validation with less than 48 hours left, once, and closes the matter when it is made", async () => {
    await world("PAYMENT_AND_REFUND", { status: "AUTHORISED_TO_VALIDATE" });
    const matters = () => context.store.db.selectFrom("exceptions").select(["reason", "state"]).execute();
    await sweep("2026-11-22T09:00:00Z");
    expect(await matters()).toEqual([]);
    await sweep("2026-11-22T10:30:00Z");
    await sweep("2026-11-22T10:45:00Z");
    expect(await matters()).toEqual([{ reason: "VALIDATION_RUNNING_OUT", state: "OPEN" }]);
    await bring([{ type: "validation", marketplace: "m", transaction: "T" }]);
    await sweep("2026-11-22T11:00:00Z");
    expect(await matters()).toEqual([{ reason: "VALIDATION_RUNNING_OUT", state: "RESOLVED" }]);
    expect(await transaction()).toEqual(["CAPTURED", 1_500n, 0n]);
  });

  it.each([true, false])(
    "asks what became of a capture that was never answered (performed: %s), and takes it once",
    async (performed) => {
      await world("PAYMENT_AND_REFUND");
      sandbox.setBehaviour([{ when: {}, do: { kind: "no-answer", performed }, times: 1 }]);
      const first = await sweep("2026-11-19T01:00:00Z");
      expect(first.findings.map(({ code }) => code)).toEqual(["OPERATION_UNKNOWN"]);
      await sweep("2026-11-19T01:15:00Z");
      expect(captures()).toEqual([[undefined, 1_500n]]);
      expect(await transaction()).toEqual(["CAPTURED", 1_500n, 0n]);
    },
  );

  it("ends a transaction whose capture the gateway declines, and says so", async () => {
    await world("PAYMENT_AND_REFUND");
    sandbox.setBehaviour([{ when: {}, do: { kind: "decline", code: "DO_NOT_HONOUR" } }]);
    const report = await sweep("2026-11-19T01:00:00Z");
    expect(report.findings.map(({ code, found }) => [code, found.split(":")[0]])).toEqual([
      ["OPERATION_REFUSED", "DO_NOT_HONOUR"],
    ]);
    expect(await transaction()).toEqual(["CAPTURE_FAILED", 0n, 0n]);
  });
});

describe("of two workers that sweep captures", () => {
  const runsInto = async (point: string, act: () => Promise<unknown>) => {
    await world("MULTI_CAPTURE");
    const at = async (reached: string) => void (reached === point && (await act()));
    context.setClock("2026-11-19T01:00:00Z");
    return sweepCaptures({ ...context, at }, "2026-11-19");
  };
  const sums = () => captures().map(([, amount]) => amount);

  it("the second asks the gateway for nothing that the first is asking for, and comes again later", async () => {
    let refused: unknown;
    await runsInto("operations.claimed", async () => {
      refused = await sweepCaptures(context, "2026-11-19").catch((error: unknown) => error);
    });
    expect(refused).toMatchObject({ code: "STORE_CONFLICT", traits: { retry: "later" } });
    expect(sums()).toEqual([1_000n, 500n]);
    await sweep("2026-11-19T01:15:00Z");
    expect(sums()).toEqual([1_000n, 500n]);
  });

  it("the answers of one that comes too late are refused, and the other looks up what became of them", async () => {
    const late = runsInto("operations.asked", () =>
      context.store.write((tx) =>
        tx.db.updateTable("operations").set({ fence: 2n, fence_until: null }).where("fence", "=", 1n).execute(),
      ),
    );
    await expect(late).rejects.toMatchObject({ code: "FENCE_LOST" });
    expect(await transaction()).toEqual(["AUTHORISED", 0n, 0n]);
    await sweep("2026-11-19T01:15:00Z");
    expect(sums()).toEqual([1_000n, 500n]);
    expect(await transaction()).toEqual(["CAPTURED", 1_500n, 0n]);
  });

  it("one that was stopped past its lease may ask no more once the other has taken over", async () => {
    await runsInto("operations.claimed", async () => {
      await context.store.write((tx) =>
        tx.db.updateTable("operations").set({ state: "UNKNOWN", fence_until: null }).execute(),
      );
      const operations = await context.store.db.selectFrom("operations").select(["id", "fence"]).execute();
      const stopped = await holdOperations(context, operations, 1);
      stopped.stop();
      await new Promise((resolve) => setTimeout(resolve, 5));
      await stopped.mustHold();
      await new Promise((resolve) => setTimeout(resolve, 5));
      const held = operations.map(({ id }) => ({ id, fence: stopped.fences.get(id) ?? 0n }));
      const successor = await holdOperations(context, held);
      expect(successor.fences.size).toBe(2);
      await expect(stopped.mustHold()).rejects.toMatchObject({ code: "FENCE_LOST" });
      await successor.giveBack();
    }).catch((error: unknown) => expect(error).toMatchObject({ code: "FENCE_LOST" }));
    expect(captures().length).toBe(2);
  });
});
