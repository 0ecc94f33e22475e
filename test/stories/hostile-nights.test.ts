import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { CASE_ORDERS } from "../../src/demo/cases.ts";
import { DAYS, DEBTOR_IBAN, MARKETPLACE } from "../../src/demo/market.ts";
import type { BankRule, Spoil } from "../../src/sandbox/bank-rule.ts";
import type { GatewayEffect } from "../../src/sandbox/gateway-rule.ts";
import { assertBooks } from "./books.ts";
import { findingsOfJob, type HostileNight, hostileNight } from "./hostile-night.ts";
import { transfersOf } from "./outcome.ts";

// Some thirty times what one of them takes: machines are busy, and nothing waits for it to pass.
vi.setConfig({ testTimeout: 120_000 });

const [WEDNESDAY, THURSDAY, FRIDAY] = DAYS;

let night: HostileNight | undefined;
afterEach(() => night?.stop());

async function nightWith(rules: Parameters<typeof hostileNight>[0]): Promise<HostileNight> {
  night = await hostileNight(rules);
  return night;
}

/** States of the transfers of a day's file, each once. */
async function statesOf(date: string): Promise<readonly string[]> {
  if (night === undefined) throw new Error("no night has begun");
  const { context } = night;
  const day = `M${date.replaceAll("-", "")}`;
  const transfers = (await transfersOf(context.store.db)).filter(({ file }) => file?.startsWith(day));
  return [...new Set(transfers.map(({ state }) => state))].sort();
}

describe("a gateway that does not answer", () => {
  const effects: readonly (readonly [string, GatewayEffect])[] = [
    ["O000001", { kind: "no-answer", performed: true }],
    ["O000005", { kind: "no-answer", performed: false }],
    ["O000009", { kind: "error", performed: true }],
    ["O000013", { kind: "cut", performed: true }],
    ["O000017", { kind: "cut", performed: false }],
  ];

  it("is asked what became of each capture, and no card is charged twice", async () => {
    const { until, world, context } = await nightWith({
      gateway: effects.map(([orderRef, effect]) => ({ when: { kind: "capture", orderRef }, do: effect, times: 1 })),
    });
    const first = await until(WEDNESDAY, "00:15");
    expect(findingsOfJob(first, "sweep-captures")).toEqual(effects.map(() => "OPERATION_UNKNOWN"));
    const second = await until(WEDNESDAY, "01:00");
    expect(findingsOfJob(second, "sweep-captures")).toEqual([]);
    for (const [ref] of effects) {
      const row = await context.store.db
        .selectFrom("transactions")
        .select(["detailed_status", "captured", "amount"])
        .where("ref", "=", `${ref}-T`)
        .executeTakeFirstOrThrow();
      expect(row).toEqual({ detailed_status: "CAPTURED", captured: row.amount, amount: row.amount });
    }
    await until(WEDNESDAY, "09:10");
    await assertBooks(world, context.store.db);
  });

  it("is asked again for an authorisation under the same reference, and gives one", async () => {
    const { until, world, context } = await nightWith({
      gateway: [
        {
          when: { kind: "authorisation", orderRef: CASE_ORDERS.dayBefore },
          do: { kind: "no-answer", performed: true },
          times: 1,
        },
      ],
    });
    expect(findingsOfJob(await until(WEDNESDAY, "00:15"), "authorise-due")).toEqual(["AUTHORISATION_UNKNOWN"]);
    await until(THURSDAY, "01:00");
    const captures = world.gateway.captures().filter(({ reference }) => reference.startsWith(CASE_ORDERS.dayBefore));
    expect(captures.map(({ amountMinor }) => amountMinor)).toEqual([5_000n]);
    await assertBooks(world, context.store.db);
  });
});

describe("a silent bank", () => {
  it("is an alarm with an owner, never a second file; what it says later closes the matter", async () => {
    const once: readonly BankRule[] = [
      { when: {}, do: { kind: "silent" }, times: 1 },
      { when: {}, do: { kind: "no-statement" }, times: 1 },
    ];
    const { until, world, context, exceptions } = await nightWith({ bank: once });
    const ran = await until(THURSDAY, "06:30");
    expect(findingsOfJob(ran, "reconcile")).toEqual(["NEVER_HEARD_BACK"]);
    expect(await exceptions()).toEqual(["NEVER_HEARD_BACK OPEN"]);
    expect(await statesOf(WEDNESDAY)).toEqual(["SENT"]);
    await until(THURSDAY, "20:00");
    const { brain } = world.bank;
    expect(brain.received().filter(({ name }) => name.startsWith("M20261118"))).toHaveLength(1);
    for (const name of brain.sent().filter((sent) => sent.includes("-20261118-"))) brain.sendAgain(name);
    await until(FRIDAY, "06:30");
    expect(await exceptions()).toEqual(["NEVER_HEARD_BACK RESOLVED"]);
    expect(await statesOf(WEDNESDAY)).toEqual(["EXECUTED"]);
    await assertBooks(world, context.store.db);
  });
});

describe("rubbish from the bank", () => {
  it.each<[Spoil, readonly string[], readonly string[]]>([
    [
      "truncated",
      ["QUARANTINED FILE_TRUNCATED", "QUARANTINED FILE_TRUNCATED"],
      ["FILE_QUARANTINED OPEN", "FILE_QUARANTINED OPEN"],
    ],
    // The same error page twice: the second is known by its content.
    ["not-xml", ["DUPLICATE", "QUARANTINED TEXT_OUTSIDE_ROOT"], ["FILE_QUARANTINED OPEN"]],
    [
      "unknown-message-id",
      ["APPLIED ACCOUNT_UNKNOWN", "QUARANTINED ORIGINAL_UNKNOWN FILE_UNKNOWN"],
      ["ACCOUNT_UNKNOWN OPEN", "FILE_QUARANTINED OPEN"],
    ],
    // Readable all the same, by its elements: said, and counted once beside the right file.
    ["wrong-message", ["APPLIED NAMESPACE_MISMATCH", "APPLIED NAMESPACE_MISMATCH"], []],
  ])("%s: is named, kept, and the right file is applied", async (how, files, matters) => {
    const { until, world, context, inbound, exceptions } = await nightWith({
      bank: [
        { when: {}, do: { kind: "rubbish-answer", how, thenRight: true }, times: 1 },
        { when: {}, do: { kind: "rubbish-statement", how, thenRight: true }, times: 1 },
      ],
    });
    await until(THURSDAY, "00:15");
    const spoilt = (await inbound()).filter(({ name }) => name.includes(how));
    expect(spoilt.map(({ state, findings }) => [state, ...findings].join(" "))).toEqual(files);
    expect(await exceptions()).toEqual(matters);
    expect(await statesOf(WEDNESDAY)).toEqual(["EXECUTED"]);
    await assertBooks(world, context.store.db);
  });

  it("wrong sums: are named in the answer's findings and in the reconciliation report", async () => {
    const { until, world, context, inbound } = await nightWith({
      bank: [
        { when: {}, do: { kind: "rubbish-answer", how: "wrong-sums" }, times: 1 },
        { when: {}, do: { kind: "rubbish-statement", how: "wrong-sums" }, times: 1 },
      ],
    });
    await until(THURSDAY, "06:30");
    expect((await inbound()).flatMap(({ findings }) => findings)).toEqual(["ORIGINAL_SUM_DIFFERS"]);
    const report = join(world.config.reports, THURSDAY, MARKETPLACE, "reconciliation.json");
    expect(readFileSync(report, "utf8")).toContain("BALANCE_DIFFERS");
    await assertBooks(world, context.store.db);
  });
});

describe("a bank that says everything twice", () => {
  it("is heard once", async () => {
    const { until, world, context, inbound, exceptions } = await nightWith({
      bank: [
        { when: {}, do: { kind: "duplicate-answer" } },
        { when: {}, do: { kind: "duplicate-statement" } },
      ],
    });
    await until(THURSDAY, "06:30");
    expect((await inbound()).map(({ state }) => state).sort()).toEqual([
      "APPLIED",
      "APPLIED",
      "DUPLICATE",
      "DUPLICATE",
    ]);
    expect(await exceptions()).toEqual([]);
    expect(await statesOf(WEDNESDAY)).toEqual(["EXECUTED"]);
    await assertBooks(world, context.store.db);
  });
});

describe("a bank that contradicts itself", () => {
  it("rejects what it has booked: an alarm, and the booking stands", async () => {
    const { until, world, context, exceptions } = await nightWith({
      bank: [
        { when: { nth: 1 }, do: { kind: "late-reject", code: "AC06", afterDays: 1, thoughBooked: true }, times: 1 },
      ],
    });
    await until(FRIDAY, "06:30");
    expect(await exceptions()).toEqual(["REJECTED_AFTER_BOOKED OPEN"]);
    expect(await statesOf(WEDNESDAY)).toEqual(["EXECUTED"]);
    await assertBooks(world, context.store.db);
  });
});

describe("lines that nobody expected", () => {
  it("stand in suspense, each with an exception, until finance says what they are", async () => {
    const { until, world, context, exceptions } = await nightWith({});
    await until(WEDNESDAY, "09:10");
    const { brain } = world.bank;
    brain.payIn({ iban: DEBTOR_IBAN, amountMinor: 12_345n, reference: "WHO-IS-THIS" });
    brain.payIn({ iban: DEBTOR_IBAN, amountMinor: 990n, reference: "ACCOUNT-FEE", direction: "DBIT" });
    await until(THURSDAY, "06:30");
    expect(await exceptions()).toEqual(["CHARGE_ABOVE_LIMIT OPEN", "ENTRY_UNMATCHED OPEN"]);
    const suspense = await context.store.db
      .selectFrom("accounts")
      .select("balance")
      .where("bucket", "=", "SUSPENSE")
      .executeTakeFirstOrThrow();
    expect(suspense.balance).toBe(12_345n - 990n);
    await assertBooks(world, context.store.db);
  });
});

describe("a bank that lets nobody in", () => {
  it("gets the file when the door is open again, once", async () => {
    const { until, world, context } = await nightWith({});
    const password = join(world.folder, "bank-password");
    const right = readFileSync(password);
    await until(WEDNESDAY, "06:30");
    writeFileSync(password, "another");
    const shut = await until(WEDNESDAY, "09:00");
    expect(findingsOfJob(shut, "send-files")).toEqual(["BANK_AUTH"]);
    writeFileSync(password, right);
    await until(THURSDAY, "09:10");
    const { brain } = world.bank;
    expect(brain.received().map(({ status }) => status)).toEqual(["ACCP", "ACCP"]);
    expect(await statesOf(WEDNESDAY)).toEqual(["ACCEPTED"]);
    await assertBooks(world, context.store.db);
  });
});
