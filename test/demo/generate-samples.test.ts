import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { importFiles } from "../../src/app/import-files.ts";
import { DEFAULT_SIZE, sampleRecords } from "../../src/demo/generate-samples.ts";
import { SEPA_COUNTRIES, sepaIban } from "../../src/demo/sepa-ibans.ts";
import { ibanProblem, isSepaIban } from "../../src/domain/account-number.ts";
import { tempDir } from "../support/temp-dir.ts";
import { freshStore } from "../support/test-store.ts";

const SMALL = { sellers: 60, orders: 1_200, seed: 7 };

describe("the generated marketplace", () => {
  it("is the same for the same seed and another for another", () => {
    const text = (seed: number) => JSON.stringify([...sampleRecords({ ...SMALL, orders: 50, seed })]);
    expect(text(7)).toBe(text(7));
    expect(text(7)).not.toBe(text(9));
  });

  it("has 250 sellers and 5,000 orders when nothing else is asked for", () => {
    const counts = new Map<string, number>();
    for (const { type } of sampleRecords()) counts.set(type, (counts.get(type) ?? 0) + 1);
    expect(counts.get("seller")).toBe(DEFAULT_SIZE.sellers);
    expect(counts.get("order")).toBe(DEFAULT_SIZE.orders);
    expect(counts.get("transaction")).toBe(DEFAULT_SIZE.orders);
  });

  it("is imported without a finding and holds a case of every kind", async () => {
    const path = join(tempDir(), "samples.ndjson");
    writeFileSync(path, [...sampleRecords(SMALL)].map((record) => `${JSON.stringify(record)}\n`).join(""));
    const clock = () => new Date("2026-11-19T23:00:00Z");
    const store = await freshStore(clock);
    const report = await importFiles({ store, clock, actor: "test" }, [path]);
    expect(report.findings).toEqual([]);
    const statuses = await store.db.selectFrom("transactions").select("detailed_status").distinct().execute();
    expect(statuses.map((row) => row.detailed_status).sort()).toEqual([
      "AUTHORISED",
      "AUTHORISED_TO_VALIDATE",
      "CAPTURED",
      "REFUSED",
      "WAITING_AUTHORISATION",
    ]);
    expect(report.counts).toMatchObject({ sellers: 60, orders: 1_200, transactions: 1_200, refunds: 30, cashins: 2 });
    await store.close();
  });

  it.each(SEPA_COUNTRIES)("has valid account numbers of %s", (country) => {
    for (const n of [0, 1, 1_250]) expect(ibanProblem(sepaIban(country, n))).toBeUndefined();
    expect(isSepaIban(sepaIban(country, 1))).toBe(true);
    expect(sepaIban(country, 1)).not.toBe(sepaIban(country, 2));
  });
});
