import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeReports } from "../../../src/app/make-reports.ts";
import { writeSellerStatement } from "../../../src/app/write-seller-statement.ts";
import { openExceptions } from "../../../src/store/exceptions.ts";
import { accountNumber, DAY, MARKETPLACE, type PlantedMarket } from "./planted-market.ts";
import { NEW_ACCOUNT, threeDays } from "./three-days.ts";

let market: PlantedMarket;

beforeAll(async () => {
  market = await threeDays();
  await makeReports(market.context, DAY.second);
  await makeReports(market.context, DAY.third);
});

afterAll(() => market.close());

const folderOf = (date: string) => join(market.reports, date, MARKETPLACE);
const text = (date: string, name: string) => readFileSync(join(folderOf(date), name), "utf8");
const rows = (date: string, name: string): Record<string, string>[] => parse(text(date, name), { columns: true });
const sheetName = (date: string) => readdirSync(folderOf(date)).find((name) => /^transfer-file-.*\.json$/.test(name));
const cents = (decimal: string | undefined) => BigInt((decimal ?? "").replace(".", ""));
const sum = (values: readonly (string | undefined)[]) => values.reduce((total, value) => total + cents(value), 0n);

describe("the daily settlement", () => {
  it("says for each seller what he is owed and what became of it, so that every line adds up", () => {
    const lines = rows(DAY.second, "settlement.csv");
    for (const { sales, fees, refunds, other, carried, held_before, net } of lines) {
      expect(sum([sales, refunds, other, carried, held_before]) - cents(fees)).toBe(cents(net));
    }
    const outcomes = new Map(lines.map((line) => [line.seller, line]));
    expect(outcomes.get("shop-00")).toMatchObject({ sales: "80.20", fees: "5.52", refunds: "-25.00", net: "49.68" });
    expect(outcomes.get("shop-00")?.end_to_end_id).toMatch(/^T20261119-EUR-/);
    expect(outcomes.get("shop-11")).toMatchObject({ outcome: "CARRIED", reason: "NEGATIVE_NET", net: "-262.02" });
  });

  it("ties the transfers of the day and those issued again to the sum of its files, and proves every cent twice", () => {
    const [eur] = JSON.parse(text(DAY.second, "settlement.json")).currencies;
    expect(eur.transfers).toMatchObject({ count: 10, amount: { minor: "106825" } });
    expect(eur.tie).toMatchObject({
      settled: { count: 10, amount: { decimal: "1068.25" } },
      fromOtherDays: { count: 1, amount: { decimal: "180.00" } },
      files: { files: 1, count: 11, amount: { decimal: "1248.25" } },
      difference: { minor: "0" },
    });
    expect(eur.proofs.map((proof: { takenAt: string }) => proof.takenAt)).toEqual(["settlement", "report"]);
    for (const { captured, cashedIn, refunded, stages, difference } of eur.proofs) {
      const accounted = stages.reduce(
        (total: bigint, stage: { amount: { minor: string } }) => total + BigInt(stage.amount.minor),
        0n,
      );
      expect(BigInt(captured.minor) + BigInt(cashedIn.minor) - BigInt(refunded.minor)).toBe(accounted);
      expect(difference.minor).toBe("0");
    }
  });

  it("says aloud when the files do not pay what was settled", async () => {
    const { store } = market.context;
    const file = await store.db
      .selectFrom("transfer_files")
      .select(["id", "message_id", "transfer_sum"])
      .where("business_date", "=", DAY.second)
      .executeTakeFirstOrThrow();
    const setSum = (sum: bigint) =>
      store.write(({ db }) =>
        db.updateTable("transfer_files").set({ transfer_sum: sum }).where("id", "=", file.id).execute(),
      );
    await setSum(file.transfer_sum + 1n);
    await makeReports(market.context, DAY.second);
    expect(text(DAY.second, "settlement.html")).toContain("the files differ from what was settled by 0.01 EUR");
    expect(text(DAY.second, `transfer-file-${file.message_id}.html`)).toContain("Do not approve");
    await setSum(file.transfer_sum);
    await makeReports(market.context, DAY.second);
    expect(text(DAY.second, "settlement.html")).toContain("Every captured cent is in exactly one place");
  });
});

describe("the reconciliation", () => {
  it("counts what matched by rule, what is open, and finds the statements without a gap", () => {
    const report = JSON.parse(text(DAY.third, "reconciliation.json"));
    expect(report.rate).toBe(7_500);
    expect(report.matches).toMatchObject([
      { effect: "EXECUTED", matches: 11, amount: { decimal: "1248.25" } },
      { effect: "RETURNED", matches: 1, amount: { decimal: "270.00" } },
    ]);
    expect(report.openLines).toMatchObject([{ direction: "CRDT", amount: { decimal: "777.00" }, ageDays: 1 }]);
    expect(report.suspense).toMatchObject([{ minor: "77700" }]);
    expect(report.statements).toMatchObject({ count: 2, lastDate: DAY.second, findings: [] });
  });

  it("names a break between statements", async () => {
    await market.context.store.write(({ db }) =>
      db.updateTable("bank_statements").set({ opening: 1n }).where("closing_date", "=", DAY.second).execute(),
    );
    await makeReports(market.context, DAY.third);
    const { findings } = JSON.parse(text(DAY.third, "reconciliation.json")).statements;
    expect(findings.map(({ code }: { code: string }) => code)).toEqual(["BALANCE_DIFFERS", "BALANCE_BREAK"]);
  });
});

describe("the exceptions", () => {
  it("say whose turn it is, how old the matter is and what to do next", () => {
    const lines = rows(DAY.third, "exceptions.csv");
    expect(lines.map(({ kind, reason, owner, age_days }) => [kind, reason, owner, age_days])).toEqual([
      ["exception", "ENTRY_UNMATCHED", "finance", "0"],
      ["hold", "NO_ACCOUNT", "seller", "2"],
      ["hold", "SELLER_NOT_VALIDATED", "seller", "2"],
      ["hold", "BANK_RETURNED", "seller", "0"],
    ]);
    expect(lines[3]).toMatchObject({ amount: "270.00", says: expect.stringContaining("AC06") });
    expect(lines.every(({ next }) => (next ?? "").length > 10)).toBe(true);
  });

  it("that belong to no marketplace lie beside the marketplaces, alarms first", async () => {
    const { store, clock } = market.context;
    const head = { subjectKind: "inbound-file", says: "x", owner: "operations" } as const;
    await store.write((tx) =>
      openExceptions(
        tx,
        [
          { ...head, identity: "q/1", reason: "FILE_QUARANTINED", subjectRef: "camt053-1.xml" },
          { ...head, identity: "q/2", reason: "HAND_OFF_STOPPED", subjectRef: "file" },
        ],
        DAY.first,
        clock(),
      ),
    );
    const { counts } = await makeReports(market.context, DAY.third);
    expect(counts).toMatchObject({ "unassigned.files": 3 });
    const lines = parse(readFileSync(join(market.reports, DAY.third, "_unassigned", "exceptions.csv"), "utf8"), {
      columns: true,
    });
    expect(lines).toMatchObject([
      { reason: "HAND_OFF_STOPPED", severity: "alarm", age_days: "2" },
      { reason: "FILE_QUARANTINED", severity: "exception" },
    ]);
  });
});

describe("the validation sheet of a transfer file", () => {
  it("recounts the bytes and names what is new: a changed account, the file before, what is left out", () => {
    const sheet = JSON.parse(text(DAY.second, sheetName(DAY.second) ?? ""));
    expect(sheet.recounted).toMatchObject({
      agrees: true,
      count: 11,
      sum: { decimal: "1248.25" },
      sha256: sheet.file.sha256,
    });
    expect(sheet.newAccounts).toMatchObject([{ seller: "closed", accountBefore: "DE08****0013" }]);
    expect(sheet.before).toMatchObject({ count: 15, payeesInBoth: 11, payeesOnlyHere: 0, payeesOnlyThere: 4 });
    expect(sheet.banks).toMatchObject([{ country: "DE", bank: "37040044", count: 11 }]);
    expect(sheet.largest).toHaveLength(10);
    expect(sheet.file).toMatchObject({ madeBy: "tester", decidedBy: "finance" });
    expect(sheet.heldOut.map(({ reason }: { reason: string }) => reason)).toEqual([
      "BANK_RETURNED",
      "NO_ACCOUNT",
      "SELLER_NOT_VALIDATED",
    ]);
  });

  it("lists every transfer in its CSV, whose sum is the file's", () => {
    const name = (sheetName(DAY.second) ?? "").replace(/json$/, "csv");
    const transfers = rows(DAY.second, name);
    expect(transfers).toHaveLength(11);
    expect(sum(transfers.map(({ amount }) => amount))).toBe(124_825n);
  });
});

describe("the capture-deadline outlook", () => {
  it("counts authorisations by the days that are left, and lists those that a person must validate", () => {
    const report = JSON.parse(text(DAY.third, "capture-deadlines.json"));
    const [eur] = report.currencies;
    const counts = (name: string) => eur.rows.map((row: Record<string, { count: number }>) => row[name]?.count);
    // Passed, less than a day, 1 to 6 days, 7 or more; deadlines lie 3.5 hours after whole days.
    expect(counts("guaranteed")).toEqual([0, 1, 2, 3, 1, 1, 1, 1, 2]);
    expect(counts("lapsing")).toEqual([0, 0, 2, 1, 2, 2, 1, 1, 3]);
    expect(counts("toValidate")).toEqual([0, 0, 1, 0, 0, 1, 0, 0, 0]);
    expect(report.validate).toMatchObject([{ transaction: "V-1-T", hoursLeft: 25, amount: { decimal: "44.00" } }]);
  });
});

describe("all reports", () => {
  it("are the same bytes when nothing has changed", async () => {
    const all = () =>
      [DAY.second, DAY.third].flatMap((date) =>
        readdirSync(folderOf(date))
          .filter((n) => n.includes("."))
          .map((n) => [date, n, text(date, n)]),
      );
    await makeReports(market.context, DAY.second);
    await makeReports(market.context, DAY.third);
    const before = all();
    await makeReports(market.context, DAY.second);
    await makeReports(market.context, DAY.third);
    expect(all()).toEqual(before);
    expect(before.length).toBeGreaterThan(20);
  });

  it("show no account number whole", async () => {
    await writeSellerStatement(market.context, {
      marketplace: MARKETPLACE,
      seller: "closed",
      businessDate: DAY.second,
    });
    const numbers = [
      NEW_ACCOUNT,
      accountNumber(1, "50010517"),
      accountNumber(16),
      ...Array.from({ length: 12 }, (_, n) => accountNumber(100 + n)),
    ];
    const files = readdirSync(market.reports, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    for (const { parentPath, name } of files) {
      const content = readFileSync(join(parentPath, name), "utf8");
      expect(
        numbers.filter((number) => content.includes(number)),
        name,
      ).toEqual([]);
    }
    expect(existsSync(join(folderOf(DAY.second), "sellers", "closed.html"))).toBe(true);
  });

  it("count the files they are", async () => {
    const { counts } = await makeReports(market.context, DAY.second);
    const files = readdirSync(folderOf(DAY.second), { withFileTypes: true }).filter((entry) => entry.isFile());
    expect(counts[`${MARKETPLACE}.files`]).toBe(files.length);
  });
});
