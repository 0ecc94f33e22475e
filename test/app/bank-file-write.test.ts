import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkBankFile } from "../../src/app/bank-file-check.ts";
import { writeBankFile } from "../../src/app/bank-file-write.ts";
import { loadProfile, shippedProfilesFolder } from "../../src/app/bank-profiles.ts";
import { checkProfile } from "../../src/app/profile-check.ts";

const NOW = new Date("2026-11-20T08:00:00Z");
const debtor = { name: "Marketplace SAS", iban: "FR76 3000 6000 0112 3456 7890 189" };
const creditor = { name: "Zoë Müller", iban: "DE89370400440532013000" };
const transfer = { endToEndId: "P-1", amount: "12.34", currency: "EUR", creditor };

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "remit-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function write(list: unknown, profileName = "sepa", name = "in.json", profilesFolder?: string) {
  const inputPath = join(folder, name);
  writeFileSync(inputPath, typeof list === "string" ? list : JSON.stringify(list));
  const outputPath = join(folder, "out.xml");
  return writeBankFile({ inputPath, profileName, outputPath, now: NOW, ...(profilesFolder ? { profilesFolder } : {}) });
}

function outputs(): readonly string[] {
  return readdirSync(folder).filter((name) => name.includes("out"));
}

describe("a bank file from a plain list", () => {
  it("is complete, counted and hashed from what is on disk", async () => {
    const result = await write({ messageId: "MSG-1", executionDate: "2026-11-23", debtor, transfers: [transfer] });
    expect(result).toMatchObject({ ok: true, findings: [], notices: [] });
    const bytes = readFileSync(join(folder, "out.xml"));
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    expect(result.files).toEqual([
      { path: join(folder, "out.xml"), messageId: "MSG-1", count: 1, sum: "12.34", bytes: bytes.length, sha256 },
    ]);
    expect(await checkBankFile(bytes, { profile: loadProfile("sepa"), now: NOW })).toMatchObject({
      ok: true,
      count: 1,
    });
  });

  it("is the same for the same list and instant, with a MsgId made from them", async () => {
    const list = { createdAt: "2026-11-20T09:30:00+01:00", executionDate: "2026-11-23", debtor, transfers: [transfer] };
    await write(list);
    const first = readFileSync(join(folder, "out.xml"));
    rmSync(join(folder, "out.xml"));
    await write(list);
    expect(readFileSync(join(folder, "out.xml")).equals(first)).toBe(true);
    expect(first.toString()).toMatch(/<MsgId>L20261120-[0-9A-Z]{20}<\/MsgId>\n.*<CreDtTm>2026-11-20T09:30:00\+01:00</);
  });

  it("comes from CSV with the same names, dotted, in any of the usual separators", async () => {
    const names = [
      "endToEndId",
      "amount",
      "currency",
      "creditor.name",
      "creditor.iban",
      "creditor.address.country",
      "creditor.address.town",
      "instant",
      "executionDate",
      "debtor.name",
      "debtor.iban",
    ];
    const cells = [
      "0012",
      "12.30",
      "EUR",
      '"Müller, ""Söhne"""',
      creditor.iban,
      "DE",
      "Köln",
      "",
      "2026-11-23",
      "Marketplace SAS",
      debtor.iban,
    ];
    for (const separator of [",", ";", "\t"]) {
      const result = await write(`\ufeff${names.join(separator)}\r\n${cells.join(separator)}\r\n`, "ch", "in.csv");
      expect(result.findings.map(({ where }) => where)).toEqual(["payments[0].debtor.bic"]);
      const sepa = await write(`\ufeff${names.join(separator)}\r\n${cells.join(separator)}\r\n`, "sepa", "in.csv");
      expect(sepa).toMatchObject({ ok: true, files: [{ sum: "12.30", count: 1 }] });
      const xml = readFileSync(join(folder, "out.xml"), "utf8");
      expect(xml).toContain("<EndToEndId>0012</EndToEndId>");
      expect(xml).toContain("<Nm>Muller, 'Sohne'</Nm>");
      rmSync(join(folder, "out.xml"));
    }
  });

  it("names every fault of every transfer at once, and leaves no file", async () => {
    const result = await write({
      executionDate: "2026-02-30",
      debtor,
      surprise: 1,
      transfers: [
        { ...transfer, amount: "12.345", creditor: { ...creditor, iban: "DE88370400440532013000" } },
        { ...transfer, endToEndId: 12 },
        { ...transfer, endToEndId: "P-3", amount: 12.34, extra: true },
        { ...transfer, endToEndId: "P-4", currency: "USD" },
        { ...transfer, endToEndId: "p-1" },
        { ...transfer, endToEndId: "P-6", more: "", remittance: "x".repeat(141), creditor: { ...creditor, name: "" } },
      ],
    });
    expect(result.ok).toBe(false);
    expect(result.findings.map(({ where, code }) => `${where} ${code}`).sort()).toEqual(
      [
        "surprise INPUT_UNKNOWN_KEY",
        "transfers[0] P-1: amount MONEY_NOT_EXACT",
        "transfers[0] P-1: creditor.iban IBAN_INVALID",
        "transfers[0] P-1: executionDate EXECUTION_DATE",
        "transfers[1]: endToEndId INPUT_VALUE",
        "transfers[2] P-3: amount INPUT_VALUE",
        "transfers[2] P-3: extra INPUT_UNKNOWN_KEY",
        "transfers[3] P-4: currency CURRENCY_NOT_TAKEN",
        "transfers[4] p-1: endToEndId ID_DUPLICATE",
        "transfers[5] P-6: more INPUT_UNKNOWN_KEY",
        "transfers[5] P-6: remittance TEXT_TOO_LONG",
        "transfers[5] P-6: creditor.name TEXT_EMPTY",
      ].sort(),
    );
    expect(JSON.stringify(result.findings)).not.toContain("DE88370400440532013000");
    expect(outputs()).toEqual([]);
  });

  it.each([
    ["no JSON", "{", "INPUT_UNREADABLE"],
    ["no transfers", { executionDate: "2026-11-23", debtor, transfers: [] }, "INPUT_VALUE"],
    ["no debtor", { executionDate: "2026-11-23", transfers: [transfer] }, "INPUT_MISSING"],
    ["no date", { debtor, transfers: [transfer] }, "INPUT_MISSING"],
    [
      "a MsgId no bank takes",
      { messageId: "a_b", executionDate: "2026-11-23", debtor, transfers: [transfer] },
      "ID_INVALID",
    ],
    [
      "an amount in words",
      { executionDate: "2026-11-23", debtor, transfers: [{ ...transfer, amount: "1e3" }] },
      "MONEY_NOT_EXACT",
    ],
    [
      "an amount of nothing",
      { executionDate: "2026-11-23", debtor, transfers: [{ ...transfer, amount: "0.00" }] },
      "AMOUNT_RANGE",
    ],
  ])("is not written from a list with %s", async (_what, list, code) => {
    const result = await write(list);
    expect(result.findings.map((finding) => finding.code)).toContain(code);
    expect(outputs()).toEqual([]);
  });

  it("replaces a file of the same name only by a complete one, and leaves nothing half done", async () => {
    writeFileSync(join(folder, "out.xml"), "there before");
    await write({ executionDate: "2026-11-23", debtor, transfers: [{ ...transfer, amount: "1.234" }] });
    expect(readFileSync(join(folder, "out.xml"), "utf8")).toBe("there before");
    await write({ executionDate: "2026-11-23", debtor, transfers: [transfer] });
    expect(readFileSync(join(folder, "out.xml"), "utf8")).toContain("<EndToEndId>");
    expect(outputs()).toEqual(["out.xml"]);
  });

  it("becomes several files where the bank's limits ask for it, and says so", async () => {
    const profile = JSON.parse(readFileSync(join(shippedProfilesFolder(), "sepa.json"), "utf8"));
    const limited = { ...profile, name: "small", limits: { transfersPerFile: 2, transfersPerPayment: 2 } };
    writeFileSync(join(folder, "small.json"), JSON.stringify(limited));
    const transfers = ["A", "B", "C"].map((endToEndId) => ({ ...transfer, endToEndId }));
    const list = { messageId: "MSG", executionDate: "2026-11-23", debtor, transfers };
    const result = await write(list, "small", "in.json", folder);
    expect(result.files.map(({ path, messageId, count }) => [path, messageId, count])).toEqual([
      [join(folder, "out-1.xml"), "MSG-1", 2],
      [join(folder, "out-2.xml"), "MSG-2", 1],
    ]);
    expect(result.notices.map(({ code }) => code)).toEqual(["SEVERAL_FILES"]);
    expect(outputs()).toEqual(["out-1.xml", "out-2.xml"]);
  });

  it("moves a date that the bank cannot meet, and says so", async () => {
    const result = await write({ executionDate: "2026-11-15", debtor, transfers: [transfer] });
    expect(result.notices).toMatchObject([
      { code: "EXECUTION_DATE_MOVED", found: "2026-11-15", expected: "2026-11-20" },
    ]);
    expect(readFileSync(join(folder, "out.xml"), "utf8")).toContain("<Dt>2026-11-20</Dt>");
  });

  it("is refused for a profile that is not there", async () => {
    await expect(write({ executionDate: "2026-11-23", debtor, transfers: [transfer] }, "nope")).rejects.toThrow(
      /one of ch, de/,
    );
    expect(existsSync(join(folder, "out.xml"))).toBe(false);
  });
});

describe("checking a profile", () => {
  it.each(["ch", "de", "de-v03", "sandbox", "sepa", "sepa-instant", "sepa-v03"])(
    "renders a right sample for each service of %s",
    async (profile) => {
      const result = await checkProfile({ profile, now: NOW });
      expect(result.findings).toEqual([]);
      expect(result.samples.map(({ name }) => name)).toEqual(loadProfile(profile).services.map(({ name }) => name));
      for (const { xml } of result.samples) expect(xml).toContain("</Document>");
    },
  );

  it("tells the faults of a file that is none", async () => {
    const path = join(folder, "bad.json");
    writeFileSync(path, '{"name":"bad"}');
    const result = await checkProfile({ profile: path, now: NOW });
    expect(result.ok).toBe(false);
    expect(result.findings.map(({ where }) => where)).toEqual([`${path}: message`, `${path}: services`]);
  });
});
