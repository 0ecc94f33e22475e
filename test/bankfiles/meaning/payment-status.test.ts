import { describe, expect, it } from "vitest";
import { meaningOfPain002 } from "../../../src/bankfiles/meaning/payment-status.ts";
import type { Pain002Document } from "../../../src/bankfiles/read/document.ts";
import { lookup, payment, report, transaction } from "./pain002-table.ts";

/** Each transfer as `kind`, `kind(reason)` or `kind?` when it is assumed from a partial acceptance. */
function read(document: Pain002Document): string {
  return meaningOfPain002(document, lookup)
    .statuses.map(
      ({ kind, reason, assumed }) => `${kind}${reason?.code ? `(${reason.code})` : ""}${assumed ? "?" : ""}`,
    )
    .join(" ");
}
const codes = (document: Pain002Document) => meaningOfPain002(document, lookup).findings.map(({ code }) => code);

describe("a pain.002 gives each transfer of the file the lowest explicit status", () => {
  it.each([
    // what the bank wrote                                                       outcome               A B C
    ["received", report("RCVD"), "ACKNOWLEDGED", "pending pending pending"],
    ["technically fine", report("ACTC"), "ACKNOWLEDGED", "pending pending pending"],
    ["accepted", report("ACCP"), "ACCEPTED", "accepted accepted accepted"],
    ["in process", report("ACSP"), "ACCEPTED", "accepted accepted accepted"],
    ["settled", report("ACSC"), "ACCEPTED", "settled settled settled"],
    ["rejected", report("RJCT/FF01"), "REJECTED", "rejected(FF01) rejected(FF01) rejected(FF01)"],
    ["cancelled", report("CANC"), "REJECTED", "cancelled cancelled cancelled"],
    ["pending", report("PDNG"), "ACKNOWLEDGED", "pending pending pending"],
    [
      "partly: one transaction refused",
      report("PART", [payment("P1", "PART", { A: "RJCT/AC04" })]),
      "PARTIALLY_ACCEPTED",
      "rejected(AC04) accepted? accepted?",
    ],
    [
      "partly, without payment status",
      report("PART", [payment("P1", "", { A: "RJCT/AC04" })]),
      "PARTIALLY_ACCEPTED",
      "rejected(AC04) accepted? accepted?",
    ],
    [
      "partly: one payment refused",
      report("PART", [payment("P1", "RJCT/AC01")]),
      "PARTIALLY_ACCEPTED",
      "rejected(AC01) rejected(AC01) accepted?",
    ],
    [
      "partly, but only accepted ones are listed: the others are not guessed",
      report("PART", [payment("P1", "ACCP")]),
      "ACKNOWLEDGED",
      "accepted accepted pending?",
    ],
    ["partly, nothing listed", report("PART"), "ACKNOWLEDGED", "pending? pending? pending?"],
    [
      "only a payment is reported, no group status",
      report("", [payment("P2", "RJCT/AC01")]),
      "PARTIALLY_ACCEPTED",
      "none none rejected(AC01)",
    ],
    [
      "rejected, except what a lower level says",
      report("RJCT/FF01", [payment("P1", "", { B: "ACCP" })]),
      "PARTIALLY_ACCEPTED",
      "rejected(FF01) accepted rejected(FF01)",
    ],
    [
      "a transaction without status inherits, and keeps its own reason",
      report("", [payment("P1", "RJCT/MS03", { A: "/AC04" })]),
      "PARTIALLY_ACCEPTED",
      "rejected(AC04) rejected(MS03) none",
    ],
    [
      "a rejected transaction takes the reason of its payment",
      report("PART", [payment("P1", "PART/AM04", { A: "RJCT" })]),
      "PARTIALLY_ACCEPTED",
      "rejected(AM04) accepted? accepted?",
    ],
    [
      "no payment id, two payments: by transaction only",
      report("", [payment("", "RJCT/FF01", { C: "RJCT/AC04" })]),
      "PARTIALLY_ACCEPTED",
      "none none rejected(AC04)",
    ],
  ])("%s", (_, document, outcome, statuses) => {
    expect(meaningOfPain002(document, lookup).outcome).toBe(outcome);
    expect(read(document)).toBe(statuses);
  });
});

describe("a duplicate refusal refuses the copy and leaves the first file as it is", () => {
  it.each([
    ["DU01 at the group", report("RJCT/DU01")],
    ["DUPL at the group", report("RJCT/DUPL")],
    ["AM05 at the group", report("RJCT/AM05")],
    [
      "AM05 at the group, transactions listed",
      report("RJCT/AM05", [payment("P1", "RJCT", { A: "RJCT", B: "RJCT/AM05" })]),
    ],
    ["DU02 at every payment", report("", [payment("P1", "RJCT/DU02"), payment("P2", "RJCT/DU02")])],
    [
      "DU02 at every payment, reasons below a bare rejection",
      report("RJCT", [payment("P1", "RJCT/DU02"), payment("P2", "RJCT/DU02")]),
    ],
  ])("%s", (_, document) => {
    expect(meaningOfPain002(document, lookup).outcome).toBe("DUPLICATE_REFUSED");
    expect(read(document)).toBe("none none none");
  });

  it("but a single transfer refused as a duplicate is refused", () => {
    const document = report("PART", [payment("P1", "", { A: "RJCT/AM05" })]);
    expect(read(document)).toBe("rejected(AM05) accepted? accepted?");
  });
});

describe("what is not a payment status stays apart", () => {
  it.each([
    ["all names match", report("RCVC"), "verification verification verification"],
    ["one close match", report("RVCM", [payment("P1", "", { A: "RVMC" })]), "verification verification verification"],
    ["verification without a group status", report("", [payment("P1", "", { A: "RVNM" })]), "verification none none"],
  ])("verification of payee: %s", (_, document, statuses) => {
    expect(meaningOfPain002(document, lookup).outcome).toBe("VERIFICATION");
    expect(read(document)).toBe(statuses);
  });

  it.each([
    ["EBICS", "EBICS"],
    ["NOTPROVIDED", ""],
    ["MSG-1", "EBICS"],
  ])("a protocol about %s %s is evidence only", (messageId, kind) => {
    const payments = [payment("FILE_UPLOAD", "/TS01"), payment("ORDER_HAC_FINAL_NEG", "/DS04")];
    const meaning = meaningOfPain002(report("", payments, { messageId, kind }), lookup);
    expect(meaning).toMatchObject({ outcome: "PROTOCOL", statuses: [], protocol: { final: "negative" } });
    expect(meaning.protocol?.actions.map(({ action }) => action)).toEqual(["FILE_UPLOAD", "ORDER_HAC_FINAL_NEG"]);
  });

  it.each([
    ["a MsgId we never sent", report("RJCT", [], { messageId: "OTHER" })],
    ["a direct debit file", report("RJCT", [], { kind: "pain.008.001.08" })],
  ])("%s is an unknown file, never guessed", (_, document) => {
    expect(meaningOfPain002(document, lookup)).toMatchObject({ outcome: "UNKNOWN_FILE", statuses: [] });
    expect(codes(document)).toEqual(["ORIGINAL_UNKNOWN"]);
  });

  it("reads a report whose original message name is empty or the bank's own", () => {
    for (const kind of ["", "pain.001.001.09.ch.03", "SEPA-CT"]) {
      expect(meaningOfPain002(report("ACCP", [], { kind }), lookup).outcome).toBe("ACCEPTED");
    }
  });
});

describe("what contradicts our file is named and not applied", () => {
  it.each([
    [
      "an EndToEndId we did not send",
      transaction("X", "RJCT/AC04"),
      "TRANSACTION_UNKNOWN",
      "pending? pending? pending?",
    ],
    [
      "another amount",
      transaction("A", "RJCT/AC04", { amount: "10.01", currency: "EUR" }),
      "AMOUNT_DIFFERS",
      "none pending? pending?",
    ],
    [
      "another currency",
      transaction("A", "RJCT/AC04", { amount: "10.00", currency: "CHF" }),
      "AMOUNT_DIFFERS",
      "none pending? pending?",
    ],
    [
      "an amount that is none",
      transaction("A", "RJCT/AC04", { amount: "ten" }),
      "AMOUNT_UNREADABLE",
      "none pending? pending?",
    ],
    [
      "another InstrId",
      transaction("A", "RJCT/AC04", { instructionId: "I-B" }),
      "INSTRUCTION_DIFFERS",
      "none pending? pending?",
    ],
    [
      "no reference at all",
      transaction("NOTPROVIDED", "RJCT/AC04"),
      "TRANSACTION_UNKNOWN",
      "pending? pending? pending?",
    ],
    ["a status that does not exist", transaction("A", "RJTC"), "STATUS_UNKNOWN", "none pending? pending?"],
  ])("%s", (_, row, code, statuses) => {
    const document = report("PART", [{ ...payment("P1", ""), transactions: [row] }]);
    expect(codes(document)).toContain(code);
    expect(read(document)).toBe(statuses);
  });

  it("finds a transfer by its InstrId when the bank gives no EndToEndId", () => {
    const row = transaction("NOTPROVIDED", "RJCT/AC04", { instructionId: "I-C", amount: "10" });
    const document = report("PART", [{ ...payment("P2", ""), transactions: [row] }]);
    expect(read(document)).toBe("accepted? accepted? rejected(AC04)");
  });

  it("passes over a transaction without reference and status below a payment whose status covers it", () => {
    const document = report("PART", [
      { ...payment("P1", "ACCP"), transactions: [{ reasons: [], amount: "10.00" }] },
      { ...payment("P2", "RJCT/AC01"), transactions: [{ reasons: [] }] },
    ]);
    expect(read(document)).toBe("accepted accepted rejected(AC01)");
    expect(codes(document)).toEqual([]);
  });

  it("takes a transaction without reference for the only transfer of its payment, and for no other", () => {
    const rejected = { status: "RJCT", reasons: [{ code: "AC04" }] };
    const only = report("PART", [{ ...payment("P2", ""), transactions: [rejected] }]);
    expect(read(only)).toBe("accepted? accepted? rejected(AC04)");
    const oneOfTwo = report("PART", [{ ...payment("P1", ""), transactions: [rejected] }]);
    expect(read(oneOfTwo)).toBe("pending? pending? pending?");
    expect(codes(oneOfTwo)).toEqual(["TRANSACTION_UNKNOWN"]);
  });

  it("takes a transaction under a payment id of the bank's own, and says so", () => {
    const document = report("PART", [payment("BANK-7", "", { C: "RJCT/AC04" })]);
    expect(read(document)).toBe("accepted? accepted? rejected(AC04)");
    expect(codes(document)).toEqual(["PAYMENT_UNKNOWN"]);
  });

  it("names a transfer that one report gives two statuses and keeps the one that counts", () => {
    const document = report("", [payment("P1", "", { A: "ACTC" }), payment("P1", "", { A: "ACSP" })]);
    expect(read(document)).toBe("accepted none none");
    expect(codes(document)).toEqual(["STATUS_REPEATED"]);
  });

  it("compares the count and the sum the bank repeats with what was sent", () => {
    expect(codes(report("ACCP", [], { count: "2", sum: "20.00" }))).toEqual([
      "ORIGINAL_COUNT_DIFFERS",
      "ORIGINAL_SUM_DIFFERS",
    ]);
    expect(codes(report("ACCP", [], { count: "03", sum: "30.0" }))).toEqual([]);
  });
});
