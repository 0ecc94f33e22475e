import { expect, it } from "vitest";
import { bookedFacts, countOnce } from "../../src/bankfiles/meaning/booked-facts.ts";
import { camt, detail, line } from "../bankfiles/meaning/camt-table.ts";
import { codesOf, matchesOf, payIn, run, transfer } from "./recon-table.ts";

it("an advice with the details and a statement with the totals settle a batch once, its return and a pay-in", () => {
  const batch = line("-30.00", {
    servicerReference: "S1",
    code: { domain: "PMNT", family: "ICDT", subFamily: "ESCT" },
  });
  const returned = line("+17.00", {
    servicerReference: "S2",
    code: { domain: "PMNT", family: "ICDT", subFamily: "RRTN" },
    details: [
      detail("E-B", { amount: "20.00", return: { code: "AC04" }, charges: [{ amount: "3.00", included: true }] }),
    ],
  });
  const paidIn = line("+99.00", {
    servicerReference: "S3",
    details: [detail("NOTPROVIDED", { remittance: ["SETTLE-1"] })],
  });
  const advice = camt("camt.054", [
    { ...batch, details: [detail("E-A", { amount: "10.00" }), detail("E-B", { amount: "20.00" })] },
  ]);
  const statement = camt("camt.053", [batch, returned, paidIn]);
  const documents = [bookedFacts(advice), bookedFacts(statement), bookedFacts(advice)];
  const { facts } = countOnce(documents.flatMap((document) => document.facts));
  const transfers = [transfer("A", "10.00"), transfer("B", "20.00")];
  const result = run({ entries: facts, transfers, payIns: [payIn("1", "99.00")] });
  expect(matchesOf(result)).toEqual([
    "EXECUTED A by END_TO_END_ID",
    "EXECUTED B by END_TO_END_ID",
    "RETURNED B by END_TO_END_ID charges 300",
    "PAID_IN 1 by PAYIN_REFERENCE",
  ]);
  expect(codesOf(result)).toEqual([]);
});
