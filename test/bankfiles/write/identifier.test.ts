import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { idProblem, paymentInformationId } from "../../../src/bankfiles/write/identifier.ts";

describe("ids of a payment message", () => {
  it.each(["A", "0012", "1E5", "a/b", "X-1:2(3).4,5'6+7?8", "A B", "x".repeat(35), "NOTPROVIDED"])("takes %s", (id) => {
    expect(idProblem(id)).toBeUndefined();
  });

  it.each([
    "",
    " ",
    "x".repeat(36),
    "A_B",
    "A_Ü_B",
    "/x",
    "x/",
    "a//b",
    " /x ",
    " x",
    "x ",
    "a\nb",
    "a&b",
    "é",
    "\u0000",
  ])("refuses %j", (id) => {
    expect(idProblem(id)).toBeTypeOf("string");
  });

  it("derives a PmtInfId from the MsgId, readable as long as it fits", () => {
    expect(paymentInformationId("MSG-1", 1)).toBe("MSG-1-1");
    expect(paymentInformationId("M".repeat(33), 7)).toBe(`${"M".repeat(33)}-7`);
  });

  it("keeps a derived PmtInfId right and different for every message and payment", () => {
    const id = fc.stringMatching(/^[A-Za-z0-9+?/\-:().,' ]{1,35}$/).filter((text) => idProblem(text) === undefined);
    fc.assert(
      fc.property(id, id, fc.integer({ min: 1, max: 999_999 }), (one, other, ordinal) => {
        const derived = paymentInformationId(one, ordinal);
        expect(idProblem(derived)).toBeUndefined();
        expect(derived).not.toBe(paymentInformationId(one, ordinal + 1));
        if (one !== other) expect(derived).not.toBe(paymentInformationId(other, ordinal));
      }),
    );
  });
});
