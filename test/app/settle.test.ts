import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { loadProfile } from "../../src/app/bank-profiles.ts";
import type { Context } from "../../src/app/context.ts";
import { approveFile, refuseFile } from "../../src/app/decide-file.ts";
import { importFiles } from "../../src/app/import-files.ts";
import { previewSettlement } from "../../src/app/preview.ts";
import { settle } from "../../src/app/settle.ts";
import { checkBooks, verifyBooks } from "../../src/app/verify-books.ts";
import { writeTransferFiles } from "../../src/app/write-transfer-files.ts";
import { recount } from "../../src/bankfiles/write/recount.ts";
import { tempDir } from "../support/temp-dir.ts";
import { type TestContext, testContext } from "../support/test-context.ts";
import { STORE_KINDS, type StoreKind } from "../support/test-database.ts";

const IBANS = {
  operator: "FR7630006000011234567890189",
  a: "DE89370400440532013000",
  b: "NL91ABNA0417164300",
  c: "ES9121000418450200051332",
} as const;

const MARKETPLACE = {
  type: "marketplace",
  id: "m",
  name: "Market",
  currency: "EUR",
  debtor: { name: "Market SAS", iban: IBANS.operator },
  bank: "sandbox",
  profile: "sandbox",
  gateway: "sandbox",
  integrationMode: "PAYMENT_AND_REFUND",
  fees: [{ basisPoints: 1000, fixed: 0 }],
  settlement: { delayDays: 1, delayCounts: "CALENDAR_DAYS", minimumPayout: 100 },
  operator: { name: "Market SAS", iban: IBANS.operator },
};

type Fields = Readonly<Record<string, unknown>>;

const seller = (id: string, more: Fields = {}): Fields => ({
  type: "seller",
  marketplace: "m",
  id,
  legalName: `Seller ${id}`,
  iban: IBANS[id as keyof typeof IBANS],
  onboarding: "VALIDATED",
  ...more,
});

/** An order paid and captured on a day: amounts by seller. */
function sale(id: string, parts: Readonly<Record<string, number>>, day = "2026-11-18"): Fields[] {
  const items = Object.entries(parts).map(([who, amount], index) => ({
    id: `${id}-${index}`,
    name: "Thing",
    quantity: 1,
    amount,
    seller: who,
  }));
  const amount = items.reduce((sum, item) => sum + item.amount, 0);
  return [
    { type: "order", marketplace: "m", id, amount, currency: "EUR", items },
    {
      type: "transaction",
      marketplace: "m",
      id: `T-${id}`,
      order: id,
      amount,
      currency: "EUR",
      status: "CAPTURED",
      captureOn: day,
      capturedAt: `${day}T10:00:00Z`,
    },
  ];
}

const refund = (id: string, order: string, who: string, amount: number, day: string): Fields => ({
  type: "refund",
  marketplace: "m",
  id,
  transaction: `T-${order}`,
  seller: who,
  amount,
  refundedAt: `${day}T12:00:00Z`,
});

let context: TestContext & Context;
let files = 0;
let storeKind: StoreKind;
afterEach(() => context.store.close());

async function world(records: readonly Fields[]): Promise<void> {
  context = { ...(await testContext({}, undefined, storeKind)), profile: (name: string) => loadProfile(name) };
  await bring(records);
}

async function bring(records: readonly Fields[]): Promise<void> {
  files += 1;
  const path = join(tempDir(), `${files}.ndjson`);
  writeFileSync(path, records.map((record) => JSON.stringify(record)).join("\n"));
  const report = await importFiles(context, [path]);
  expect(report.findings).toEqual([]);
}

async function transfers(): Promise<string[]> {
  const rows = await context.store.db
    .selectFrom("transfers")
    .innerJoin("sellers", "sellers.id", "transfers.seller_id")
    .select(["sellers.ref", "transfers.amount", "transfers.state", "transfers.hold_reason"])
    .orderBy("sellers.ref")
    .orderBy("transfers.id")
    .execute();
  return rows.map((row) => [row.ref, row.amount, row.state, row.hold_reason].filter((part) => part !== null).join(" "));
}

async function balance(ref: string): Promise<Record<string, bigint>> {
  const rows = await context.store.db
    .selectFrom("accounts")
    .innerJoin("sellers", "sellers.id", "accounts.seller_id")
    .select(["accounts.bucket", "accounts.balance"])
    .where("sellers.ref", "=", ref)
    .where("accounts.balance", "<>", 0n)
    .execute();
  return Object.fromEntries(rows.map((row) => [row.bucket, row.balance]));
}

async function booksHold(): Promise<void> {
  const { breaches, proofs } = await checkBooks(context.store.db);
  expect(breaches).toEqual([]);
  expect(proofs.map(({ proof }) => proof.difference)).toEqual(proofs.map(() => 0n));
}

describe.each(STORE_KINDS)("on %s,", (kind) => {
  beforeAll(() => {
    storeKind = kind;
  });

  describe("a settlement", () => {
    it("pays the seed's practical case: 80000 to the operator, 3000 and 4500 to two shops, less the fee", async () => {
      await world([MARKETPLACE, seller("a"), seller("b"), ...sale("o", { OPERATOR: 80_000, a: 3_000, b: 4_500 })]);
      await settle(context, "2026-11-19");
      expect(await transfers()).toEqual(["OPERATOR 72000 SCHEDULED", "a 2700 SCHEDULED", "b 4050 SCHEDULED"]);
      expect(await balance("OPERATOR")).toEqual({ AVAILABLE: 72_000n, FEES: 8_750n });
      await booksHold();
    });

    it("waits for the delay, and moves pending to available when it is over", async () => {
      await world([MARKETPLACE, seller("a"), ...sale("o", { a: 1_000 })]);
      await settle(context, "2026-11-18");
      expect(await transfers()).toEqual([]);
      expect(await balance("a")).toEqual({ PENDING: 900n });
      await settle(context, "2026-11-19");
      expect(await transfers()).toEqual(["a 900 SCHEDULED"]);
      expect(await balance("a")).toEqual({ AVAILABLE: 900n });
      await booksHold();
    });

    it("does nothing when it runs again on the same day", async () => {
      await world([MARKETPLACE, seller("a"), seller("b", { iban: undefined }), ...sale("o", { a: 1_000, b: 1_000 })]);
      await settle(context, "2026-11-19");
      const before = await context.store.db.selectFrom("postings").selectAll().execute();
      await settle(context, "2026-11-19");
      expect(await context.store.db.selectFrom("postings").selectAll().execute()).toEqual(before);
      expect(await transfers()).toEqual(["a 900 SCHEDULED", "b 900 ON_HOLD NO_ACCOUNT"]);
      expect(await context.store.db.selectFrom("settlements").select("run").execute()).toEqual([{ run: 1n }]);
    });

    it.each<[string, Fields, number, string]>([
      ["no account", { iban: undefined }, 1_000, "b 900 ON_HOLD NO_ACCOUNT"],
      ["no validation", { onboarding: "PENDING_VALIDATION" }, 1_000, "b 900 ON_HOLD SELLER_NOT_VALIDATED"],
      ["an account outside SEPA", { iban: "TR330006100519786457841326" }, 1_000, "b 900 ON_HOLD ACCOUNT_NOT_SEPA"],
      ["too little", {}, 100, "b 90 ON_HOLD BELOW_MINIMUM"],
    ])("holds a seller with %s, with the reason, and drops nothing", async (_what, fields, amount, expected) => {
      await world([MARKETPLACE, seller("b", fields), ...sale("o", { b: amount })]);
      await settle(context, "2026-11-19");
      expect(await transfers()).toEqual([expected]);
      expect(await balance("b")).toEqual({ HELD: BigInt(amount) - BigInt(amount) / 10n });
      await booksHold();
    });

    it("lets new money join a held transfer, and releases all of it once the reason is gone", async () => {
      await world([MARKETPLACE, seller("b", { iban: undefined }), ...sale("o1", { b: 1_000 })]);
      await settle(context, "2026-11-19");
      await bring(sale("o2", { b: 500 }, "2026-11-19"));
      await settle(context, "2026-11-20");
      expect(await transfers()).toEqual(["b 1350 ON_HOLD NO_ACCOUNT"]);
      await booksHold();
      await bring([seller("b")]);
      await settle(context, "2026-11-21");
      expect(await transfers()).toEqual(["b 1350 SCHEDULED"]);
      expect(await balance("b")).toEqual({ AVAILABLE: 1_350n });
      await booksHold();
    });

    it("carries a debt until sales cover it, and gives the fee back in proportion", async () => {
      await world([MARKETPLACE, seller("a"), ...sale("o1", { a: 1_000 })]);
      await settle(context, "2026-11-19");
      await writeTransferFiles(context, "2026-11-19");
      await bring([refund("r1", "o1", "a", 600, "2026-11-19")]);
      await settle(context, "2026-11-20");
      expect(await balance("a")).toEqual({ AVAILABLE: -540n, IN_TRANSIT: 900n });
      const line = await context.store.db
        .selectFrom("settlement_lines")
        .selectAll()
        .where("outcome", "=", "CARRIED")
        .execute();
      expect(line.map(({ net, reason, refunds, fees }) => [net, reason, refunds, fees])).toEqual([
        [-540n, "NEGATIVE_NET", -600n, -60n],
      ]);
      await booksHold();
      await bring(sale("o2", { a: 1_000 }, "2026-11-20"));
      await settle(context, "2026-11-21");
      expect((await transfers()).at(-1)).toBe("a 360 SCHEDULED");
      await booksHold();
    });

    it("cancels a hold that refunds have eaten up, and carries the rest", async () => {
      await world([MARKETPLACE, seller("b", { iban: undefined }), ...sale("o1", { b: 1_000 })]);
      await settle(context, "2026-11-19");
      await bring([refund("r1", "o1", "b", 1_000, "2026-11-19")]);
      await settle(context, "2026-11-20");
      expect(await transfers()).toEqual(["b 900 CANCELLED"]);
      expect(await balance("b")).toEqual({});
      await booksHold();
    });

    it("keeps back a held item until it is released", async () => {
      await world([MARKETPLACE, seller("a"), ...sale("o1", { a: 1_000 })]);
      await bring([{ type: "hold", marketplace: "m", order: "o1", reason: "ITEM_HELD" }]);
      await settle(context, "2026-11-19");
      expect(await transfers()).toEqual([]);
      expect(await balance("a")).toEqual({ PENDING: 900n });
      await bring([{ type: "release", marketplace: "m", order: "o1" }]);
      await settle(context, "2026-11-20");
      expect(await transfers()).toEqual(["a 900 SCHEDULED"]);
      await booksHold();
    });

    it("is what the preview said", async () => {
      await world([
        MARKETPLACE,
        seller("a"),
        seller("b", { iban: undefined }),
        ...sale("o", { a: 1_000, b: 2_000, OPERATOR: 300 }),
      ]);
      // What was captured must be booked first: the settlement of the day before does that and pays nothing.
      await settle(context, "2026-11-18");
      const preview = await previewSettlement(context, "2026-11-19");
      expect(await transfers()).toEqual([]);
      await settle(context, "2026-11-19");
      const said = preview.lines.map(({ position, net, outcome, reason }) =>
        [position.seller, net, outcome === "TRANSFER" ? "SCHEDULED" : "ON_HOLD", reason]
          .filter((part) => part !== undefined)
          .join(" "),
      );
      expect(said.sort()).toEqual((await transfers()).sort());
    });
  });

  describe("transfer files", () => {
    async function oneFile() {
      await world([MARKETPLACE, seller("a"), seller("b"), ...sale("o", { a: 1_000, b: 2_000 })]);
      await settle(context, "2026-11-19");
      await writeTransferFiles({ ...context, actor: "alice" }, "2026-11-19");
      return context.store.db.selectFrom("transfer_files").selectAll().executeTakeFirstOrThrow();
    }

    it("freeze bytes whose recount is what the ledger has in transit", async () => {
      const file = await oneFile();
      const counted = recount([file.bytes]);
      expect([counted.messageId, counted.count, counted.sumMinor]).toEqual([file.message_id, 2, 2_700n]);
      expect(await balance("a")).toEqual({ IN_TRANSIT: 900n });
      await booksHold();
    });

    it("are approved by a second person only, who may name the hash he saw", async () => {
      const { message_id: messageId, sha256 } = await oneFile();
      const as = (actor: string) => ({ ...context, actor });
      await expect(approveFile(as("alice"), { messageId })).rejects.toThrow(/may not approve.*alice, who made it/);
      await expect(approveFile(as(" ALICE "), { messageId })).rejects.toThrow(/may not approve/);
      await expect(approveFile(as(""), { messageId })).rejects.toThrow(/nobody/);
      await expect(approveFile(as("bob"), { messageId, sha256: "0".repeat(64) })).rejects.toThrow(/sha256/);
      expect(await approveFile(as("bob"), { messageId, sha256 })).toMatchObject({
        state: "APPROVED",
        decidedBy: "bob",
      });
      await expect(approveFile(as("carol"), { messageId })).rejects.toThrow(/approve in APPROVED/);
      await booksHold();
    });

    it("give their transfers back when refused, and the next file takes them with another MsgId", async () => {
      const file = await oneFile();
      await refuseFile({ ...context, actor: "bob" }, { messageId: file.message_id, reason: "wrong day" });
      expect(await transfers()).toEqual(["a 900 SCHEDULED", "b 1800 SCHEDULED"]);
      await booksHold();
      await writeTransferFiles(context, "2026-11-19");
      const files = await context.store.db
        .selectFrom("transfer_files")
        .select(["message_id", "state"])
        .orderBy("id")
        .execute();
      expect(files.map(({ state }) => state)).toEqual(["REFUSED", "AWAITING_APPROVAL"]);
      expect(new Set(files.map(({ message_id }) => message_id)).size).toBe(2);
      await booksHold();
    });

    it("hold a transfer whose account went bad between settlement and file", async () => {
      await world([MARKETPLACE, seller("a"), seller("b"), ...sale("o", { a: 1_000, b: 2_000 })]);
      await settle(context, "2026-11-19");
      await bring([seller("b", { onboarding: "REFUSED" })]);
      await writeTransferFiles(context, "2026-11-19");
      expect(await transfers()).toEqual(["a 900 IN_FILE", "b 1800 ON_HOLD SELLER_NOT_VALIDATED"]);
      await booksHold();
    });

    it("are not written for a marketplace whose books are broken, until they are right again", async () => {
      await world([MARKETPLACE, seller("a"), ...sale("o", { a: 1_000 })]);
      await settle(context, "2026-11-19");
      const change = (by: bigint) =>
        context.store.write(({ db }) =>
          db
            .updateTable("accounts")
            .set(({ eb }) => ({ balance: eb("balance", "+", by) }))
            .where("bucket", "=", "AVAILABLE")
            .execute(),
        );
      await change(1n);
      const verified = await verifyBooks(context, "2026-11-19");
      expect(verified.findings.map(({ code }) => code)).toContain("BALANCE_NOT_POSTINGS");
      const refused = await writeTransferFiles(context, "2026-11-19");
      expect(refused.findings.map(({ code }) => code)).toEqual(["FILES_BLOCKED"]);
      expect(await transfers()).toEqual(["a 900 SCHEDULED"]);
      await change(-1n);
      await verifyBooks(context, "2026-11-19");
      await writeTransferFiles(context, "2026-11-19");
      expect(await transfers()).toEqual(["a 900 IN_FILE"]);
    });
  });
});
