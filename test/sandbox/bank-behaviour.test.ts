import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { XmlDocument, XsdValidator } from "libxml2-wasm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BankRule, RuleCondition } from "../../src/sandbox/bank-rule.ts";
import { openBrain, texts } from "./bank-bench.ts";
import { OTHER_IBAN, OWN_IBAN, SELLER_IBAN } from "./order-text.ts";

const DAY = "2026-11-20";
const three = [
  { id: "P1", amount: "10.00" },
  { id: "P2", amount: "20.00", iban: OTHER_IBAN, name: "Second" },
  { id: "P3", amount: "30.00" },
];

describe("the sandbox bank's end of day", () => {
  it.each([
    ["one debit for the batch when BtchBookg is true", true, 1],
    ["one debit for the batch when BtchBookg is absent", undefined, 1],
    ["one debit a transfer when BtchBookg is false", false, 3],
  ])("books %s", (_, batch, entries) => {
    const bank = openBrain();
    bank.order({ transfers: three, ...(batch === undefined ? {} : { batch }) });
    const closed = bank.brain.endOfDay(DAY);
    expect(closed.statements).toMatchObject([{ openingMinor: 1_000_000n, closingMinor: 994_000n, entries }]);
    const [statement] = bank.outbox("camt053-");
    const text = statement?.text ?? "";
    expect(texts(text, "EndToEndId")).toEqual(["P1", "P2", "P3"]);
    expect(text.match(/<Ntry>/g)).toHaveLength(entries);
    expect(texts(text, "NbOfTxs")).toEqual(entries === 1 ? ["3"] : []);
    expect(texts(text, "TtlAmt")).toEqual(entries === 1 ? ["60.00"] : []);
    expect(text).toContain('<Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">10000.00</Amt>');
    expect(text).toContain('<Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">9940.00</Amt>');
    expect(bank.brain.balance(OWN_IBAN)).toBe(994_000n);
    expect(
      bank.brain.paid().map(({ endToEndId, amountMinor, bookedOn }) => [endToEndId, amountMinor, bookedOn]),
    ).toEqual([
      ["P1", 1000n, DAY],
      ["P2", 2000n, DAY],
      ["P3", 3000n, DAY],
    ]);
  });

  it("books a transfer on its execution date, not before, and a past date today", () => {
    const bank = openBrain();
    bank.order({ messageId: "M1", date: "2026-11-23", transfers: [{ id: "LATER" }] });
    bank.order({ messageId: "M2", date: "2026-11-01", transfers: [{ id: "PAST" }] });
    bank.brain.endOfDay(DAY);
    expect(bank.brain.paid().map(({ endToEndId }) => endToEndId)).toEqual(["PAST"]);
    bank.brain.endOfDay("2026-11-23");
    expect(bank.brain.paid().map(({ endToEndId }) => endToEndId)).toEqual(["LATER", "PAST"]);
  });

  it("closes a date once, carries the balance, and writes a statement for a day without entries", () => {
    const bank = openBrain();
    bank.order({ transfers: three });
    bank.brain.endOfDay(DAY);
    expect(bank.brain.endOfDay(DAY).statements).toEqual([]);
    expect(bank.brain.endOfDay("2026-11-21").statements).toMatchObject([
      { openingMinor: 994_000n, closingMinor: 994_000n, entries: 0 },
    ]);
    expect(bank.outbox("camt053-").map(({ text }) => texts(text, "ElctrncSeqNb"))).toEqual([["1"], ["2"]]);
  });

  it("writes an overdraft as a debit balance", () => {
    const bank = openBrain();
    bank.order({ transfers: [{ id: "P1", amount: "10000.01" }] });
    bank.brain.endOfDay(DAY);
    const text = bank.outbox("camt053-")[0]?.text ?? "";
    expect(text).toContain('<Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">0.01</Amt><CdtDbtInd>DBIT</CdtDbtInd>');
    expect(bank.brain.balance(OWN_IBAN)).toBe(-1n);
  });

  it("books an acquirer's pay-in less its charges, and a debit nobody ordered", () => {
    const bank = openBrain();
    bank.brain.payIn({
      iban: OWN_IBAN,
      amountMinor: 50_000n,
      chargesMinor: 125n,
      reference: "ACQ-1",
      partyName: "Acquirer",
    });
    bank.brain.payIn({ iban: OWN_IBAN, amountMinor: 700n, reference: "FEE-1", direction: "DBIT", text: "Account fee" });
    bank.brain.payIn({ iban: OWN_IBAN, amountMinor: 1n, reference: "LATER", on: "2026-11-25" });
    bank.brain.endOfDay(DAY);
    expect(bank.brain.balance(OWN_IBAN)).toBe(1_000_000n + 49_875n - 700n);
    const text = bank.outbox("camt053-")[0]?.text ?? "";
    expect(texts(text, "EndToEndId")).toEqual(["ACQ-1", "FEE-1"]);
    expect(texts(text, "TtlChrgsAndTaxAmt")).toEqual(["1.25", "1.25"]);
  });

  it.each([
    [{ amountMinor: 0n, reference: "R" }],
    [{ amountMinor: 5n, chargesMinor: 6n, reference: "R" }],
    [{ amountMinor: 5n, reference: "" }],
    [{ amountMinor: 5n, reference: "R".repeat(36) }],
    [{ amountMinor: 5n, reference: "R", iban: OTHER_IBAN }],
  ])("refuses the pay-in %o", (line) => {
    expect(() => openBrain().brain.payIn({ iban: OWN_IBAN, ...line })).toThrow(RangeError);
  });

  it("refuses a date that is none", () => {
    expect(() => openBrain().brain.endOfDay("20.11.2026")).toThrow(/expected a date/);
  });
});

describe("a rule of the sandbox bank finds its transfer", () => {
  it.each<[string, RuleCondition, string[]]>([
    ["by end-to-end id", { endToEndId: "P2" }, ["P2"]],
    ["by a pattern", { endToEndId: "*3" }, ["P3"]],
    ["by creditor account", { creditorIban: SELLER_IBAN }, ["P1", "P3"]],
    ["by creditor name", { creditorName: "Sec*" }, ["P2"]],
    ["by amount", { amountMinor: "3000" }, ["P3"]],
    ["by position", { nth: 1 }, ["P1"]],
    ["by every second", { everyNth: 2 }, ["P2"]],
    ["by message id", { messageId: "MSG-*" }, ["P1", "P2", "P3"]],
    ["by two conditions together", { creditorIban: SELLER_IBAN, amountMinor: "1000" }, ["P1"]],
    ["by none that fits", { endToEndId: "P*", creditorName: "Nobody" }, []],
  ])("%s", (_, when, hit) => {
    const bank = openBrain(undefined, [{ when, do: { kind: "reject", code: "AC04" } }]);
    bank.order({ transfers: three });
    const text = bank.outbox("pain002-")[0]?.text ?? "";
    expect(texts(text, "OrgnlEndToEndId")).toEqual(hit);
    expect(texts(text, "Cd")).toEqual(hit.map(() => "AC04"));
  });

  it("only as often as it says, across a restart", () => {
    const rule: BankRule = { when: {}, do: { kind: "reject", code: "MS03" }, times: 2 };
    const bank = openBrain(undefined, [rule]);
    bank.order({ messageId: "M1", transfers: [{ id: "A" }] });
    const again = openBrain(bank.folder);
    again.order({ messageId: "M2", transfers: [{ id: "B" }, { id: "C" }] });
    expect(again.brain.pending().map(({ endToEndId }) => endToEndId)).toEqual(["C"]);
  });
});

describe("the sandbox bank misbehaves as told", () => {
  it("returns a transfer after some days, less charges", () => {
    const bank = openBrain(undefined, [
      {
        when: { endToEndId: "P2" },
        do: { kind: "return", code: "AC04", afterDays: 2, chargesMinor: "150", info: "closed" },
      },
    ]);
    bank.order({ transfers: three });
    bank.brain.endOfDay(DAY);
    bank.brain.endOfDay("2026-11-21");
    expect(bank.brain.balance(OWN_IBAN)).toBe(994_000n);
    bank.brain.endOfDay("2026-11-22");
    expect(bank.brain.balance(OWN_IBAN)).toBe(994_000n + 2000n - 150n);
    const text = bank.outbox("camt053-")[2]?.text ?? "";
    expect(text).toContain("<Fmly><Cd>ICDT</Cd><SubFmlyCd>RRTN</SubFmlyCd></Fmly>");
    expect(text).toContain("<RtrInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>closed</AddtlInf></RtrInf>");
    expect(texts(text, "EndToEndId")).toEqual(["P2"]);
    expect(text).toContain('<InstdAmt><Amt Ccy="EUR">20.00</Amt></InstdAmt>');
    expect(bank.brain.paid().find(({ endToEndId }) => endToEndId === "P2")?.returnedOn).toBe("2026-11-22");
    bank.brain.endOfDay("2026-11-23");
    expect(bank.brain.balance(OWN_IBAN)).toBe(995_850n);
  });

  it("rejects late what it had called in process, and never books it", () => {
    const bank = openBrain(undefined, [
      { when: { endToEndId: "P1" }, do: { kind: "late-reject", code: "MD07", afterDays: 1 } },
    ]);
    bank.order({ transfers: three });
    const first = bank.outbox("pain002-")[0]?.text ?? "";
    expect([texts(first, "OrgnlEndToEndId"), texts(first, "TxSts")]).toEqual([["P1"], ["ACSP"]]);
    bank.brain.endOfDay(DAY);
    expect(bank.brain.endOfDay("2026-11-21").lateRejections).toBe(1);
    const second = bank.outbox("pain002-")[1]?.text ?? "";
    expect([texts(second, "TxSts"), texts(second, "Cd"), texts(second, "OrgnlMsgId")]).toEqual([
      ["RJCT"],
      ["MD07"],
      ["MSG-1"],
    ]);
    bank.brain.endOfDay("2026-11-22");
    expect(bank.brain.paid().map(({ endToEndId }) => endToEndId)).toEqual(["P2", "P3"]);
    expect(bank.brain.balance(OWN_IBAN)).toBe(995_000n);
  });

  it("rejects what it has booked, once, when told to contradict itself", () => {
    const bank = openBrain(undefined, [
      { when: { endToEndId: "P1" }, do: { kind: "late-reject", code: "AC06", thoughBooked: true } },
    ]);
    bank.order({ transfers: three });
    const rejections = [DAY, "2026-11-21", "2026-11-22"].map((date) => bank.brain.endOfDay(date).lateRejections);
    expect(rejections).toEqual([0, 1, 0]);
    expect(bank.brain.paid().map(({ endToEndId }) => endToEndId)).toEqual(["P1", "P2", "P3"]);
    expect(texts(bank.outbox("pain002-")[1]?.text ?? "", "TxSts")).toEqual(["RJCT"]);
  });

  it("acknowledges a file before it answers, unless it refuses it whole", () => {
    const bank = openBrain(undefined, [{ when: {}, do: { kind: "acknowledge-first" } }]);
    bank.order({ messageId: "M1", transfers: three });
    bank.order({ messageId: "M2", count: "2", transfers: three });
    expect(bank.outbox("pain002-").map(({ text }) => texts(text, "GrpSts"))).toEqual([["ACTC"], ["ACCP"], ["RJCT"]]);
  });

  it("refuses a whole file with the code it was given", () => {
    const bank = openBrain(undefined, [{ when: {}, do: { kind: "reject-file", code: "AM04" }, times: 1 }]);
    expect(bank.order({ transfers: three })[0]).toMatchObject({ status: "RJCT", code: "AM04" });
    expect(texts(bank.outbox("pain002-")[0]?.text ?? "", "GrpSts")).toEqual(["RJCT"]);
    bank.brain.endOfDay(DAY);
    expect(bank.brain.paid()).toEqual([]);
  });

  it("is silent and pays all the same; the answer can be sent later", () => {
    const bank = openBrain(undefined, [{ when: { messageId: "MSG-1" }, do: { kind: "silent" } }]);
    bank.order({ transfers: three });
    expect(bank.outbox("pain002-")).toEqual([]);
    bank.brain.endOfDay(DAY);
    expect(bank.brain.paid()).toHaveLength(3);
    const name = bank.brain.sent().find((one) => one.startsWith("pain002-")) ?? "";
    expect(bank.brain.sendAgain(name)).toBe("pain002-20261120-000001-again.xml");
    expect(texts(bank.outbox("pain002-")[0]?.text ?? "", "GrpSts")).toEqual(["ACCP"]);
    expect(() => bank.brain.sendAgain("../bank-journal.ndjson")).toThrow(RangeError);
  });

  it("hands out an answer twice", () => {
    const bank = openBrain(undefined, [{ when: {}, do: { kind: "duplicate-answer" } }]);
    bank.order({ transfers: three });
    const [one, two] = bank.outbox("pain002-");
    expect(one?.name).not.toBe(two?.name);
    expect(one?.text).toBe(two?.text);
  });

  it("keeps a statement back, or hands it out twice", () => {
    const bank = openBrain(undefined, [
      { when: { date: DAY }, do: { kind: "no-statement" } },
      { when: { date: "2026-11-21", account: OWN_IBAN }, do: { kind: "duplicate-statement" } },
    ]);
    bank.brain.endOfDay(DAY);
    expect(bank.outbox("camt053-")).toEqual([]);
    bank.brain.endOfDay("2026-11-21");
    expect(bank.outbox("camt053-").map(({ text }) => texts(text, "ElctrncSeqNb"))).toEqual([["2"], ["2"]]);
  });

  it("leaves the details of a batch out", () => {
    const bank = openBrain(undefined, [{ when: {}, do: { kind: "batch-without-details" } }]);
    bank.order({ batch: true, transfers: three });
    bank.brain.endOfDay(DAY);
    const text = bank.outbox("camt053-")[0]?.text ?? "";
    expect(text).toContain("<NbOfTxs>3</NbOfTxs>");
    expect(text).not.toContain("<TxDtls>");
  });

  it.each([
    ["truncated", (text: string) => expect(text.trimEnd().endsWith("</Document>")).toBe(false)],
    ["not-xml", (text: string) => expect(text).toContain("502 Bad Gateway")],
    ["unknown-message-id", (text: string) => expect(texts(text, "OrgnlMsgId")).toEqual(["NEVER-SENT-TO-US"])],
    ["wrong-sums", (text: string) => expect(texts(text, "OrgnlCtrlSum")).toEqual(["61.00", "61.00"])],
    ["wrong-message", (text: string) => expect(text).toContain("pain.008.001.08")],
  ] as const)("answers with rubbish: %s, and the right file after it when told", (how, check) => {
    const bank = openBrain(undefined, [
      { when: { messageId: "M1" }, do: { kind: "rubbish-answer", how } },
      { when: { messageId: "M2" }, do: { kind: "rubbish-answer", how, thenRight: true } },
    ]);
    bank.order({ messageId: "M1", transfers: three });
    const [only, ...none] = bank.outbox("pain002-");
    expect(none).toEqual([]);
    check(only?.text ?? "");
    bank.order({ messageId: "M2", transfers: [{ id: "Q1" }] });
    const right = bank.outbox("pain002-").filter(({ name }) => name === "pain002-20261120-000002.xml");
    expect(right.map(({ text }) => [texts(text, "OrgnlMsgId"), texts(text, "OrgnlCtrlSum")])).toEqual([
      [["M2"], ["10.00", "10.00"]],
    ]);
    expect(bank.outbox("pain002-")).toHaveLength(3);
  });

  it("spoils the closing balance of a statement", () => {
    const bank = openBrain(undefined, [{ when: {}, do: { kind: "rubbish-statement", how: "wrong-sums" } }]);
    bank.brain.endOfDay(DAY);
    const text = bank.outbox("camt053-")[0]?.text ?? "";
    expect(text).toContain('<Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">10001.00</Amt>');
    expect(bank.brain.balance(OWN_IBAN)).toBe(1_000_000n);
  });
});

describe("the sandbox bank is repeatable and safe against kills", () => {
  it("writes the same bytes for the same files and clock", () => {
    const night = () => {
      const bank = openBrain(undefined, [{ when: { nth: 2 }, do: { kind: "return", code: "AC01" } }]);
      bank.order({ transfers: three });
      bank.brain.endOfDay(DAY);
      bank.brain.endOfDay("2026-11-21");
      return bank.outbox("");
    };
    expect(night()).toEqual(night());
  });

  it("hands out after a restart what it had decided and not written", () => {
    const bank = openBrain();
    bank.order({ transfers: three });
    const [answer] = bank.outbox("pain002-");
    const journal = join(bank.folder, "bank-journal.ndjson");
    const lines = readFileSync(journal, "utf8").trimEnd().split("\n");
    expect(lines.pop()).toBe('{"do":"handed-out"}');
    writeFileSync(journal, `${lines.join("\n")}\n{"do":"handed-o`);
    renameSync(join(bank.folder, "outbox", answer?.name ?? ""), join(bank.folder, "outbox", "archive", "moved.xml"));
    openBrain(bank.folder);
    expect(bank.outbox("pain002-")).toEqual([answer]);
    renameSync(join(bank.folder, "outbox", answer?.name ?? ""), join(bank.folder, "outbox", "archive", "moved.xml"));
    expect(openBrain(bank.folder).brain.pending()).toHaveLength(3);
    expect(bank.outbox("pain002-")).toEqual([]);
  });
});

const XSD = join(import.meta.dirname, "../../../shared/xsd");

describe.runIf(existsSync(XSD))("what the sandbox bank writes is valid by the ISO schemas", () => {
  let schemas: { name: string; document: XmlDocument; validator: XsdValidator }[] = [];
  // Not before the tests run: without the folder this block is passed over, but its body is still read.
  beforeAll(() => {
    schemas = ["pain.002.001.10", "camt.053.001.08"].map((name) => {
      const document = XmlDocument.fromBuffer(readFileSync(join(XSD, `${name}.xsd`)));
      return { name, document, validator: XsdValidator.fromDoc(document) };
    });
  });
  afterAll(() => {
    for (const { document, validator } of schemas) {
      validator.dispose();
      document.dispose();
    }
  });

  it("in a night in which everything happens", () => {
    const bank = openBrain(undefined, [
      { when: { endToEndId: "P1" }, do: { kind: "late-reject", code: "MS03", info: "not <said> & done" } },
      { when: { endToEndId: "P2" }, do: { kind: "return", code: "AC04", chargesMinor: "99" } },
      { when: { endToEndId: "Q2" }, do: { kind: "reject", code: "PROPRIETARY-CODE", info: "x".repeat(300) } },
      { when: { endToEndId: "V1" }, do: { kind: "acknowledge-first" } },
      { when: { endToEndId: "R1" }, do: { kind: "reject-file", code: "AM04" } },
      { when: { date: "2026-11-22" }, do: { kind: "batch-without-details" } },
    ]);
    bank.order({ messageId: "M1", batch: true, transfers: three });
    bank.order({
      messageId: "M2",
      batch: false,
      version: "03",
      transfers: [{ id: "Q1", name: "Müller & Söhne <1>" }, { id: "Q2" }],
    });
    bank.order({ messageId: "M3", transfers: [{ id: "R1" }] });
    bank.order({ messageId: "M4", count: "9", transfers: [{ id: "S1" }] });
    bank.order({ messageId: "M5", debtorIban: OTHER_IBAN, transfers: [{ id: "T1" }] });
    bank.order({
      messageId: "M6",
      transfers: [
        { id: "U1", currency: "usd" },
        { id: "U2", amount: "0.00" },
      ],
    });
    bank.order({ messageId: "M7", date: "2026-11-22", transfers: [{ id: "V1" }] });
    bank.put("rubbish.xml", "<rubbish>");
    bank.brain.processInbox();
    bank.brain.payIn({
      iban: OWN_IBAN,
      amountMinor: 5000n,
      chargesMinor: 5n,
      reference: "ACQ & 1",
      partyName: "A <b>",
      text: "é\u0001",
    });
    for (const date of [DAY, "2026-11-21", "2026-11-22"]) bank.brain.endOfDay(date);
    const files = bank.outbox("");
    expect(files.map(({ name }) => name.slice(0, 7)).sort()).toEqual([
      ...Array(3).fill("camt053"),
      ...Array(10).fill("pain002"),
    ]);
    for (const { text } of files) {
      const { validator } = schemas.find(({ name }) => text.includes(`xsd:${name}"`)) ?? {};
      using document = XmlDocument.fromString(text);
      expect(() => validator?.validate(document)).not.toThrow();
      expect(validator).toBeDefined();
    }
    expect(readdirSync(join(bank.folder, "outbox")).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});
