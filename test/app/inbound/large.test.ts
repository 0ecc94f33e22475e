/** A statement that is too large to hold: it goes from bank to archive to store to tables piece by piece, whole or not at all. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { collectFiles } from "../../../src/app/collect-files.ts";
import type { Context } from "../../../src/app/context.ts";
import { STORE_KINDS } from "../../support/test-database.ts";
import { DAY, type InboundWorld, inboundWorld } from "./inbound-world.ts";
import { credit, statementXml } from "./papers.ts";

const LINES = 12_000;
let world: InboundWorld;
afterEach(() => world.close());

/** The same context, but it notes how many rows each insert into a table has. */
function counting(context: Context): { readonly context: Context; readonly batches: Map<string, number[]> } {
  const batches = new Map<string, number[]>();
  const { store } = context;
  const write: typeof store.write = (work) =>
    store.write((tx) =>
      work({
        ...tx,
        insertMany: (table, columns, rows) => {
          batches.set(table, [...(batches.get(table) ?? []), rows.length]);
          return tx.insertMany(table, columns, rows);
        },
      }),
    );
  return { context: { ...context, store: { ...store, write } }, batches };
}

describe.each(STORE_KINDS)("a large statement (%s)", (kind) => {
  const xml = () =>
    statementXml(
      { number: 1, date: DAY, openingMinor: 0n },
      Array.from({ length: LINES }, (_, n) => credit(`C${n}`, 100n, `payment ${n}`)),
    );

  it("is kept in pieces of a mebibyte, read in parts, and applied in one transaction", async () => {
    world = await inboundWorld({ kind });
    const { context, batches } = counting(world.context);
    const text = xml();
    writeFileSync(join(world.outbox, "camt053-1.xml"), text);
    expect((await collectFiles(context, DAY)).counts).toMatchObject({ applied: 1, entries: LINES });
    const pieces = await world.context.store.db.selectFrom("inbound_chunks").select("bytes").execute();
    expect(Math.max(...pieces.map(({ bytes }) => bytes.length))).toBeLessThan(1.5 * 1024 * 1024);
    expect(pieces.length).toBeGreaterThanOrEqual(4);
    expect(Math.max(...(batches.get("bank_entries") ?? []))).toBeLessThan(LINES / 4);
    const [statement] = await world.context.store.db.selectFrom("bank_statements").selectAll().execute();
    expect(statement).toMatchObject({ opening: 0n, closing: BigInt(LINES) * 100n, entry_sum: BigInt(LINES) * 100n });
  }, 120_000);

  it("that is cut at its last byte leaves nothing of what was read before", async () => {
    world = await inboundWorld({ kind });
    const { context, batches } = counting(world.context);
    writeFileSync(join(world.outbox, "camt053-1.xml"), xml().slice(0, -1));
    expect((await collectFiles(context, DAY)).counts).toMatchObject({ applied: 0, quarantined: 1 });
    expect((batches.get("bank_entries") ?? []).length).toBeGreaterThan(3);
    for (const table of ["bank_entries", "bank_statements"] as const) {
      expect(await world.context.store.db.selectFrom(table).select("id").execute()).toEqual([]);
    }
    expect(await world.files()).toEqual(["QUARANTINED"]);
  }, 120_000);
});
