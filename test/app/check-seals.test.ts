import { sql } from "kysely";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { checkSeals } from "../../src/app/check-seals.ts";
import { sealJournal } from "../../src/app/seal-journal.ts";
import { checkBooks, verifyBooks } from "../../src/app/verify-books.ts";
import { journalHorizon } from "../../src/store/journal-horizon.ts";
import type { Queries } from "../../src/store/store.ts";
import { type TestContext, testContext } from "../support/test-context.ts";
import { STORE_KINDS, type StoreKind } from "../support/test-database.ts";

const NOW = new Date("2026-11-20T03:00:00Z");
const COLUMNS = [
  "id",
  "marketplace_id",
  "event",
  "debit_account",
  "credit_account",
  "amount",
  "cause_kind",
  "cause_id",
  "business_date",
] as const;
/** A copy of the first posting under an id that is free. */
const copyAs = (id: number) =>
  `INSERT INTO postings (${COLUMNS.join()}) SELECT ${id}, ${COLUMNS.slice(1).join()} FROM postings WHERE id = 1`;

let kind: StoreKind;
let context: TestContext;
let reserved = 0;
afterEach(() => context.store.close());

/** `count` postings between two accounts, with every third id left unused as bookings leave some. */
async function post(first: number, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, index) => {
    const id = BigInt(first + index + Math.floor(index / 2));
    return [id, 1n, "HELD", 1n, 2n, id * 7n + 1n, "TRANSFER", id, "2026-11-20"] as const;
  });
  await context.store.write(async (tx) => {
    await tx.reserveIds("postings", Number(rows.at(-1)?.[0]) - reserved);
    await tx.insertMany("postings", COLUMNS, rows);
  });
  reserved = Number(rows.at(-1)?.[0]);
}

async function sealedJournal(): Promise<void> {
  context = await testContext({}, "2026-11-20T01:00:00Z", kind);
  await context.store.write(async ({ db }) => {
    for (const statement of [
      sql`INSERT INTO marketplaces (id, ref, name, currency, zone, debtor_name, debtor_iban, bank, bank_profile, gateway,
            integration_mode, capture_policy, settlement_policy, fee_rules, content_hash, created_at)
          VALUES (1, 'm', 'M', 'EUR', 'UTC', 'M', 'X', 'b', 'p', 'g', 'MULTI_CAPTURE', '{}', '{}', '[]', 'h', '')`,
      sql`INSERT INTO sellers (id, marketplace_id, ref, legal_name, account_holder, onboarding, account_changed_at, content_hash, created_at)
          VALUES (1, 1, 'OPERATOR', 'M', 'M', 'VALIDATED', '', 'h', '')`,
      sql`INSERT INTO accounts (id, marketplace_id, seller_id, bucket, currency, balance) VALUES (1, 1, 1, 'AVAILABLE', 'EUR', 0), (2, 1, 1, 'HELD', 'EUR', 0)`,
    ]) {
      await statement.execute(db);
    }
  });
  reserved = 0;
  await post(1, 2_400);
  await sealJournal(context.store, NOW);
}

/** As someone would who may write to the database: the triggers are gone first. */
async function tamper(...statements: readonly string[]): Promise<void> {
  await context.store.write(async ({ db }) => {
    for (const statement of [...triggersGone(), ...statements]) await sql.raw(statement).execute(db);
  });
}

function triggersGone(): readonly string[] {
  return ["postings", "journal_seals"].flatMap((table) =>
    kind === "sqlite"
      ? [`DROP TRIGGER ${table}_no_update`, `DROP TRIGGER ${table}_no_delete`]
      : [`DROP TRIGGER ${table}_append_only ON ${table}`],
  );
}

const found = async (db: Queries = context.store.db) =>
  (await checkSeals(db)).breaches.map(({ code, where }) => `${code}: ${where}`);

const FIRST_SPAN = "JOURNAL_CHANGED: journal, postings 1 to 1499 (seal 1)";
const SECOND_SPAN = "JOURNAL_CHANGED: journal, postings 1501 to 2999 (seal 2)";
const LAST_SPAN = "JOURNAL_CHANGED: journal, postings 3001 to 3599 (seal 3)";

describe.each(STORE_KINDS)("on %s, the seals over the journal", (store) => {
  beforeAll(() => {
    kind = store;
  });

  it("hold over what nobody touched, and go on where they ended", async () => {
    await sealedJournal();
    expect(await sealJournal(context.store, NOW)).toEqual({ postings: 0, seals: 0 });
    const before = await checkSeals(context.store.db);
    expect(before).toMatchObject({ seals: 3, postings: 2_400n, breaches: [] });
    await post(4_000, 1_700);
    expect(await sealJournal(context.store, NOW)).toEqual({ postings: 1_700, seals: 2 });
    const after = await checkSeals(context.store.db);
    expect(after).toMatchObject({ seals: 5, postings: 4_100n, breaches: [] });
    expect(after.head).not.toBe(before.head);
  });

  it.each<[string, readonly string[], readonly string[]]>([
    ["an amount that was edited", ["UPDATE postings SET amount = amount + 1 WHERE id = 1501"], [SECOND_SPAN]],
    ["a date that was edited", ["UPDATE postings SET business_date = '2026-11-19' WHERE id = 2"], [FIRST_SPAN]],
    ["a posting that was deleted", ["DELETE FROM postings WHERE id = 1600"], [SECOND_SPAN]],
    ["a posting that was inserted among the old ones", [copyAs(3)], [FIRST_SPAN]],
    ["a posting that was inserted between two spans", [copyAs(1500)], [SECOND_SPAN]],
    [
      "two postings that changed places",
      [
        "UPDATE postings SET id = 999999 WHERE id = 4",
        "UPDATE postings SET id = 4 WHERE id = 5",
        "UPDATE postings SET id = 5 WHERE id = 999999",
      ],
      [FIRST_SPAN],
    ],
    ["a tail that was cut off", ["DELETE FROM postings WHERE id > 3500"], [LAST_SPAN]],
    [
      "a tail that was cut off with its seal",
      ["DELETE FROM postings WHERE id > 3000", "DELETE FROM journal_seals WHERE id = 3"],
      ["SEALS_MISSING: journal, after seal 2"],
    ],
    [
      "a span that was taken out with its seal",
      ["DELETE FROM postings WHERE id BETWEEN 1500 AND 3000", "DELETE FROM journal_seals WHERE id = 2"],
      ["SEAL_CHAIN_BROKEN: journal, seal 3"],
    ],
    [
      "a seal that was edited",
      ["UPDATE journal_seals SET hash = previous_hash || 'x' WHERE id = 2"],
      [SECOND_SPAN, "SEAL_CHAIN_BROKEN: journal, seal 3"],
    ],
    ["a journal that is gone", ["DELETE FROM postings"], [FIRST_SPAN, SECOND_SPAN, LAST_SPAN]],
  ])("show %s", async (_what, statements, expected) => {
    await sealedJournal();
    await tamper(...statements);
    expect(await found()).toEqual(expected);
  });

  it("cannot be changed while the database holds its own rule", async () => {
    await sealedJournal();
    for (const table of ["postings", "journal_seals"]) {
      const remove = context.store.write(({ db }) => sql.raw(`DELETE FROM ${table}`).execute(db));
      await expect(remove).rejects.toThrow(/append-only/);
    }
  });

  it("are part of verify, and a broken one stops every marketplace's files", async () => {
    await sealedJournal();
    await tamper("UPDATE postings SET cause_id = 77 WHERE id = 1");
    expect((await checkBooks(context.store.db)).breaches.map(({ code }) => code)).toContain("JOURNAL_CHANGED");
    await verifyBooks(context, "2026-11-20");
    const { blocked_reason } = await context.store.db
      .selectFrom("marketplaces")
      .select("blocked_reason")
      .executeTakeFirstOrThrow();
    expect(blocked_reason).toMatch(/^BOOKS_BROKEN/);
  });

  it("are made once when two processes seal at the same time", async () => {
    await sealedJournal();
    await post(5_000, 2_000);
    await Promise.all([1, 2, 3].map(() => sealJournal(context.store, NOW)));
    expect(await checkSeals(context.store.db)).toMatchObject({ seals: 5, postings: 4_400n, breaches: [] });
  });
});

describe("on postgres, where ids are given out beside the transactions,", () => {
  it("nothing is sealed while a posting with a lower id may still come", async () => {
    kind = "postgres";
    await sealedJournal();
    let end = () => {};
    const mayEnd = new Promise<void>((resolve) => {
      end = resolve;
    });
    let slow: Promise<void> | undefined;
    await new Promise<void>((begun) => {
      slow = context.store.write(async (tx) => {
        await tx.reserveIds("postings", 10);
        begun();
        await mayEnd;
      });
    });
    reserved += 10;
    await post(reserved + 1, 5);
    expect(await journalHorizon(context.store, 0)).toBeUndefined();
    end();
    await slow;
    expect(await sealJournal(context.store, NOW)).toEqual({ postings: 5, seals: 1 });
  });
});
