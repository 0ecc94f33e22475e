import { describe, expect, it } from "vitest";
import { isCreditorReference, isQrIban, isQrReference } from "../../../src/bankfiles/write/reference.ts";
import { GERMAN, SWISS, SWISS_QR } from "./sample.ts";

describe("structured references", () => {
  it.each(["RF712348231", "RF541234", "RF98REF1234", "RF18539007547034"])("takes the creditor reference %s", (text) => {
    expect(isCreditorReference(text)).toBe(true);
  });

  it.each([
    "RF68539007547034",
    "RF00539007547034",
    "RF18",
    "rf18539007547034",
    `RF18${"1".repeat(22)}`,
    "RF1853900754703 4",
  ])("refuses the creditor reference %s", (text) => {
    expect(isCreditorReference(text)).toBe(false);
  });

  it("knows a QR reference by its last digit, modulo 10 recursive", () => {
    expect(isQrReference("210000000003139471430009017")).toBe(true);
    expect(isQrReference("210000000003139471430009018")).toBe(false);
    expect(isQrReference("21000000000313947143000901")).toBe(false);
  });

  it("knows a QR-IBAN by its institution", () => {
    expect([SWISS_QR, SWISS, GERMAN].map(isQrIban)).toEqual([true, false, false]);
  });
});
