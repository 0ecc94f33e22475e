import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { loadProfile } from "../../../src/app/bank-profiles.ts";
import { importFiles } from "../../../src/app/import-files.ts";
import { settle } from "../../../src/app/settle.ts";
import { checkBooks } from "../../../src/app/verify-books.ts";
import { tempDir } from "../../support/temp-dir.ts";
import { type TestContext, testContext } from "../../support/test-context.ts";
import { STORE_KINDS, type StoreKind } from "../../support/test-database.ts";
import { type Fields, MARKETPLACE, ndjson, seller } from "./import-world.ts";

let context: TestContext;
let folder: string;
afterEach(() => context.store.close());

async function world(kind: StoreKind): Promise<void> {
  folder = tempDir();
  context = { ...(await testContext({}, "2026-11-20T01:00:00Z", kind)), profile: (name) => loadProfile(name) };
  const market = { ...MARKETPLACE, settlement: { delayDays: 1, delayCounts: "CALENDAR_DAYS", minimumPayout: 1 } };
  const { findings } = await bring("setting", [market, seller("s", { onboarding: "VALIDATED" })]);
  expect(findings).toEqual([]);
}

function bring(name: string, records: readonly Fields[]) {
  const path = join(folder, `${name}.ndjson`);
  writeFileSync(path, ndjson(records));
  return importFiles(context, [path]);
}

const cashin = (id: string, amount: number): Fields => ({ type: "cashin", marketplace: "m", id, seller: "s", amount });
const cashout = (id: string, amount: number): Fields => ({
  type: "cashout",
  scope: "seller",
  marketplace: "m",
  id,
  seller: "s",
  amount,
});

describe.each(STORE_KINDS)("on %s,", (kind) => {
  it("of 64 requests with one key at once one is applied, and all get the same answer", async () => {
    await world(kind);
    const reports = await Promise.all(Array.from({ length: 64 }, () => bring("same", [cashin("c", 500)])));
    expect(new Set(reports.map(({ ok, findings }) => `${ok} ${findings.length}`))).toEqual(new Set(["true 0"]));
    expect(reports.filter(({ counts }) => counts.cashins === 1)).toHaveLength(1);
    expect(reports.filter(({ counts }) => counts.known === 1)).toHaveLength(63);
    await settle(context, "2026-11-20");
    const rows = await context.store.db.selectFrom("transfers").select("amount").execute();
    expect(rows).toEqual([{ amount: 500n }]);
  });

  it("of 64 requests with one key and two contents at once, one content is applied and the other refused", async () => {
    await world(kind);
    const reports = await Promise.all(
      Array.from({ length: 64 }, (_, index) => bring(`c${index}`, [cashin("c", index % 2 === 0 ? 500 : 700)])),
    );
    const refused = reports.filter(({ ok }) => !ok);
    expect(refused).toHaveLength(32);
    expect(new Set(refused.map(({ findings }) => findings[0]?.code))).toEqual(new Set(["DUPLICATE_DIFFERS"]));
    expect(await context.store.db.selectFrom("cashins").select("id").execute()).toHaveLength(1);
  });

  it("500 credits and 20 withdrawals at once, when there is enough for ten: exactly ten are refused", async () => {
    await world(kind);
    const credits = Array.from({ length: 500 }, (_, index) => bring(`in${index}`, [cashin(`in${index}`, 10)]));
    expect((await Promise.all(credits)).filter(({ ok }) => !ok)).toEqual([]);
    const outs = Array.from({ length: 20 }, (_, index) => bring(`out${index}`, [cashout(`out${index}`, 500)]));
    const answers = await Promise.all(outs);
    const refused = answers.filter(({ ok }) => !ok);
    expect([answers.length - refused.length, refused.length]).toEqual([10, 10]);
    expect(new Set(refused.map(({ findings }) => findings[0]?.code))).toEqual(new Set(["NOTHING_AVAILABLE"]));
    await settle(context, "2026-11-20");
    const { breaches } = await checkBooks(context.store.db);
    expect(breaches).toEqual([]);
    const balances = await context.store.db
      .selectFrom("accounts")
      .select("balance")
      .where("bucket", "=", "AVAILABLE")
      .execute();
    expect(balances.every(({ balance }) => balance >= 0n)).toBe(true);
  });
});
