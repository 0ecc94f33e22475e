/** What the tables themselves refuse and keep, and the statements that several workers meet at: the same for each adapter. */
import { sql } from "kysely";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { addSlots, claimSlot, slotsInPlay } from "../../src/store/due-slots.ts";
import { claimFile, extendFile } from "../../src/store/hand-off.ts";
import { postToJournal } from "../../src/store/journal.ts";
import { claimNotifications, recordAttempts } from "../../src/store/notifications.ts";
import { postPayables } from "../../src/store/post-payables.ts";
import { recordStatusChanges } from "../../src/store/status-changes.ts";
import type { Store, Value } from "../../src/store/store.ts";
import type { StoreKind } from "../support/test-database.ts";
import { freshStore } from "../support/test-store.ts";
import { plantMarketplace } from "./planted-rows.ts";

const now = new Date("2026-11-20T01:00:00Z");
const later = new Date("2026-11-20T01:05:00Z");
const head = { marketplaceId: 1n, operatorId: 1n, businessDate: "2026-11-20" };

export function tablesContract(kind: StoreKind): void {
  let store: Store;

  beforeEach(async () => {
    store = await freshStore(() => now, kind);
    await plantMarketplace(store);
  });

  afterEach(() => store.close());

  const post = (amounts: readonly bigint[]) =>
    store.write((tx) =>
      postToJournal(
        tx,
        head,
        amounts.map((amount) => ({
          movement: "SALE_CAPTURED",
          sellerId: 7n,
          amount,
          currency: "EUR",
          cause: { kind: "PAYABLE", id: 1n },
        })),
      ),
    );
  const balances = async () => {
    const rows = await store.db.selectFrom("accounts").select(["bucket", "balance"]).orderBy("bucket").execute();
    return Object.fromEntries(rows.map(({ bucket, balance }) => [bucket, balance]));
  };

  describe("the journal", () => {
    it("keeps every balance equal to the sum of its postings, and all balances at zero in sum", async () => {
      await post(Array.from({ length: 1203 }, (_, index) => BigInt(index + 1)));
      await post([5n]);
      const sum = (1203n * 1204n) / 2n + 5n;
      expect(await balances()).toEqual({ ACQUIRER_RECEIVABLE: -sum, PENDING: sum });
    });

    it("keeps them when many post to the same accounts at once", async () => {
      await Promise.all(Array.from({ length: 12 }, () => post([1n, 2n])));
      expect(await balances()).toEqual({ ACQUIRER_RECEIVABLE: -36n, PENDING: 36n });
    });

    it("posts payables by sets: the net to the seller, the fee to the operator, refunds back", async () => {
      await store.write(async (tx) => {
        const payable = (id: bigint, kind: string, gross: bigint, fee: bigint): Value[] => [
          ...[id, 1n, 7n, kind, "EUR", gross, fee, gross - fee, "2026-11-21"],
        ];
        await tx.insertMany(
          "payables",
          ["id", "marketplace_id", "seller_id", "kind", "currency", "gross", "fee", "net", "available_on"],
          [payable(1n, "SALE", 1_000n, 100n), payable(2n, "SALE", 500n, 0n), payable(3n, "REFUND", -200n, -20n)],
        );
        await postPayables(tx, head, { first: 1n, last: 3n }, new Set(["SALE", "REFUND"]));
      });
      const sums = await balances();
      expect(Object.values(sums).reduce((sum, balance) => sum + balance, 0n)).toBe(0n);
      expect(sums).toMatchObject({ ACQUIRER_RECEIVABLE: -1_300n, FEES: 80n });
    });

    it.each(["UPDATE postings SET amount = 1", "DELETE FROM postings"])("refuses %s", async (statement) => {
      await post([5n]);
      await expect(store.write((tx) => sql.raw(statement).execute(tx.db))).rejects.toThrow(/append-only/);
    });
  });

  it.each<[string, string]>([
    ["a movement of nothing", "INSERT INTO postings VALUES (1, 1, 'e', 1, 2, 0, 'k', 1, '2026-11-20')"],
    ["a movement from an account to itself", "INSERT INTO postings VALUES (1, 1, 'e', 1, 1, 5, 'k', 1, '2026-11-20')"],
    ["a movement of an unknown account", "INSERT INTO postings VALUES (1, 1, 'e', 1, 99, 5, 'k', 1, '2026-11-20')"],
    ["the end of an account that postings name", "DELETE FROM accounts"],
    [
      "an item of no order",
      "INSERT INTO items (id, order_id, seller_id, position, ref, name, quantity, amount) VALUES (1, 99, 7, 0, 'i', 'n', 1, 5)",
    ],
    ["an order of no marketplace", orderSql(2, 99)],
    ["a transaction of no order", transactionSql(1, 99)],
    ["an operation of no transaction", operationSql(1, 99)],
    ["a line of no seller", payableSql(99)],
    ["another seller for a line", `${payableSql(7)}; UPDATE payables SET seller_id = 99`],
    ["the end of an order that others name", `${orderSql(2, 1)}; ${transactionSql(1, 2)}; DELETE FROM orders`],
    ["another id for a marketplace", "UPDATE marketplaces SET id = 2"],
    ["an unknown onboarding state", "UPDATE sellers SET onboarding = 'FINE'"],
    ["a text for a number", "UPDATE counters SET next = 'x'"],
    ["a counter that goes below one", "UPDATE counters SET next = 0"],
    ["two sellers of one ref", "UPDATE sellers SET ref = 'OPERATOR'"],
    ["a held transfer without a reason", transferSql("'ON_HOLD'", "NULL")],
    ["a reason on a transfer that is not held", transferSql("'SCHEDULED'", "'MANUAL'")],
  ])("the tables refuse %s", async (_what, statement) => {
    await post([5n]);
    const all = store.write(async (tx) => {
      for (const one of statement.split("; ")) await sql.raw(one).execute(tx.db);
    });
    await expect(all).rejects.toThrow(/constraint| stay: |cannot store|invalid input syntax|violates/i);
  });

  describe("status changes", () => {
    const record = (ref: string, status: string) =>
      store.write((tx) => recordStatusChanges(tx, 1n, [{ kind: "order", ref, status }], now));

    it("of one object are numbered without gaps, however many record at once", async () => {
      await Promise.all(Array.from({ length: 10 }, (_, index) => record(index % 2 === 0 ? "a" : "b", `${index}`)));
      const rows = await store.db
        .selectFrom("status_changes")
        .select(["object_ref", "sequence"])
        .orderBy("object_ref")
        .orderBy("sequence")
        .execute();
      expect(rows.map(({ object_ref, sequence }) => `${object_ref}${sequence}`)).toEqual([
        ...["a1", "a2", "a3", "a4", "a5", "b1", "b2", "b3", "b4", "b5"],
      ]);
    });

    it("are claimed by one worker only, one for each object, and recorded only under its fence", async () => {
      await store.write((tx) =>
        tx.insertMany(
          "endpoints",
          ["id", "marketplace_id", "ref", "url", "secrets", "events", "state", "content_hash", "created_at"],
          [[1n, 1n, "e", "https://example.org", "[]", '["*"]', "ACTIVE", "h", "now"]],
        ),
      );
      for (const ref of ["a", "b", "a"]) await record(ref, "PAID");
      const claims = await Promise.all(
        Array.from({ length: 4 }, () => store.write((tx) => claimNotifications(tx, 1n, now, later, 10))),
      );
      const claimed = claims.flat();
      expect(claimed.map(({ change }) => `${change.ref}${change.sequence}`).sort()).toEqual(["a1", "b1"]);
      const [first] = claimed;
      if (first === undefined) throw new Error("nothing was claimed");
      const attempt = (fence: bigint) => ({
        notification: { ...first, fence },
        state: "DELIVERED" as const,
        nextAttemptAt: now,
        outcome: "DELIVERED",
        httpStatus: 200,
        error: undefined,
        durationMs: 5,
        attemptedAt: now,
      });
      const recordWith = (fence: bigint) => store.write((tx) => recordAttempts(tx, [attempt(fence)]));
      expect([(await recordWith(first.fence + 1n)).size, (await recordWith(first.fence)).size]).toEqual([0, 1]);
    });
  });

  it("a due slot is added once and claimed by one of those who read it", async () => {
    const slot = { job: "settle", businessDate: "2026-11-20", slot: "02:00", dueAt: now.toISOString() };
    await Promise.all(Array.from({ length: 4 }, () => store.write((tx) => addSlots(tx, [slot]))));
    const [row, ...others] = await slotsInPlay(store.db);
    if (row === undefined) throw new Error("no slot");
    expect(others).toEqual([]);
    const fences = await Promise.all(
      Array.from({ length: 4 }, () => store.write((tx) => claimSlot(tx, row, later.toISOString()))),
    );
    expect(fences.filter((fence) => fence !== undefined)).toEqual([1n]);
  });

  it("a file is claimed by one owner until his time is over, and each claim has a higher fence", async () => {
    await store.write((tx) =>
      tx.insertMany(
        "transfer_files",
        [
          ...(["id", "marketplace_id", "bank", "bank_profile", "message_id", "remote_name", "currency"] as const),
          ...(["transfer_count", "transfer_sum", "execution_date", "business_date", "bytes", "sha256"] as const),
          ...(["state", "made_by", "made_at", "changed_at"] as const),
        ],
        [
          [
            ...[1n, 1n, "b", "sandbox", "M1", "M1.xml", "EUR", 1n, 5n, "2026-11-20", "2026-11-20"],
            ...[Buffer.from("<x/>"), "ab", "APPROVED", "alice", "now", "now"],
          ],
        ],
      ),
    );
    const claim = (owner: string, at = now, until = later) => store.write((tx) => claimFile(tx, 1n, owner, at, until));
    const claims = await Promise.all(["w1", "w2", "w3"].map((owner) => claim(owner)));
    const won = claims.filter((made) => made !== undefined);
    expect(won.map(({ fence, state }) => [fence, state])).toEqual([[1n, "APPROVED"]]);
    expect(Buffer.from(won[0]?.bytes ?? []).toString()).toBe("<x/>");
    const [longer, end] = [new Date("2026-11-20T02:00:00Z"), new Date("2026-11-20T03:00:00Z")];
    const stayAlive = (fence: bigint) => store.write((tx) => extendFile(tx, 1n, fence, longer));
    await stayAlive(1n);
    expect(await claim("w9", later, end)).toBeUndefined();
    expect((await claim("w9", longer, end))?.fence).toBe(2n);
    await stayAlive(1n);
    expect(await claim("w1", longer, end)).toBeUndefined();
  });
}

function transferSql(state: string, reason: string): string {
  return `INSERT INTO transfers (id, marketplace_id, seller_id, end_to_end_id, currency, amount, state, hold_reason,
            business_date, created_at, changed_at)
          VALUES (1, 1, 7, 'E1', 'EUR', 5, ${state}, ${reason}, '2026-11-20', 'now', 'now')`;
}

function orderSql(id: number, marketplace: number): string {
  return `INSERT INTO orders (id, marketplace_id, ref, amount, currency, state, order_cycle, order_status, content_hash, created_at)
          VALUES (${id}, ${marketplace}, 'o', 5, 'EUR', 'PENDING', 'OPEN', 'RUNNING', 'h', 'now')`;
}

function transactionSql(id: number, order: number): string {
  return `INSERT INTO transactions (id, marketplace_id, order_id, ref, currency, amount, authorised, captured, cancelled, refunded,
            status, detailed_status, capture_on, content_hash, created_at)
          VALUES (${id}, 1, ${order}, 't', 'EUR', 5, 5, 5, 0, 0, 'PAID', 'CAPTURED', '2026-11-20', 'h', 'now')`;
}

function operationSql(id: number, transaction: number): string {
  return `INSERT INTO operations (id, marketplace_id, kind, ref, transaction_id, amount, currency, state, business_date,
            content_hash, created_at)
          VALUES (${id}, 1, 'CAPTURE', 'c', ${transaction}, 5, 'EUR', 'SUCCEEDED', '2026-11-20', 'h', 'now')`;
}

function payableSql(seller: number): string {
  return `INSERT INTO payables (id, marketplace_id, seller_id, kind, currency, gross, fee, net, available_on)
          VALUES (1, 1, ${seller}, 'SALE', 'EUR', 5, 0, 5, '2026-11-20')`;
}
