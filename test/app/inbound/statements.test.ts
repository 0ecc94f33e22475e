/** Statements that are missing, or about an account that nobody knows. */
import { afterEach, describe, expect, it } from "vitest";
import { openMatters } from "../../../src/store/reports/open-matters.ts";
import { statusReport } from "../../models/bank-papers.ts";
import { DAY, type InboundOptions, type InboundWorld, inboundWorld } from "./inbound-world.ts";
import { credit, debit, OUR_ACCOUNT, statementXml } from "./papers.ts";

let world: InboundWorld;
const open = async (options: InboundOptions = {}) => {
  world = await inboundWorld(options);
};
afterEach(() => world.close());

const DAYS = ["2026-11-18", "2026-11-19", "2026-11-20"] as const;
/** Each day a credit of a cent, so that balances break where a statement is left out. */
const statementOf = (index: number, more: { readonly account?: string } = {}): string =>
  statementXml({ number: 10 + index, date: DAYS[index] ?? "", openingMinor: 1_000n + BigInt(index), ...more }, [
    credit(`C${index}`, 1n, "a gift"),
  ]);

async function statementMatters(): Promise<readonly string[]> {
  const found = await world.exceptions();
  return found.filter((text) => /STATEMENT|BALANCE/.test(text));
}

describe("a missing statement", () => {
  it("shows itself by a gap in the numbers, and the matter is closed when it comes", async () => {
    await open();
    world.put("camt053-1.xml", statementOf(0));
    world.put("camt053-3.xml", statementOf(2));
    await world.collect();
    expect(await statementMatters()).toEqual(["STATEMENT_GAP OPEN"]);
    world.put("camt053-2.xml", statementOf(1));
    await world.collect();
    expect(await statementMatters()).toEqual(["STATEMENT_GAP RESOLVED"]);
  });

  it("shows itself by a break in the balances where the bank does not number", async () => {
    await open();
    const unnumbered = (index: number) => statementOf(index).replace(/<ElctrncSeqNb>\d+<\/ElctrncSeqNb>/, "");
    world.put("camt053-1.xml", unnumbered(0));
    world.put("camt053-3.xml", unnumbered(2));
    await world.collect();
    expect(await statementMatters()).toEqual(["BALANCE_BREAK OPEN"]);
    const [matter] = (await openMatters(world.context.store.db, 1n)).filter(({ reason }) => reason === "BALANCE_BREAK");
    expect(matter?.says).toMatch(/found 1002 EUR minor units, expected 1001 EUR minor units/);
    world.put("camt053-2.xml", unnumbered(1));
    await world.collect();
    expect(await statementMatters()).toEqual(["BALANCE_BREAK RESOLVED"]);
  });

  it("is missed at the hour the profile says, on banking days only, until it comes", async () => {
    await open({ exchange: { statements: { by: "next banking day 07:00" } } });
    world.put("camt053-1.xml", statementOf(1));
    await world.collect();
    // Friday's statement is due on Monday at 07:00 in Paris.
    for (const instant of ["2026-11-20T06:30:00Z", "2026-11-22T12:00:00Z", "2026-11-23T05:59:00Z"]) {
      world.context.setClock(instant);
      await world.collect(instant.slice(0, 10));
      expect(await statementMatters()).toEqual([]);
    }
    world.context.setClock("2026-11-23T06:00:00Z");
    await world.collect("2026-11-23");
    expect(await statementMatters()).toEqual(["STATEMENT_MISSING OPEN"]);
    world.put("camt053-2.xml", statementOf(2));
    await world.collect("2026-11-23");
    expect(await statementMatters()).toEqual(["STATEMENT_MISSING RESOLVED"]);
  });

  it("is missed although none ever came, from the day of the first file that was sent", async () => {
    await open({ exchange: { statements: { by: "same banking day 23:00" } } });
    world.context.setClock("2026-11-20T12:00:00Z");
    await world.reconcile("2026-11-20");
    expect(await statementMatters()).toEqual(["STATEMENT_MISSING OPEN"]);
  });

  it("is opened again when it is found again, unless a person has closed it", async () => {
    await open();
    world.put("camt053-1.xml", statementOf(0));
    world.put("camt053-3.xml", statementOf(2));
    await world.collect();
    const { db } = world.context.store;
    const end = (by: string) =>
      world.context.store.write((tx) =>
        tx.db.updateTable("exceptions").set({ state: "RESOLVED", resolved_by: by }).execute(),
      );
    await end("remit");
    await world.collect();
    expect(await statementMatters()).toEqual(["STATEMENT_GAP OPEN"]);
    await end("carol");
    await world.collect();
    expect(await statementMatters()).toEqual(["STATEMENT_GAP RESOLVED"]);
    expect(await db.selectFrom("exceptions").select("resolved_by").execute()).toContainEqual({ resolved_by: "carol" });
  });
});

describe("a statement for an account that is in no marketplace", () => {
  const OTHER = "DE02120300000000202051";

  it("is kept whole, applied to nothing, an exception; its lines go to the marketplace that takes the account", async () => {
    await open();
    const before = await world.balances();
    world.put("camt053-1.xml", statementOf(1, { account: OTHER }));
    const report = await world.collect();
    expect(report.findings).toMatchObject([{ code: "ACCOUNT_UNKNOWN", found: "DE02****2051" }]);
    expect(await world.exceptions()).toEqual(["ACCOUNT_UNKNOWN OPEN"]);
    expect(await world.balances()).toEqual(before);
    await world.bring([
      {
        ...{ type: "marketplace", id: "n", marketplace: undefined, name: "Other", currency: "EUR", gateway: "sandbox" },
        ...{ debtor: { name: "Other SAS", iban: OTHER }, bank: "sandbox", profile: "sandbox" },
        integrationMode: "PAYMENT_AND_REFUND",
      },
    ]);
    await world.reconcile();
    expect(await world.exceptions()).toEqual(["ACCOUNT_UNKNOWN RESOLVED", "ENTRY_UNMATCHED OPEN"]);
    expect(await world.balances()).toMatchObject({ SUSPENSE: 1n });
    expect(await world.faults()).toEqual([]);
  });
});

describe("silence", () => {
  it("is an exception at the hour, never a second file, and closed by a late answer", async () => {
    await open();
    world.context.setClock(`${DAY}T13:30:00Z`);
    await world.reconcile();
    expect(await world.exceptions()).toEqual(["NEVER_HEARD_BACK OPEN"]);
    const { a, b, c } = world.transfers;
    world.put("pain002-1.xml", statusReport("P1", `${DAY}T15:00:00Z`, [a, b, c], "ACCP"));
    await world.collect();
    expect(await world.exceptions()).toEqual(["NEVER_HEARD_BACK RESOLVED"]);
    expect(await world.states()).toEqual(["a ACCEPTED", "b ACCEPTED", "c ACCEPTED"]);
  });
});

describe("what an exception tells", () => {
  it("names no account but its ends, in the list, on its own and in the findings of a job", async () => {
    await open();
    const { a } = world.transfers;
    const strange = { ...debit("SOMEBODY-ELSE-1", 1_234n), reference: "X1" };
    world.put("camt053-1.xml", statementXml({ number: 1, date: DAY, openingMinor: 9_000n }, [strange]));
    world.put("pain002-1.xml", statusReport("P1", `${DAY}T12:10:00Z`, [a], "ACCP"));
    await world.collect();
    const report = await world.reconcile();
    const { listExceptions } = await import("../../../src/app/list-exceptions.ts");
    const { showException } = await import("../../../src/app/show-exception.ts");
    const listed = await listExceptions(world.context, { limit: 10 });
    expect(listed).toMatchObject([{ reason: "REFERENCE_UNKNOWN", owner: "finance", ageDays: 0 }]);
    expect(listed[0]?.subject).toContain("FR76****0189");
    const told = JSON.stringify([listed, await showException(world.context, listed[0]?.id ?? ""), report.findings]);
    expect(told).not.toContain(OUR_ACCOUNT);
    world.context.setClock("2026-11-26T12:00:00Z");
    expect(await listExceptions(world.context, { limit: 10 })).toMatchObject([{ ageDays: 7 }]);
  });
});
