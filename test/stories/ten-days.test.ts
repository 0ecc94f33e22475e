/**
 * Ten business days with a bank at its worst: each sold cent is paid, held or owed, each line of the bank is explained or
 * named, and every exception that was opened is known by its name.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { shippedProfilesFolder } from "../../src/app/bank-profiles.ts";
import { assignException, resolveException } from "../../src/app/clear-exception.ts";
import { collectFiles } from "../../src/app/collect-files.ts";
import { conservationProof } from "../../src/app/conservation-proof.ts";
import { approveFile } from "../../src/app/decide-file.ts";
import { listInboundFiles } from "../../src/app/inbound-record.ts";
import { listTransferFiles } from "../../src/app/list-transfer-files.ts";
import { reconcile } from "../../src/app/reconcile.ts";
import { sendFiles } from "../../src/app/send-files.ts";
import { settle } from "../../src/app/settle.ts";
import { checkBooks } from "../../src/app/verify-books.ts";
import { writeTransferFiles } from "../../src/app/write-transfer-files.ts";
import type { OpenedContext } from "../../src/context.ts";
import { importOrThrow, writeRecords } from "../../src/demo/import-market.ts";
import type { SampleRecord } from "../../src/demo/market.ts";
import { sepaIban } from "../../src/demo/sepa-ibans.ts";
import { startWorld, type World, ZONE } from "../../src/demo/world.ts";
import { addDays, instantOf, isBankingDay, nextBankingDay } from "../../src/domain/calendar.ts";
import type { BankRule } from "../../src/sandbox/bank-rule.ts";
import { allMarketplaces } from "../../src/store/marketplaces.ts";
import { tempDir } from "../support/temp-dir.ts";
import { migratedDatabase, STORE_KINDS, type StoreKind, type TestDatabase } from "../support/test-database.ts";

const EVE = "2026-12-16";
/** Thursday 17 December to Thursday 31 December: ten banking days; Christmas is a Friday. */
const LAST = "2026-12-31";
const MONDAY = "2027-01-04";
const ACCOUNT = sepaIban("FR", 1);
const SHOPS = 8;
const iban = (shop: number, account = 0): string => sepaIban("DE", 100 * account + shop);
/** What a shop sells on each day, in cents: no two shops the same. */
const soldBy = (shop: number): number => 10_000 + shop * 1_000;
const SOLD_A_DAY = BigInt(Array.from({ length: SHOPS }, (_, n) => soldBy(n + 1)).reduce((sum, one) => sum + one, 0));
const ACQUIRER_KEEPS = 660n;

/** What goes wrong, by the morning on which the bank is told to do it. */
const TROUBLE: Readonly<Record<string, readonly BankRule[]>> = {
  // One of eight is refused: the file is accepted in part.
  "2026-12-17": [{ when: { creditorIban: iban(2) }, do: { kind: "reject", code: "AC04" }, times: 1 }],
  // Paid, and back a day later, less what the other bank keeps.
  "2026-12-18": [
    { when: { creditorIban: iban(3) }, do: { kind: "return", code: "AC06", chargesMinor: "250" }, times: 1 },
  ],
  "2026-12-21": [{ when: {}, do: { kind: "acknowledge-first" }, times: 1 }],
  // No word about the file; the statement of the evening has it.
  "2026-12-22": [{ when: {}, do: { kind: "silent" }, times: 1 }],
  // Accepted in the morning, refused in the evening, never booked.
  "2026-12-23": [{ when: { creditorIban: iban(5) }, do: { kind: "late-reject", code: "AC04" }, times: 1 }],
  // A poisoned statement with the right one after it, and a report about a file of somebody else.
  "2026-12-24": [
    { when: { date: "2026-12-24" }, do: { kind: "rubbish-statement", how: "truncated", thenRight: true }, times: 1 },
    { when: {}, do: { kind: "rubbish-answer", how: "unknown-message-id", thenRight: true }, times: 1 },
  ],
  // The statement of the day is not handed out; it comes three days later.
  "2026-12-28": [{ when: { date: "2026-12-28" }, do: { kind: "no-statement" }, times: 1 }],
  "2026-12-30": [
    { when: {}, do: { kind: "duplicate-answer" }, times: 1 },
    { when: { date: "2026-12-30" }, do: { kind: "duplicate-statement" }, times: 1 },
    // Booked, and refused all the same: the bank contradicts itself.
    { when: { creditorIban: iban(6) }, do: { kind: "late-reject", code: "MS03", thoughBooked: true }, times: 1 },
  ],
};

/** Sellers give another account after theirs was refused. */
const NEW_ACCOUNTS: Readonly<Record<string, number>> = { "2026-12-18": 2, "2026-12-22": 3, "2026-12-28": 5 };

const base = { marketplace: "m" } as const;
const shop = (n: number, account = 0): SampleRecord => ({
  ...{ type: "seller", ...base, id: `s${n}`, legalName: `Shop ${n}`, iban: iban(n, account), onboarding: "VALIDATED" },
});

const MARKET: readonly SampleRecord[] = [
  {
    ...{ type: "marketplace", id: "m", name: "Ten days", currency: "EUR", zone: ZONE, gateway: "sandbox" },
    ...{ debtor: { name: "Ten days SAS", iban: ACCOUNT }, bank: "sandbox", profile: "sandbox" },
    ...{ integrationMode: "PAYMENT_AND_REFUND", fees: [{ basisPoints: 1000, fixed: 0 }] },
    settlement: { delayDays: 1, delayCounts: "BANKING_DAYS", minimumPayout: 100 },
  },
  ...Array.from({ length: SHOPS }, (_, n) => shop(n + 1)),
];

/** What is sold on a day, and what the acquirer announces to pay for it. */
function salesOf(day: string): readonly SampleRecord[] {
  const sales = Array.from({ length: SHOPS }, (_, n): readonly SampleRecord[] => {
    const id = `${day}-${n + 1}`;
    const money = { amount: soldBy(n + 1), currency: "EUR" };
    return [
      {
        ...{ type: "order", ...base, id, ...money },
        items: [{ id: "i", name: "Thing", quantity: 1, amount: soldBy(n + 1), seller: `s${n + 1}` }],
      },
      {
        ...{ type: "transaction", ...base, id: `t-${id}`, order: id, ...money },
        ...{ status: "CAPTURED", captureOn: day, capturedAt: `${day}T12:00:00Z` },
      },
    ];
  });
  const announced = { amount: Number(SOLD_A_DAY), charges: Number(ACQUIRER_KEEPS), capturedOn: day };
  const date = nextBankingDay(day, "TARGET");
  return [...sales.flat(), { type: "payin", ...base, id: `ACQ-${day}`, date, ...announced }];
}

describe.each(STORE_KINDS)("ten business days (%s)", (kind: StoreKind) => {
  let database: TestDatabase;
  let world: World;
  let context: OpenedContext;
  const filesMade: Record<string, number> = {};

  beforeAll(async () => {
    database = await migratedDatabase(kind);
    const folder = join(tempDir("remit-ten-days-"), "world");
    const profiles = join(tempDir(), "profiles");
    mkdirSync(profiles);
    const shipped = JSON.parse(readFileSync(join(shippedProfilesFolder(), "sandbox.json"), "utf8"));
    shipped.exchange.statements = { by: "next banking day 07:00" };
    writeFileSync(join(profiles, "sandbox.json"), JSON.stringify(shipped));
    const config = { databaseUrl: database.url, profiles };
    world = await startWorld(folder, instantOf(EVE, "18:00", ZONE), { config });
    context = await world.open("write", "finance");
    await bring("market.ndjson", [...MARKET, ...salesOf(EVE)]);
    let before = EVE;
    for (let day = addDays(EVE, 1); day <= MONDAY; day = addDays(day, 1)) {
      await liveThrough(day, before);
      if (isBankingDay(day, "TARGET")) before = day;
    }
  }, 600_000);

  afterAll(async () => {
    await world.stop();
    await database.drop();
  });

  const bring = (name: string, records: readonly SampleRecord[]) =>
    importOrThrow(context, [writeRecords(world.folder, name, records)]);

  /** `before`: the banking day before, whose sales are paid today. */
  async function liveThrough(day: string, before: string): Promise<void> {
    const works = isBankingDay(day, "TARGET") && day <= LAST;
    world.moveTo(day, "08:00");
    world.bank.brain.addBehaviour(...(TROUBLE[day] ?? []));
    const moved = NEW_ACCOUNTS[day];
    if (moved !== undefined) await bring(`shop-${day}.ndjson`, [shop(moved, 1)]);
    if (day === "2026-12-31") await findTheLostStatement();
    await collectFiles(context, day);
    await reconcile(context, day);
    await settle(context, day);
    await writeTransferFiles({ ...context, actor: "job" }, day);
    await approveAndSend(day);
    if (!isBankingDay(day, "TARGET")) return;
    world.bank.brain.processInbox();
    await collectFiles(context, day);
    world.moveTo(day, "12:00");
    await reconcile(context, day);
    if (works) await closeTheDay(day, before);
  }

  async function approveAndSend(day: string): Promise<void> {
    const waiting = await listTransferFiles(context, { state: "AWAITING_APPROVAL", limit: 10 });
    filesMade[day] = waiting.length;
    for (const { messageId, sha256 } of waiting) {
      await approveFile({ ...context, actor: "director" }, { messageId, sha256 });
    }
    await sendFiles(context, day);
  }

  async function closeTheDay(day: string, before: string): Promise<void> {
    world.moveTo(day, "20:00");
    const short = day === "2026-12-29" ? 1_000n : 0n;
    const line = { iban: ACCOUNT, reference: `ACQ-${before}`, partyName: "Acquirer" };
    world.bank.brain.payIn({ ...line, amountMinor: SOLD_A_DAY - short, chargesMinor: ACQUIRER_KEEPS, on: day });
    // Somebody pays us, and nobody knows why.
    const gift = { iban: ACCOUNT, reference: "RE-4711", partyName: "N.N.", amountMinor: 1_234n, on: day };
    if (day === "2026-12-29") world.bank.brain.payIn(gift);
    world.bank.brain.endOfDay(day);
    if (day < LAST) await bring(`sales-${day}.ndjson`, salesOf(day));
  }

  async function findTheLostStatement(): Promise<void> {
    const lost = world.bank.brain.sent().filter((name) => name.startsWith("camt053-") && name.includes("20261228"));
    expect(lost).toHaveLength(1);
    for (const name of lost) world.bank.brain.sendAgain(name);
  }

  const exceptions = async (state: readonly ("OPEN" | "ASSIGNED" | "RESOLVED")[]) => {
    const { db } = context.store;
    const rows = await db.selectFrom("exceptions").selectAll().where("state", "in", state).orderBy("id").execute();
    return rows.map(({ reason, opened_on }) => `${reason} ${opened_on}`).sort();
  };

  it("ends with every exception named, and no other", async () => {
    expect(await exceptions(["OPEN", "ASSIGNED"])).toEqual([
      "ENTRY_UNMATCHED 2026-12-30",
      "FILE_QUARANTINED 2026-12-24",
      "FILE_QUARANTINED 2026-12-25",
      "PAYIN_AMOUNT_DIFFERS 2026-12-30",
      "REJECTED_AFTER_BOOKED 2027-01-01",
    ]);
    expect(await exceptions(["RESOLVED"])).toEqual([
      "NEVER_HEARD_BACK 2026-12-22",
      "STATEMENT_GAP 2026-12-30",
      "STATEMENT_MISSING 2026-12-29",
    ]);
  });

  it("sends nothing on Christmas and weekends, and misses no statement of them", () => {
    const idle = Object.entries(filesMade).filter(([, files]) => files === 0);
    const closed = ["2026-12-19", "2026-12-20", "2026-12-25", "2026-12-26", "2026-12-27"];
    expect(idle.map(([day]) => day)).toEqual([...closed, "2027-01-01", "2027-01-02", "2027-01-03", "2027-01-04"]);
  });

  it("pays every shop for every day but what its bank refused, and pays that again", async () => {
    const rows = await context.store.db
      .selectFrom("transfers")
      .innerJoin("sellers", "sellers.id", "transfers.seller_id")
      .select(["sellers.ref", "transfers.state", "transfers.amount", "transfers.end_to_end_id"])
      .where("sellers.ref", "like", "s%")
      .execute();
    const paid = new Map<string, bigint>();
    for (const { ref, state, amount } of rows) if (state === "EXECUTED") paid.set(ref, (paid.get(ref) ?? 0n) + amount);
    // Nine tenths of ten days; what the other bank kept of a return is the marketplace's charge, not the shop's.
    const wanted = Array.from({ length: SHOPS }, (_, n) => [`s${n + 1}`, BigInt(soldBy(n + 1) * 9)]);
    expect([...paid].sort()).toEqual(wanted);
    const others = rows.filter(({ state }) => state !== "EXECUTED").map(({ ref, state }) => `${ref} ${state}`);
    expect(others.sort()).toEqual(["s2 REJECTED", "s3 RETURNED", "s5 REJECTED"]);
    expect(world.bank.brain.doublePaid()).toEqual([]);
    expect(world.bank.brain.pending()).toEqual([]);
  });

  it("has books in which each cent is explained, and a bank that says the same", async () => {
    const { db } = context.store;
    expect((await checkBooks(db)).breaches).toEqual([]);
    for (const { id } of await allMarketplaces(db)) {
      expect((await conservationProof(db, id, "EUR")).difference).toBe(0n);
    }
    const accounts = await db.selectFrom("accounts").select(["bucket", "balance"]).execute();
    const balance = (bucket: string) =>
      accounts.filter((one) => one.bucket === bucket).reduce((sum, one) => sum + one.balance, 0n);
    // Credits less debits: what we have at the bank is negative.
    expect(world.bank.brain.balance(ACCOUNT)).toBe(-balance("BANK"));
    expect(balance("IN_TRANSIT")).toBe(0n);
    // The pay-in that is ten euros short, less the acquirer's charges, and the gift.
    const shortOne = SOLD_A_DAY - 1_000n - ACQUIRER_KEEPS;
    expect(balance("SUSPENSE")).toBe(shortOne + 1_234n);
    expect(balance("ACQUIRER_RECEIVABLE")).toBe(-SOLD_A_DAY);
    expect(balance("ACQUIRING_COSTS")).toBe(-9n * ACQUIRER_KEEPS);
    expect(balance("BANK_CHARGES")).toBe(-250n);
    const open = await db.selectFrom("bank_entries").selectAll().where("state", "<>", "MATCHED").execute();
    expect(open.map(({ state, suspended }) => [state, suspended]).sort()).toEqual([
      ["PARTLY_MATCHED", shortOne],
      ["UNMATCHED", 1_234n],
    ]);
  });

  it("has kept every file that came, applied once, a duplicate, or quarantined", async () => {
    const states = new Map<string, number>();
    for (const { state } of await listInboundFiles(context, { limit: 100 })) {
      states.set(state, (states.get(state) ?? 0) + 1);
    }
    expect(Object.fromEntries(states)).toMatchObject({ QUARANTINED: 2, DUPLICATE: 2 });
    expect(states.get("RECEIVED")).toBeUndefined();
  });

  it("leaves the rest to people: a matter is given to one, cleared with a word, and stays closed", async () => {
    const { db } = context.store;
    const open = await db.selectFrom("exceptions").selectAll().where("state", "=", "OPEN").orderBy("id").execute();
    for (const { id, reason } of open) {
      await assignException(context, { id: String(id), to: "carol" });
      const carol = { ...context, actor: "carol" };
      await resolveException(carol, { id: String(id), how: `the bank was asked about ${reason}` });
    }
    await reconcile(context, MONDAY);
    expect(await exceptions(["OPEN", "ASSIGNED"])).toEqual([]);
    const said = await db.selectFrom("audit_log").select(["actor", "action"]).where("action", "=", "resolve").execute();
    expect(said).toEqual(open.map(() => ({ actor: "carol", action: "resolve" })));
    await expect(assignException(context, { id: String(open[0]?.id), to: "dave" })).rejects.toThrow(/state/);
  });
});
