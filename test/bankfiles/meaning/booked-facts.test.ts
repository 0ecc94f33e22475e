import { describe, expect, it } from "vitest";
import { bookedFacts, countOnce } from "../../../src/bankfiles/meaning/booked-facts.ts";
import type { CamtDocument, Entry } from "../../../src/bankfiles/read/document.ts";
import { camt, detail, line } from "./camt-table.ts";

const factsOf = (...entries: Entry[]) => bookedFacts(camt("camt.053", entries)).facts;
const overlap = (...documents: CamtDocument[]) =>
  countOnce(documents.flatMap((document) => bookedFacts(document).facts));

describe("only booked lines are facts", () => {
  it.each([
    ["BOOK", 1],
    ["book ", 1],
    ["PDNG", 0],
    ["INFO", 0],
    ["FUTR", 0],
    [undefined, 0],
  ])("%s gives %i", (status, count) => {
    const { status: _, ...bare } = line("-1.00");
    expect(factsOf({ ...bare, ...(status === undefined ? {} : { status }) })).toHaveLength(count);
  });
});

describe("amounts are exact, and what cannot be read is a finding at its entry", () => {
  it.each([
    // line                                             facts  findings
    [line("-12.34"), [[1234n, "DBIT"]], []],
    [line("+1500", { currency: "JPY" }), [[1500n, "CRDT"]], []],
    [line("+1.234", { currency: "TND" }), [[1234n, "CRDT"]], []],
    [{ ...line("+5.00"), amount: "-5.00" }, [[500n, "DBIT"]], ["AMOUNT_NEGATIVE"]],
    [line("+1.005"), [], ["AMOUNT_UNREADABLE"]],
    [line("+1,00"), [], ["AMOUNT_UNREADABLE"]],
    // Three X stand for no currency at all (ISO 4217).
    [line("+1.00", { currency: "XXX" }), [], ["CURRENCY_UNKNOWN"]],
    [line("-9.00", { details: [detail("A", { amount: "nine" })] }), [[900n, "DBIT"]], ["AMOUNT_UNREADABLE"]],
    [line("-9.00", { charges: [{ amount: "?" }] }), [[900n, "DBIT"]], ["AMOUNT_UNREADABLE"]],
    [
      line("-9.00", { batch: { count: "two", total: "x" } }),
      [[900n, "DBIT"]],
      ["AMOUNT_UNREADABLE", "COUNT_UNREADABLE"],
    ],
  ])("%o", (entry, facts, codes) => {
    const read = bookedFacts(camt("camt.053", [entry]));
    expect(read.facts.map(({ amountMinor, direction }) => [amountMinor, direction])).toEqual(facts);
    expect(read.findings.map(({ code }) => code)).toEqual(codes);
    for (const { where } of read.findings) expect(where).toContain("camt.053-1/Ntry[1]");
  });

  it("needs a direction and an account", () => {
    const { direction: _, ...bare } = line("+1.00");
    expect(bookedFacts(camt("camt.053", [bare])).findings.map(({ code }) => code)).toEqual(["DIRECTION_MISSING"]);
    const nowhere = camt("camt.053", [line("+1.00")], { account: {} });
    expect(bookedFacts(nowhere).findings.map(({ code }) => code)).toEqual(["ACCOUNT_MISSING"]);
  });

  it("takes the account's currency and a date out of a date-time", () => {
    const { currency: _, ...entry } = line("+1.00", { bookingDate: "2026-11-20T23:59:59+01:00" });
    expect(factsOf(entry)[0]).toMatchObject({ currency: "EUR", bookingDate: "2026-11-20" });
  });
});

describe("the details of a line", () => {
  it("a single detail without amount has the amount of its entry; one of several has none", () => {
    expect(factsOf(line("-9.00", { details: [detail("A")] }))[0]?.details[0]).toMatchObject({ amountMinor: 900n });
    const [fact] = factsOf(line("-9.00", { details: [detail("A"), detail("B", { amount: "4.00" })] }));
    expect(fact?.details.map(({ amountMinor }) => amountMinor)).toEqual([undefined, 400n]);
  });

  it("a return less charges keeps amount, charges and reason apart", () => {
    const returned = detail("A", {
      amount: "50.00",
      return: { code: "AC04" },
      charges: [{ amount: "3.00", included: true }],
    });
    expect(factsOf(line("+47.00", { details: [returned] }))[0]).toMatchObject({
      amountMinor: 4700n,
      kind: "return",
      returnReason: { code: "AC04" },
      charges: [{ amountMinor: 300n, direction: "DBIT", included: true }],
      details: [{ amountMinor: 5000n }],
    });
  });

  it("an amount in another currency stays in that currency", () => {
    const [fact] = factsOf(line("+10.00", { details: [detail("A", { amount: "11.20", currency: "CHF" })] }));
    expect(fact).toMatchObject({
      amountMinor: 1000n,
      currency: "EUR",
      details: [{ amountMinor: 1120n, currency: "CHF" }],
    });
  });
});

describe("the kind of a line is guessed from the bank's codes", () => {
  const iso = (domain: string, family: string, subFamily: string) => ({ code: { domain, family, subFamily } });
  it.each([
    ["-", iso("PMNT", "ICDT", "ESCT"), "transfer"],
    ["-", iso("PMNT", "IRCT", "ESCT"), "transfer"],
    ["-", iso("PNMT", "ICDT", "ESCT"), "transfer"],
    ["+", iso("PMNT", "ICDT", "RRTN"), "return"],
    ["+", iso("PMNT", "RCDT", "RRTN"), "return"],
    ["+", iso("PMNT", "RCDT", "ESCT"), "payin"],
    ["+", iso("PMNT", "RRCT", "ESCT"), "payin"],
    ["-", iso("ACMT", "MDOP", "CHRG"), "charge"],
    ["-", iso("PMNT", "MDOP", "FEES"), "charge"],
    ["-", iso("CAMT", "ACCB", "SWEP"), "other"],
    ["-", { code: { proprietary: "NTRF+116+9001+123" } }, "transfer"],
    ["+", { code: { proprietary: "NTRF+166" } }, "payin"],
    ["+", { code: { proprietary: "NRTI+159+00931" } }, "return"],
    ["-", { batch: { paymentInformationId: "P1" } }, "transfer"],
    ["+", { details: [detail("A", { return: { code: "AC01" } })] }, "return"],
    ["+", {}, "other"],
  ])("%s %o is %s", (sign, more, kind) => {
    expect(factsOf(line(`${sign}1.00`, more))[0]?.kind).toBe(kind);
  });
});

describe("one booking reported by several messages is counted once", () => {
  const entry = line("-12.34", { servicerReference: "REF-1" });

  it("052, 054 and 053 in any order give one confirmed fact with the most details and the value date", () => {
    const intraday = camt("camt.052", [line("-1.00"), { ...entry, bookingDate: "2026-11-20T14:03:00" }]);
    const advice = camt("camt.054", [
      { ...entry, details: [detail("A", { amount: "10.00" }), detail("B", { amount: "2.34" })] },
    ]);
    const statement = camt("camt.053", [{ ...entry, amount: "012.340", valueDate: "2026-11-21" }]);
    for (const documents of [
      [intraday, advice, statement],
      [statement, advice, intraday],
      [advice, statement, intraday, statement],
    ]) {
      const { facts, findings } = overlap(...documents);
      const fact = facts.filter(({ servicerReference }) => servicerReference === "REF-1");
      expect(fact).toHaveLength(1);
      expect(fact[0]).toMatchObject({ confirmed: true, source: "camt.053", valueDate: "2026-11-21" });
      expect(fact[0]?.details.map(({ endToEndId }) => endToEndId)).toEqual(["A", "B"]);
      expect(findings).toEqual([]);
    }
  });

  it.each([
    ["another amount", { ...entry, amount: "12.35" }],
    ["another direction", { ...entry, direction: "CRDT" as const }],
    ["another day", { ...entry, bookingDate: "2026-11-21" }],
    ["another reference", { ...entry, servicerReference: "REF-2" }],
    ["the reversal of it", { ...entry, reversal: true }],
    ["another currency", { ...entry, currency: "CHF" }],
  ])("%s is another booking", (_, other) => {
    expect(overlap(camt("camt.052", [entry]), camt("camt.053", [entry, other])).facts).toHaveLength(2);
  });

  it("two lines alike in one statement are two bookings, and stay two when reported again", () => {
    expect(overlap(camt("camt.052", [entry, entry]), camt("camt.053", [entry, entry])).facts).toHaveLength(2);
    expect(overlap(camt("camt.052", [entry]), camt("camt.053", [entry, entry])).facts).toHaveLength(2);
  });

  it("two advices that share a reference but name different transfers are two bookings, and are reported", () => {
    const [a, b] = [detail("A"), detail("B")].map((one) => camt("camt.054", [{ ...entry, details: [one] }]));
    const { facts, findings } = overlap(...[a, b, a, b].filter((document) => document !== undefined));
    expect(facts.map(({ details }) => details[0]?.endToEndId)).toEqual(["A", "B"]);
    expect(findings.map(({ code }) => code)).toContain("IDENTITY_SHARED");
  });

  it("a line number is not a reference when the line names its transfer", () => {
    const numbered = (reference: string, name: string) => line("+5.00", { reference, details: [detail(name)] });
    expect(overlap(camt("camt.054", [numbered("1", "A")]), camt("camt.054", [numbered("1", "B")])).facts).toHaveLength(
      2,
    );
    expect(overlap(camt("camt.054", [numbered("1", "A")]), camt("camt.053", [numbered("7", "A")])).facts).toHaveLength(
      1,
    );
  });
});
