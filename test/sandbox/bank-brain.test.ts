import { existsSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openBrain, texts } from "./bank-bench.ts";
import { OTHER_IBAN, OWN_IBAN, orderText, SELLER_IBAN } from "./order-text.ts";

describe("the sandbox bank judges a file by its own count", () => {
  it.each(["03", "09"] as const)("accepts a right file of version %s and says so once", (version) => {
    const bank = openBrain();
    const [file] = bank.order({ version, transfers: [{ id: "P1", amount: "12.34" }, { id: "P2" }] });
    expect(file).toMatchObject({ name: "MSG-1.xml", messageId: "MSG-1", status: "ACCP" });
    const [answer, ...others] = bank.outbox("pain002-");
    expect(others).toEqual([]);
    expect(texts(answer?.text ?? "", "GrpSts")).toEqual(["ACCP"]);
    expect(texts(answer?.text ?? "", "OrgnlMsgId")).toEqual(["MSG-1"]);
    expect(texts(answer?.text ?? "", "OrgnlMsgNmId")).toEqual([`pain.001.001.${version}`]);
    expect(bank.brain.pending().map(({ endToEndId }) => endToEndId)).toEqual(["P1", "P2"]);
    expect(bank.brain.paid()).toEqual([]);
    expect(readdirSync(join(bank.folder, "inbox"))).toEqual([]);
  });

  it.each([
    ["AM18", "the count is wrong", { count: "3", transfers: [{ id: "P1" }] }],
    ["AM10", "the sum is wrong", { sum: "10.01", transfers: [{ id: "P1" }] }],
    ["AM10", "an amount has three decimals", { sum: "10.001", transfers: [{ id: "P1", amount: "10.001" }] }],
  ])("refuses the whole file with %s when %s", (code, _, order) => {
    const bank = openBrain();
    expect(bank.order(order)[0]).toMatchObject({ status: "RJCT", code });
    const [answer] = bank.outbox("pain002-");
    expect(texts(answer?.text ?? "", "GrpSts")).toEqual(["RJCT"]);
    expect(texts(answer?.text ?? "", "Cd")).toEqual([code]);
    expect(bank.brain.pending()).toEqual([]);
  });

  it("refuses a payment from an account it does not hold, with AC02", () => {
    const bank = openBrain();
    expect(bank.order({ debtorIban: OTHER_IBAN, transfers: [{ id: "P1" }] })[0]?.status).toBe("RJCT");
    expect(texts(bank.outbox("pain002-")[0]?.text ?? "", "Cd")).toEqual(["AC02"]);
  });

  it("refuses an execution date more than a year ahead, with DT01", () => {
    const bank = openBrain();
    bank.order({ date: "2028-01-03", transfers: [{ id: "P1" }] });
    expect(texts(bank.outbox("pain002-")[0]?.text ?? "", "Cd")).toEqual(["DT01"]);
  });

  it.each([
    ["AC01", { id: "P2", iban: "DE89370400440532013001" }],
    ["AM03", { id: "P2", currency: "USD" }],
    ["AM01", { id: "P2", amount: "0.00" }],
    ["AM02", { id: "P2", amount: "1000000000.00" }],
    ["BE04", { id: "P2", name: "" }],
  ])("refuses one transfer with %s and keeps the others", (code, bad) => {
    const bank = openBrain();
    expect(bank.order({ transfers: [{ id: "P1" }, bad] })[0]?.status).toBe("PART");
    const text = bank.outbox("pain002-")[0]?.text ?? "";
    expect(texts(text, "GrpSts")).toEqual(["PART"]);
    expect(texts(text, "OrgnlEndToEndId")).toEqual(["P2"]);
    expect(texts(text, "TxSts")).toEqual(["RJCT"]);
    expect(texts(text, "Cd")).toEqual([code]);
    expect(bank.brain.pending().map(({ endToEndId }) => endToEndId)).toEqual(["P1"]);
  });

  it("answers RJCT for the group when every transfer is refused", () => {
    const bank = openBrain();
    bank.order({ transfers: [{ id: "P1", currency: "USD" }] });
    expect(texts(bank.outbox("pain002-")[0]?.text ?? "", "GrpSts")).toEqual(["RJCT"]);
  });
});

describe("the sandbox bank and files that come twice", () => {
  it("refuses a message id it knows with DU01 and pays the first file only", () => {
    const bank = openBrain();
    bank.order({ transfers: [{ id: "P1" }] }, "a.xml");
    expect(bank.order({ transfers: [{ id: "P1" }] }, "b.xml")[0]).toMatchObject({ status: "RJCT", code: "DU01" });
    bank.brain.endOfDay("2026-11-20");
    expect(bank.brain.paid().map(({ endToEndId }) => endToEndId)).toEqual(["P1"]);
    expect(bank.brain.doublePaid()).toEqual([]);
    const [first, second] = bank.brain.received();
    expect(first?.sha256).toBe(second?.sha256);
  });

  it("pays an end-to-end id twice when told twice, and raises the alarm", () => {
    const bank = openBrain();
    bank.order({ messageId: "M1", transfers: [{ id: "P1" }] });
    bank.order({ messageId: "M2", transfers: [{ id: "P1" }, { id: "P2" }] });
    expect(bank.brain.doublePaid()).toEqual([
      { endToEndId: "P1", times: 2, totalMinor: 2000n, messageIds: ["M1", "M2"] },
    ]);
    bank.brain.endOfDay("2026-11-20");
    expect(bank.brain.paid()).toHaveLength(3);
    expect(bank.brain.balance(OWN_IBAN)).toBe(1_000_000n - 3000n);
  });

  it("does not count a refused transfer as paid when it comes again", () => {
    const bank = openBrain();
    bank.order({ messageId: "M1", transfers: [{ id: "P1", currency: "USD" }] });
    bank.order({ messageId: "M2", transfers: [{ id: "P1" }] });
    expect(bank.brain.doublePaid()).toEqual([]);
  });
});

describe("the sandbox bank and files that are no orders", () => {
  const right = orderText({ transfers: [{ id: "P1" }] });
  it.each([
    ["cut off", right.slice(0, right.length - 40)],
    ["another message", right.replaceAll("pain.001.001.09", "pain.008.001.08")],
    ["with a document type", right.replace("?>\n", "?>\n<!DOCTYPE Document [<!ENTITY a 'b'>]>\n")],
    ["without a message id", right.replace("<MsgId>MSG-1</MsgId>", "")],
    ["with a message id of 36", right.replace("<MsgId>MSG-1<", `<MsgId>${"M".repeat(36)}<`)],
    ["with an end-to-end id of 36", right.replace("<EndToEndId>P1<", `<EndToEndId>${"E".repeat(36)}<`)],
    ["without a payment", right.replace(/<PmtInf>[\s\S]*<\/PmtInf>/, "")],
    ["without a transfer", right.replace(/<CdtTrfTxInf>[\s\S]*<\/CdtTrfTxInf>/, "")],
    ["with a date that is none", right.replace("<Dt>2026-11-20<", "<Dt>20.11.2026<")],
    ["nested without end", right.replace("<GrpHdr>", "<a>".repeat(100))],
    ["empty", ""],
  ])("answers FF01 to a file %s", (_, content) => {
    const bank = openBrain();
    bank.put("x.xml", content);
    expect(bank.brain.processInbox()[0]).toMatchObject({ status: "RJCT", code: "FF01", readable: false });
    expect(texts(bank.outbox("pain002-")[0]?.text ?? "", "Cd")).toEqual(["FF01"]);
    expect(bank.brain.pending()).toEqual([]);
  });

  it("answers FF01 to bytes that are not UTF-8", () => {
    const bank = openBrain();
    bank.put("x.xml", Buffer.from(right.replace("Marketplace SA", "March\u00e9"), "latin1"));
    expect(bank.brain.processInbox()[0]?.code).toBe("FF01");
  });

  it("does not use up the message id of a file it could not read", () => {
    const bank = openBrain();
    bank.put("x.xml", right.slice(0, right.length - 40));
    bank.brain.processInbox();
    bank.put("y.xml", right);
    expect(bank.brain.processInbox()[0]?.status).toBe("ACCP");
  });

  it.each(["x.xml.part", "x.tmp", ".x.xml", "x.filepart"])("leaves the unfinished name %s alone", (name) => {
    const bank = openBrain();
    bank.put(name, right);
    expect(bank.brain.processInbox()).toEqual([]);
    expect(existsSync(join(bank.folder, "inbox", name))).toBe(true);
  });

  it("leaves folders and files that somebody still writes to alone", () => {
    const bank = openBrain();
    mkdirSync(join(bank.folder, "inbox", "folder.xml"));
    expect(bank.brain.processInbox()).toEqual([]);
  });
});

describe("the sandbox bank keeps its memory", () => {
  it("knows after a restart what it received, accepted and paid", () => {
    const before = openBrain();
    before.order({ transfers: [{ id: "P1" }] });
    before.brain.endOfDay("2026-11-20");
    const after = openBrain(before.folder);
    expect(after.brain.paid()).toEqual(before.brain.paid());
    expect(after.brain.received()).toEqual(before.brain.received());
    expect(after.brain.balance(OWN_IBAN)).toBe(999_000n);
    expect(after.order({ transfers: [{ id: "P1" }] })[0]?.code).toBe("DU01");
  });

  it("takes up a file it had claimed and not judged when it was killed", () => {
    const before = openBrain();
    before.put("x.xml", orderText({ transfers: [{ id: "P1" }] }));
    renameSync(join(before.folder, "inbox", "x.xml"), join(before.folder, "processed", "000001-x.xml"));
    const after = openBrain(before.folder);
    expect(after.brain.processInbox()).toMatchObject([{ name: "x.xml", status: "ACCP" }]);
    expect(after.brain.processInbox()).toEqual([]);
    expect(after.brain.pending()).toHaveLength(1);
  });

  it("opens accounts by itself when none were given", async () => {
    const { SandboxBankBrain } = await import("../../src/sandbox/bank-brain.ts");
    const { clock, newFolder } = await import("./bank-bench.ts");
    const { writeFileSync } = await import("node:fs");
    const folder = newFolder();
    const brain = new SandboxBankBrain({ folder, clock });
    writeFileSync(join(folder, "inbox", "x.xml"), orderText({ transfers: [{ id: "P1", iban: SELLER_IBAN }] }));
    expect(brain.processInbox()[0]?.status).toBe("ACCP");
    brain.endOfDay("2026-11-20");
    expect(brain.balance(OWN_IBAN)).toBe(-1000n);
  });
});
