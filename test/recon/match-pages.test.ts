import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchEntries } from "../../src/recon/match.ts";
import { matchPages, type ReconSource } from "../../src/recon/match-pages.ts";
import { inOrder } from "../../src/recon/recon-entry.ts";
import type { ReconInput, ReconTransfer, SeenReference } from "../../src/recon/recon-input.ts";
import type { ReconMatch, ReconResult } from "../../src/recon/recon-result.ts";
import { ACCOUNT, entry, inputOf, payIn, transfer } from "./recon-table.ts";

/** A store in memory that applies what is decided and hands out no more than it is asked for; `held` notes how much that is. */
function memory(input: ReconInput, pageSize: number) {
  const entries = inOrder(input.entries);
  const rows = new Map(input.transfers.map((one) => [one.id, one]));
  const seen: SeenReference[] = [...(input.seenReferences ?? [])];
  const results: ReconResult[] = [];
  const held: Record<string, number> = {};
  const give = <T>(what: string, list: readonly T[]): readonly T[] => {
    held[what] = Math.max(held[what] ?? 0, list.length);
    return list;
  };
  const where = (what: string, is: (one: ReconTransfer) => boolean) => give(what, [...rows.values()].filter(is));
  const apply = (match: ReconMatch) => {
    for (const id of match.transfers) {
      const row = rows.get(id);
      const [first] = match.entries;
      if (row === undefined || first === undefined) continue;
      // What the bank took back and books again is left to a person: it is not applied.
      const isBooked = (row.bookedBy ?? []).length > 0;
      if (match.effect === "EXECUTED" && !isBooked)
        rows.set(id, { ...row, state: row.state === "RETURNED" ? "RETURNED" : "EXECUTED", bookedBy: match.entries });
      if (match.effect === "RETURNED") rows.set(id, { ...row, state: "RETURNED", returnedBy: first });
    }
  };
  const source: ReconSource = {
    async *pages() {
      for (let start = 0; start < entries.length; start += pageSize)
        yield give("lines", entries.slice(start, start + pageSize));
    },
    lines: async (identities) =>
      give(
        "pooled",
        entries.filter(({ identity }) => identities.includes(identity)),
      ),
    transfers: async (ids) => where("transfers", ({ id }) => ids.includes(id)),
    named: async (names) =>
      where("named", (one) => names.includes(one.endToEndId) || names.includes(one.instructionId ?? "")),
    payments: async (names) =>
      where("payments", (one) => names.includes(one.paymentInformationId) || names.includes(one.messageId)),
    alike: async (amounts) =>
      where("alike", (one) =>
        amounts.some(
          ({ currency, amountMinor, from, to }) =>
            one.currency === currency &&
            one.amountMinor === amountMinor &&
            one.executionDate >= from &&
            one.executionDate <= to,
        ),
      ),
    seen: async (references) => seen.filter(({ servicerReference }) => references.includes(servicerReference)),
    async *underWay() {
      for (const payment of new Set([...rows.values()].map((one) => one.paymentInformationId)))
        yield where("underWay", (one) => one.paymentInformationId === payment);
    },
    take: async (result) => {
      results.push(result);
      for (const match of result.matches) {
        apply(match);
        if (match.effect === "EXECUTED") remember(seen, input, match);
      }
    },
  };
  return { source, results, held };
}

/** What the store tells later of a line's reference: everything that the line settled. */
function remember(seen: SeenReference[], { entries }: ReconInput, match: ReconMatch): void {
  for (const identity of match.entries) {
    const servicerReference = entries.find((one) => one.identity === identity)?.servicerReference;
    if (servicerReference === undefined) continue;
    const before = seen.findIndex((one) => one.entry === identity);
    const transfers = [...(seen[before]?.transfers ?? []), ...match.transfers];
    if (before >= 0) seen.splice(before, 1);
    seen.push({ account: ACCOUNT, servicerReference, transfers, entry: identity });
  }
}

async function paged(input: ReconInput, pageSize: number) {
  const { source, results, held } = memory(input, pageSize);
  await matchPages({ source, payIns: input.payIns, settings: input.settings, pageSize });
  return { result: whole(results), held };
}

/** Results in one order: pages tell of pooled lines last. */
function whole(results: readonly ReconResult[]): ReconResult {
  const sorted = <T>(list: readonly T[]) =>
    list
      .map((one) => ({ one, key: text(one) }))
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .map(({ one }) => one);
  return {
    matches: sorted(results.flatMap(({ matches }) => matches)),
    entries: sorted(results.flatMap(({ entries }) => entries)),
    proposals: sorted(results.flatMap(({ proposals }) => proposals)),
    exceptions: sorted(results.flatMap(({ exceptions }) => exceptions)),
  };
}

const text = (value: unknown) => JSON.stringify(value, (_, one) => (typeof one === "bigint" ? `${one}` : one));

const STATES = ["IN_FILE", "SENT", "ACCEPTED", "EXECUTED", "REJECTED", "RETURNED"] as const;
const NAMES = ["A", "B", "C", "D", "E"] as const;
const money = fc.constantFrom("5.00", "10.00", "15.00", "20.00");

/** EndToEndIds and amounts repeat; some were sent long ago. */
const transfers = fc.tuple(
  ...NAMES.map((id) =>
    fc
      .record({
        amount: money,
        state: fc.constantFrom(...STATES),
        paymentInformationId: fc.constantFrom("P1", "P2"),
        endToEndId: fc.constantFrom(`E-${id}`, "E-A"),
        executionDate: fc.constantFrom("2026-11-10", "2026-11-19"),
      })
      .map(({ amount, ...more }) => transfer(id, amount, more)),
  ),
);

const line = fc
  .record({
    sign: fc.constantFrom("-", "-", "+"),
    amount: money,
    names: fc.array(fc.constantFrom("A", "B", "C", "A:5.00", "B:10.00", "Z"), { maxLength: 3 }),
    more: fc.record(
      {
        reversal: fc.boolean(),
        kind: fc.constantFrom("transfer", "return", "charge", "payin", "other"),
        batch: fc.constantFrom(
          { paymentInformationId: "P1" },
          { paymentInformationId: "M1" },
          { messageId: "P2" },
          { messageId: "M1" },
        ),
        servicerReference: fc.constantFrom("S1", "S2"),
        bookingDate: fc.constantFrom("2026-11-18", "2026-11-19", "2026-11-20", undefined),
        additionalInfo: fc.constantFrom("SETTLE-1", "SETTLE-2", "rent"),
      },
      { requiredKeys: [] },
    ),
  })
  .map(
    ({ sign, amount, names, more: { bookingDate, ...more } }) =>
      (identity: string) =>
        entry(
          identity,
          sign + amount,
          names.map((name) => `E-${name}`),
          { ...more, ...(bookingDate === undefined ? {} : { bookingDate }) },
        ),
  );

/** Lines that meet each other often: parts of one transfer, batch or pay-in, reversals, bookings after them. */
const MEETING: readonly ((identity: string) => ReturnType<typeof entry>)[] = [
  (identity) => entry(identity, "-15.00", ["E-A:10.00", "E-A:5.00"]),
  (identity) => entry(identity, "-15.00", ["E-B:10.00", "E-C:5.00"], { servicerReference: "S1" }),
  (identity) => entry(identity, "-5.00", ["E-A"]),
  (identity) => entry(identity, "-10.00", ["E-A"], { servicerReference: "S1" }),
  (identity) => entry(identity, "+10.00", ["E-A"], { reversal: true, bookingDate: "2026-11-21" }),
  (identity) => entry(identity, "+10.00", [], { reversal: true, servicerReference: "S1", bookingDate: "2026-11-21" }),
  (identity) => entry(identity, "-10.00", ["E-A"], { bookingDate: "2026-11-22" }),
  (identity) => entry(identity, "+10.00", ["E-A"], { kind: "return", bookingDate: "2026-11-22" }),
  (identity) => entry(identity, "-10.00", [], { batch: { paymentInformationId: "P1" }, bookingDate: "2026-11-22" }),
  (identity) => entry(identity, "-5.00", [], { batch: { messageId: "M1" } }),
  (identity) => entry(identity, "+5.00", [], { additionalInfo: "SETTLE-1" }),
  (identity) => entry(identity, "+12.00", [], { additionalInfo: "SETTLE-2" }),
];
const lines = fc.array(fc.oneof(line, fc.constantFrom(...MEETING)), { maxLength: 12 });

const setting = fc
  .record({ transfers, lines, seen: fc.subarray(["A", "B"]), shuffle: fc.infiniteStream(fc.nat(1000)) })
  .map(({ transfers, lines, seen, shuffle }) =>
    inputOf({
      entries: lines.map((build, row) => build(`e${shuffle.next().value}-${row}`)),
      transfers,
      payIns: [payIn("1", "10.00"), payIn("2", "15.00", { expectedDate: "2026-11-10" })],
      seenReferences: [{ account: ACCOUNT, servicerReference: "S2", transfers: seen, entry: "e" }],
      settings: { returnChargeLimitMinor: 500n, payInChargeLimitMinor: 500n },
    }),
  );

describe("lines decided page by page", () => {
  it("come to exactly what they come to at once, however small the pages are", async () => {
    await fc.assert(
      fc.asyncProperty(setting, fc.integer({ min: 1, max: 4 }), async (input, pageSize) => {
        const { result } = await paged(input, pageSize);
        expect(result).toEqual(whole([matchEntries(input)]));
      }),
      { numRuns: 500 },
    );
  });

  it("are held a page at a time, with the transfers that the page names and no others", async () => {
    const ids = Array.from({ length: 400 }, (_, row) => String(row).padStart(3, "0"));
    const input = inputOf({
      entries: ids.flatMap((id) => [
        entry(`named ${id}`, "-10.00", [`E-${id}`]),
        entry(`nothing ${id}`, "-11.00", ["E-nobody"], { batch: { paymentInformationId: "nothing" } }),
        entry(`part ${id}`, "-3.00", [`E-part ${id}`]),
        entry(`rest ${id}`, "-4.00", [`E-part ${id}`]),
      ]),
      transfers: ids.flatMap((id) => [transfer(id), transfer(`part ${id}`, "7.00")]),
    });
    const { result, held } = await paged(input, 20);
    expect(result).toEqual(whole([matchEntries(input)]));
    expect(result.matches).toHaveLength(800);
    expect(held).toMatchObject({ lines: 20, named: 20, pooled: 20, payments: 0, alike: 0, transfers: 10 });
  });

  it("name a large payment line after line and it is asked for once", async () => {
    const members = Array.from({ length: 200 }, (_, row) => transfer(String(row), "1.00"));
    const lines = members.map(({ id }) => entry(`e${id}`, "-1.00", [], { batch: { paymentInformationId: "P1" } }));
    const input = inputOf({ entries: lines, transfers: members });
    const { source, results } = memory(input, 10);
    const asked: (readonly string[])[] = [];
    const counting: ReconSource = {
      ...source,
      payments: (names) => {
        asked.push(names);
        return source.payments(names);
      },
    };
    await matchPages({ source: counting, payIns: [], settings: input.settings, pageSize: 10 });
    expect(whole(results)).toEqual(whole([matchEntries(input)]));
    expect(asked).toEqual([["P1"]]);
  });
});
