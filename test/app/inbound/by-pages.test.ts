/** Open lines of a marketplace are matched a page at a time: it comes to the same as all at once, and holds no more than a page. */
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { applyBankEntries } from "../../../src/app/apply-bank-entries.ts";
import { factText } from "../../../src/app/fact-text.ts";
import { insertEntries, insertStatement } from "../../../src/store/bank-entries.ts";
import { allMarketplaces } from "../../../src/store/marketplaces.ts";
import type { Queries, Transaction } from "../../../src/store/store.ts";
import { entry } from "../../recon/recon-table.ts";
import { STORE_KINDS } from "../../support/test-database.ts";
import { DAY, type InboundWorld, inboundWorld } from "./inbound-world.ts";
import { credit, debit, type Line, OUR_ACCOUNT, returned, statementXml } from "./papers.ts";

let world: InboundWorld;
afterEach(() => world.close());

type Build = (identity: string) => ReturnType<typeof entry>;

/** What a transaction came to, which is then taken back. */
class Seen extends Error {
  readonly what: unknown;
  constructor(what: unknown) {
    super("seen");
    this.what = what;
  }
}

async function insertLines(tx: Transaction, lines: readonly ReturnType<typeof entry>[]): Promise<void> {
  const [file] = await tx.db.selectFrom("inbound_files").select("id").execute();
  const inboundFileId = file?.id ?? 0n;
  const statementId = await insertStatement(tx, { inboundFileId, kind: "camt.053", account: OUR_ACCOUNT });
  await insertEntries(
    tx,
    lines.map((line, row) => ({
      statementId,
      marketplaceId: 1n,
      identity: line.identity,
      amount: line.amountMinor,
      currency: line.currency,
      direction: line.direction,
      bookingDate: line.bookingDate ?? DAY,
      kind: line.kind,
      confirmed: true,
      ...(line.servicerReference === undefined ? {} : { servicerReference: line.servicerReference }),
      fact: factText({ ...line, account: OUR_ACCOUNT, source: "camt.053", position: row + 1 }),
    })),
  );
}

/** Inserts lines and matches them as the reconciliation does, `twice` where they are matched again the next day. */
async function outcome(build: () => readonly ReturnType<typeof entry>[], pageSize: number, spy = noSpy) {
  const { context } = world;
  try {
    await context.store.write(async (tx) => {
      await insertLines(tx, build());
      const [marketplace] = await allMarketplaces(tx.db);
      if (marketplace === undefined) throw new Error("no marketplace");
      const profile = context.profile("sandbox");
      const matching = { marketplace, profile, businessDate: DAY, now: context.clock(), suspend: true, pageSize };
      const { told, ...report } = await applyBankEntries({ ...tx, db: spy(tx.db) }, matching);
      const { states, proposals, exceptions } = report;
      const again = await applyBankEntries(tx, matching);
      throw new Seen({
        counts: { states, proposals, exceptions, told: told.map(({ identity }) => identity).sort() },
        again: { proposals: again.proposals, exceptions: again.exceptions, executed: again.executed },
        store: await stored(tx.db),
      });
    });
  } catch (error) {
    if (error instanceof Seen) return error.what;
    throw error;
  }
  throw new Error("it was not taken back");
}

const noSpy = (db: Queries): Queries => db;

async function stored(db: Queries) {
  const entries = await db
    .selectFrom("bank_entries")
    .select(["identity", "state", "state_reason", "suspended"])
    .orderBy("identity")
    .execute();
  const transfers = await db
    .selectFrom("transfers")
    .select(["end_to_end_id", "state"])
    .orderBy("end_to_end_id")
    .execute();
  const matches = await db
    .selectFrom("matches")
    .innerJoin("bank_entries", "bank_entries.id", "matches.bank_entry_id")
    .select(["bank_entries.identity", "matches.transfer_id", "matches.payin_id", "matches.kind"])
    .select(["matches.rule", "matches.amount"])
    .orderBy("bank_entries.identity")
    .orderBy("matches.transfer_id")
    .orderBy("matches.payin_id")
    .orderBy("matches.kind")
    .execute();
  const exceptions = await db.selectFrom("exceptions").select(["identity", "says"]).orderBy("identity").execute();
  const balances = await db
    .selectFrom("accounts")
    .select(["seller_id", "bucket", "balance"])
    .where("balance", "<>", 0n)
    .orderBy("seller_id")
    .orderBy("bucket")
    .execute();
  return { entries, transfers, matches, exceptions, balances };
}

describe.each(STORE_KINDS)("lines of a marketplace (%s)", (kind) => {
  beforeEach(async () => {
    world = await inboundWorld({ kind });
    await world.bring([
      { type: "payin", id: "P1", amount: 9_000, date: DAY, references: ["SETTLE-1"] },
      { type: "payin", id: "P2", amount: 18_000, date: DAY, references: ["SETTLE-2"] },
    ]);
    world.put("camt053-0.xml", statementXml({ number: 1, date: DAY, openingMinor: 0n }, []));
    await world.collect();
  });

  it("come to the same in pages of one, two or three as all at once", async () => {
    const { a, b, c } = world.transfers;
    const none = { messageId: world.messageId };
    const builds: readonly Build[] = [
      (id) => entry(id, "-90.00", [a.endToEndId], { servicerReference: "S1" }),
      (id) => entry(id, "-90.00", []),
      (id) => entry(id, "-180.00", []),
      (id) => entry(id, "-50.00", [b.endToEndId]),
      (id) => entry(id, "-130.00", [b.endToEndId]),
      (id) => entry(id, "-270.00", [`${a.endToEndId}:90.00`, `${b.endToEndId}:180.00`]),
      (id) => entry(id, "-100.00", [`${a.endToEndId}:90.00`, `${a.endToEndId}:10.00`]),
      (id) => entry(id, "-540.00", [], { batch: none }),
      (id) => entry(id, "-450.00", [], { batch: { paymentInformationId: c.paymentInformationId } }),
      (id) => entry(id, "-270.00", ["unknown"], { batch: none }),
      (id) => entry(id, "+90.00", [a.endToEndId], { kind: "return" }),
      (id) => entry(id, "+90.00", [], { kind: "return", servicerReference: "S1" }),
      (id) => entry(id, "+90.00", [], { reversal: true, servicerReference: "S1" }),
      (id) => entry(id, "-90.00", [a.endToEndId], { bookingDate: "2026-11-21" }),
      (id) => entry(id, "+90.00", [], { additionalInfo: "SETTLE-1" }),
      (id) => entry(id, "+100.00", [], { additionalInfo: "SETTLE-2" }),
      (id) => entry(id, "+80.00", [], { additionalInfo: "SETTLE-2" }),
      (id) => entry(id, "-0.00", []),
    ];
    const lines = fc.array(fc.constantFrom(...builds), { minLength: 2, maxLength: 9 });
    const shuffle = fc.infiniteStream(fc.nat(1000));
    await fc.assert(
      fc.asyncProperty(lines, shuffle, fc.integer({ min: 1, max: 3 }), async (chosen, order, pageSize) => {
        const built = chosen.map((build, row) => build(`e${order.next().value}-${row}`));
        expect(await outcome(() => built, pageSize)).toEqual(await outcome(() => built, 1_000));
      }),
      { numRuns: kind === "sqlite" ? 60 : 25 },
    );
  }, 120_000);

  it("are read and written a page at a time, however many match nothing", async () => {
    const most = { read: 0 };
    const spy = (db: Queries): Queries =>
      db.withPlugin({
        transformQuery: ({ node }) => node,
        transformResult: async ({ result }) => {
          most.read = Math.max(most.read, result.rows.length);
          return result;
        },
      });
    const lines = Array.from({ length: 450 }, (_, row) => entry(`nothing ${row}`, "-1.23", [`nobody ${row}`]));
    const { counts } = (await outcome(() => lines, 50, spy)) as { counts: { states: object } };
    expect(counts.states).toEqual({ MATCHED: 0, PARTLY_MATCHED: 0, UNMATCHED: 450, IGNORED: 0 });
    expect(most.read).toBe(50);
  }, 60_000);
});

describe.each(STORE_KINDS)("what a statement says of an earlier one (%s)", (kind) => {
  let number = 1;
  const put = (date: string, lines: readonly Line[], edit = (xml: string) => xml) => {
    number += 1;
    world.put(`camt053-${number}.xml`, edit(statementXml({ number, date, openingMinor: 0n }, lines)));
  };
  const take = async (date: string) => {
    world.context.setClock(`${date}T12:00:00Z`);
    await world.collect(date);
    await world.reconcile(date);
  };
  beforeEach(async () => {
    world = await inboundWorld({ kind });
  });
  const reversed = (xml: string) => xml.replace("<Sts>", "<RvslInd>true</RvslInd><Sts>");

  it("a return that gives no more than the bank's reference finds the debit of the day before", async () => {
    const { a } = world.transfers;
    const line = debit(a.endToEndId, a.amount);
    put("2026-11-19", [line]);
    await take("2026-11-19");
    const { endToEndId: _, ...back } = returned(a.endToEndId, a.amount);
    put("2026-11-20", [{ ...back, reference: line.reference }]);
    await take("2026-11-20");
    expect((await world.states())[0]).toBe("a RETURNED");
    const [match] = await world.context.store.db
      .selectFrom("matches")
      .selectAll()
      .where("kind", "=", "RETURNED")
      .execute();
    expect(match?.rule).toBe("SERVICER_REFERENCE");
    expect(await world.faults()).toEqual([]);
  });

  it.each(["day by day", "all on the third day"])(
    "a debit that was taken back and booked again leaves both lines to finance, in suspense (%s)",
    async (how) => {
      const { a } = world.transfers;
      const line = debit(a.endToEndId, a.amount);
      put("2026-11-19", [line]);
      if (how === "day by day") await take("2026-11-19");
      put("2026-11-20", [{ ...line, direction: "CRDT" }], reversed);
      if (how === "day by day") await take("2026-11-20");
      put("2026-11-21", [{ ...line, reference: "AGAIN" }]);
      await take("2026-11-21");
      expect((await world.states())[0]).toBe("a EXECUTED");
      const rows = await world.context.store.db.selectFrom("bank_entries").selectAll().orderBy("id").execute();
      expect(rows.map(({ direction, state, suspended }) => `${direction} ${state} ${suspended}`)).toEqual([
        "DBIT MATCHED 0",
        `CRDT UNMATCHED ${a.amount}`,
        `DBIT UNMATCHED ${a.amount}`,
      ]);
      expect(await world.balances()).toMatchObject({ SUSPENSE: 0n });
      expect(await world.faults()).toEqual([]);
    },
  );

  it("names a thousand exceptions in its findings and counts the rest", async () => {
    const lines = Array.from({ length: 1_010 }, (_, row) => credit(`C${row}`, 7n, `who ${row}`));
    world.put("camt053-9.xml", statementXml({ number: 9, date: DAY, openingMinor: 0n }, lines));
    await world.collect();
    const { counts, findings } = await world.reconcile();
    expect(counts["m.exceptions"]).toBe(1_010);
    expect(findings.filter(({ code }) => code === "ENTRY_UNMATCHED")).toHaveLength(1_000);
    expect(findings.find(({ code }) => code === "EXCEPTIONS_UNTOLD")?.found).toMatch(/^10 more/);
  }, 60_000);
});
