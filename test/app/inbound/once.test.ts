/** Whatever a bank sends, however often and in whatever order, is applied once. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { statusReport } from "../../models/bank-papers.ts";
import { STORE_KINDS, type StoreKind } from "../../support/test-database.ts";
import { DAY, type InboundOptions, type InboundWorld, inboundWorld, left, PAID } from "./inbound-world.ts";
import { credit, debit, type Line, returned, statementXml } from "./papers.ts";

let opened: InboundWorld[] = [];
const open = async (options: InboundOptions = {}): Promise<InboundWorld> => {
  const world = await inboundWorld(options);
  opened.push(world);
  return world;
};
afterEach(async () => {
  for (const world of opened) await world.close();
  opened = [];
});

const OPENING = 100_000n;

function debits({ transfers: { a, b, c } }: InboundWorld): readonly Line[] {
  return [a, b, c].map(({ endToEndId, amount }) => debit(endToEndId, amount));
}

function statementOfDay(world: InboundWorld, createdAt?: string): string {
  const head = { number: 1, date: DAY, openingMinor: OPENING };
  return statementXml(createdAt === undefined ? head : { ...head, createdAt }, debits(world));
}

describe.each(STORE_KINDS)("a file that comes again (%s)", (kind: StoreKind) => {
  it("is applied once under the same name, a duplicate under another, and without effect when it is dated anew", async () => {
    const world = await open({ kind });
    world.put("camt053-1.xml", statementOfDay(world));
    expect((await world.collect()).counts).toMatchObject({ fetched: 1, applied: 1, executed: 3 });
    world.put("camt053-1.xml", statementOfDay(world));
    world.put("camt053-renamed.xml", statementOfDay(world));
    world.put("camt053-redated.xml", statementOfDay(world, "2026-12-19T06:00:00Z"));
    const again = await world.collect();
    expect(again.counts).toMatchObject({ fetched: 1, duplicates: 1, applied: 1, executed: 0, repeated: 3 });
    expect(again.findings.map(({ code }) => code)).toEqual(["STATEMENT_REPEATED"]);
    expect(await world.files()).toEqual(["APPLIED camt.053", "APPLIED camt.053", "DUPLICATE"]);
    expect(await world.states()).toEqual(["a EXECUTED", "b EXECUTED", "c EXECUTED"]);
    expect(await world.exceptions()).toEqual([]);
    expect(await world.faults()).toEqual([]);
    expect(left(world)).toEqual([]);
  });

  it("replays last month whole: nothing moves, and the report that says nothing new says so", async () => {
    const world = await open({ kind });
    const { a, b, c } = world.transfers;
    const papers = {
      "pain002-1.xml": statusReport("P1", `${DAY}T12:10:00Z`, [a, b, c], "ACCP"),
      "camt053-1.xml": statementOfDay(world),
      "camt053-2.xml": statementXml({ number: 2, date: "2026-11-20", openingMinor: OPENING - 54_000n }, [
        returned(a.endToEndId, a.amount),
      ]),
    };
    for (const [name, xml] of Object.entries(papers)) world.put(name, xml);
    await world.collect();
    const before = [await world.states(), await world.balances()];
    world.context.setClock("2026-12-21T12:00:00Z");
    for (const [name, xml] of Object.entries(papers)) world.put(`${name.slice(0, -4)}-again.xml`, `${xml}\n`);
    const again = await world.collect("2026-12-21");
    expect(again.counts).toMatchObject({ applied: 3, executed: 0, returned: 0 });
    expect(again.findings.map(({ code }) => code)).toEqual(["STATEMENT_REPEATED", "STATEMENT_REPEATED", "NO_EFFECT"]);
    expect([await world.states(), await world.balances()]).toEqual(before);
    expect(await world.faults()).toEqual([]);
  });
});

/** All orders of up to six files: 720. */
function permutations<T>(all: readonly T[]): readonly (readonly T[])[] {
  if (all.length <= 1) return [all];
  return all.flatMap((first, index) =>
    permutations([...all.slice(0, index), ...all.slice(index + 1)]).map((rest) => [first, ...rest]),
  );
}

describe.each([
  ["sqlite", 24],
  ["postgres", 6],
] as const)("status reports, advices and statements (%s)", (kind, orders) => {
  it("converge to the same state in any order", async () => {
    const indices = permutations([0, 1, 2, 3]);
    const step = indices.length / orders;
    const ends = new Set<string>();
    for (let at = 0; at < indices.length; at += step) {
      const world = await open({ kind });
      const files = papersOf(world);
      for (const [turn, index] of (indices[at] ?? []).entries()) {
        const [name = "", xml = ""] = files[index] ?? [];
        world.put(name, xml);
        world.context.setClock(`${DAY}T13:0${turn}:00Z`);
        await world.collect();
      }
      await world.reconcile();
      expect(await world.faults()).toEqual([]);
      const end = { states: await world.states(), balances: await world.balances(), open: await openOnes(world) };
      ends.add(JSON.stringify(end, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value)));
      await world.close();
      opened = [];
    }
    expect([...ends]).toHaveLength(1);
    expect(JSON.parse([...ends][0] ?? "")).toMatchObject({
      states: ["a EXECUTED", "b RETURNED", "b ON_HOLD", "c REJECTED", "c ON_HOLD"],
      open: [],
    });
  }, 240_000);
});

async function openOnes(world: InboundWorld): Promise<readonly string[]> {
  return (await world.exceptions()).filter((text) => !text.endsWith("RESOLVED"));
}

/** One of three is rejected, two are booked, one of them comes back; an advice tells a line before its statement. */
function papersOf(world: InboundWorld): readonly (readonly [string, string])[] {
  const { a, b, c } = world.transfers;
  const booked = [debit(a.endToEndId, a.amount), debit(b.endToEndId, b.amount)];
  return [
    ["pain002-accepted.xml", statusReport("P1", `${DAY}T12:10:00Z`, [a, b], "ACCP")],
    ["pain002-rejected.xml", statusReport("P2", `${DAY}T12:20:00Z`, [c], "RJCT")],
    ["camt054-1.xml", statementXml({ kind: "camt.054", number: 1, date: DAY, openingMinor: 0n }, booked)],
    [
      "camt053-1.xml",
      statementXml({ number: 1, date: DAY, openingMinor: OPENING }, [
        ...booked,
        returned(b.endToEndId, b.amount, 250n),
      ]),
    ],
  ];
}

describe("the bank changes its mind", () => {
  it("a rejection after an acceptance is taken", async () => {
    const world = await open();
    const { a, b, c } = world.transfers;
    world.put("pain002-1.xml", statusReport("P1", `${DAY}T12:10:00Z`, [a, b, c], "ACCP"));
    await world.collect();
    expect(await world.states()).toEqual(["a ACCEPTED", "b ACCEPTED", "c ACCEPTED"]);
    world.put("pain002-2.xml", statusReport("P2", `${DAY}T18:00:00Z`, [b], "RJCT"));
    await world.collect();
    expect(await world.states()).toEqual(["a ACCEPTED", "b REJECTED", "b ON_HOLD", "c ACCEPTED"]);
    expect(await world.faults()).toEqual([]);
  });

  it("a rejection of what is booked is an alarm, and changes nothing", async () => {
    const world = await open();
    world.put("camt053-1.xml", statementOfDay(world));
    await world.collect();
    world.put("pain002-1.xml", statusReport("P1", `${DAY}T21:00:00Z`, [world.transfers.b], "RJCT"));
    await world.collect();
    expect(await world.states()).toEqual(["a EXECUTED", "b EXECUTED", "c EXECUTED"]);
    expect(await world.exceptions()).toEqual(["REJECTED_AFTER_BOOKED OPEN"]);
    expect(await world.faults()).toEqual([]);
  });
});

describe("the mailbox", () => {
  it("leaves a file that is still being written, by its name or by its growth", async () => {
    const world = await open();
    const whole = statementOfDay(world);
    world.put("camt053-1.xml.part", whole);
    world.put(".camt053-2.xml", whole);
    expect((await world.collect()).counts).toMatchObject({ fetched: 0 });
    const growing = await open({ exchange: { afterFetch: "keep" } });
    let looks = 0;
    const connect = growing.context.connectBank;
    const context = {
      ...growing.context,
      connectBank: async (...args: Parameters<typeof connect>) => {
        const channel = await connect(...args);
        const list: typeof channel.list = async (folder) => {
          const found = await channel.list(folder);
          looks += 1;
          if (looks === 1) growing.put("camt053-1.xml", whole);
          return found;
        };
        return { ...channel, list };
      },
    };
    growing.put("camt053-1.xml", whole.slice(0, 400));
    const { collectFiles } = await import("../../../src/app/collect-files.ts");
    expect((await collectFiles(context, DAY)).counts).toMatchObject({ fetched: 0 });
    expect((await collectFiles(context, DAY)).counts).toMatchObject({ fetched: 1, applied: 1 });
  });

  it("fetches a file again that the bank replaced under its name, and no other that it keeps", async () => {
    const world = await open({ exchange: { afterFetch: "keep" } });
    world.put(
      "camt053-1.xml",
      statementXml({ number: 1, date: DAY, openingMinor: OPENING }, [credit("X1", 500n, "aaaa")]),
    );
    expect((await world.collect()).counts).toMatchObject({ fetched: 1 });
    expect((await world.collect()).counts).toMatchObject({ fetched: 0 });
    const other = statementXml({ number: 1, date: DAY, openingMinor: OPENING }, [credit("X1", 500n, "bbbb")]);
    world.put("camt053-1.xml", other);
    expect((await world.collect()).counts).toMatchObject({ fetched: 1 });
    expect((await world.collect()).counts).toMatchObject({ fetched: 0 });
  });

  it("keeps every byte twice: in the store in pieces, in the archive under its hash", async () => {
    const world = await open();
    const xml = statementOfDay(world);
    world.put("camt053-1.xml", xml);
    await world.collect();
    const hash = createHash("sha256").update(xml).digest("hex");
    const [name = ""] = readdirSync(join(world.archive, DAY));
    expect(name).toBe(`${hash}-camt053-1.xml`);
    expect(readFileSync(join(world.archive, DAY, name), "utf8")).toBe(xml);
    const pieces = await world.context.store.db.selectFrom("inbound_chunks").select("bytes").execute();
    expect(Buffer.concat(pieces.map(({ bytes }) => bytes)).toString()).toBe(xml);
    expect(PAID.a).toBe(9_000n);
  });
});
