import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSoundSepaIban } from "../../../src/bankfiles/write/sound-iban.ts";
import { ibanProblem, isSepaIban } from "../../../src/domain/account-number.ts";
import { FRENCH, GERMAN, SWISS } from "./sample.ts";

const VALID = [
  GERMAN,
  FRENCH,
  SWISS,
  "AL05038266184938722817762272",
  "NL91ABNA0417164300",
  "MT84MALT011000012345MTLCAST001S",
  "GB29NWBK60161331926819",
];

describe("the quick check of an IBAN", () => {
  it.each(VALID)("takes %s", (iban) => {
    expect(ibanProblem(iban)).toBeUndefined();
    expect(isSoundSepaIban(iban)).toBe(true);
  });

  it("leaves a right IBAN outside SEPA to the domain", () => {
    expect(isSoundSepaIban("TR330006100519786457841326")).toBe(false);
    expect(ibanProblem("TR330006100519786457841326")).toBeUndefined();
  });

  it("says the same as the domain of every IBAN with characters changed, taken out or put in", () => {
    const character = fc.oneof(
      fc.constantFrom(..."0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
      fc.constantFrom(..." a-é/@[`:"),
    );
    fc.assert(
      fc.property(fc.constantFrom(...VALID), fc.nat(34), fc.nat(2), character, (iban, at, removed, put) => {
        const changed = iban.slice(0, at) + put + iban.slice(at + removed);
        expect(isSoundSepaIban(changed)).toBe(isSepaIban(changed));
      }),
      { numRuns: 5_000 },
    );
  });

  it("refuses every wrong pair of check digits, and 00, 01 and 99 with them", () => {
    for (let check = 0; check < 100; check += 1) {
      const iban = `DE${String(check).padStart(2, "0")}${GERMAN.slice(4)}`;
      expect(isSoundSepaIban(iban)).toBe(check === 89);
    }
  });
});
