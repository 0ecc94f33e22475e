import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import data from "../../src/bankfiles/data/reason-codes.json" with { type: "json" };
import { allReasonCodes, isNextStep, NEXT_STEPS, reasonCode } from "../../src/bankfiles/reason-codes.ts";

describe("a reason code says what to do next", () => {
  it.each([
    ["FIX_ACCOUNT", "AC01 AC03 AC04 AC06 RC01 RC04 RC07 BE04 CNOR AG01 RR01 RR02 RR03 RR04"],
    ["FIX_FILE", "FF01 FF05 AM10 AM18 DT01 AG02 AM03 CURR"],
    ["FIX_OWN_SIDE", "AC02 AC05 AG08 DS0H DS19"],
    ["ADD_FUNDS", "AM04"],
    ["REDUCE_AMOUNT", "AM02 AM14 AM21 AM23"],
    ["WAIT_AND_RETRY", "AB05 AB06 AB07 AB08 AB09 AB10 TM01 ED05 DNOR"],
    ["CHECK_DUPLICATE", "AM05 DUPL DU01 DU04"],
    ["STOP_AND_ASK", "MD07 FRAD MS02 MS03 LEGL NOAS NARR FOCR"],
    ["NOTHING", "DS01 TS01 G000"],
  ])("%s: %s", (next, codes) => {
    for (const code of codes.split(" ")) expect(reasonCode(code), code).toMatchObject({ code, next, known: true });
  });

  it.each([undefined, "", "ZZ99", "4711", "__proto__", "constructor"])(
    "%s, which nobody knows, stops and asks",
    (code) => {
      expect(reasonCode(code)).toMatchObject({ next: "STOP_AND_ASK", known: false });
    },
  );

  it("forgives spaces and small letters", () => {
    expect(reasonCode(" ac04 ").code).toBe("AC04");
  });

  it("reads a code that means something else on a return by the return list", () => {
    expect(reasonCode("BE08", "status")).toMatchObject({ name: "MissingDebtorName", next: "FIX_OWN_SIDE" });
    expect(reasonCode("BE08", "return")).toMatchObject({ name: "BankError", next: "WAIT_AND_RETRY" });
  });

  it("only the bank's own unavailability is tried again without a person", () => {
    const byItself = Object.entries(NEXT_STEPS).filter(([, { retry }]) => retry === "later");
    expect(byItself.map(([step]) => step)).toEqual(["WAIT_AND_RETRY"]);
  });

  it("every row has a step of the table", () => {
    for (const [code, row] of Object.entries(data.codes)) expect(isNextStep(row.next), code).toBe(true);
  });
});

const ISO = new URL("../../../shared/data/iso20022-codesets.json", import.meta.url);

it.runIf(existsSync(ISO))("holds every status and return reason of the ISO lists, under their names", () => {
  const lists = JSON.parse(readFileSync(ISO, "utf8"));
  const named = (use: "status" | "return") =>
    Object.fromEntries(allReasonCodes(use).map(({ code, name }) => [code, { name }]));
  expect(named("status")).toMatchObject(namesOf(lists.ExternalStatusReasonCode));
  expect(named("return")).toMatchObject(namesOf(lists.ExternalReturnReasonCode));
});

function namesOf(list: Record<string, { name: string }>) {
  return Object.fromEntries(Object.entries(list).map(([code, { name }]) => [code, { name }]));
}
