import { describe, expect, it } from "vitest";
import { isIso20022Id, messageId, shortHash, transferReference } from "../../src/domain/ids.ts";

const TRANSFER = { marketplace: "acme", seller: "S-1", date: "2026-11-20", currency: "EUR", ordinal: 1 };

describe("a short hash", () => {
  it("is the SHA-256 of the parts with their lengths, in Crockford's base 32", () => {
    // Both computed outside this program: sha256("") and sha256("3:abc1:d").
    expect(shortHash([])).toBe("WERC8GMRZGE196QVYK49");
    expect(shortHash(["abc", "d"])).toBe("39C7QMJQF61PBRYN160Q");
  });

  it.each([
    [
      ["ab", "c"],
      ["a", "bc"],
    ],
    [["a", ""], ["a"]],
    [["a"], ["A"]],
    [["é"], ["e\u0301"]],
  ])("tells %j from %j", (one, other) => {
    expect(shortHash(one)).not.toBe(shortHash(other));
  });

  it("shows no equal pair among 200 000 neighbours", () => {
    const hashes = new Set(Array.from({ length: 200_000 }, (_, n) => shortHash(["S", String(n)])));
    expect(hashes.size).toBe(200_000);
  });
});

describe("the reference of a transfer", () => {
  it("is the same for the same facts and fits every id of ISO 20022", () => {
    expect(transferReference(TRANSFER)).toBe(transferReference({ ...TRANSFER }));
    expect(transferReference(TRANSFER)).toMatch(/^T20261120-EUR-[A-Z0-9]{20}$/);
    expect(transferReference(TRANSFER).length).toBeLessThanOrEqual(35);
    expect(isIso20022Id(transferReference(TRANSFER))).toBe(true);
  });

  it("differs when any fact differs, even only in case", () => {
    const others = [
      { marketplace: "other" },
      { seller: "S-2" },
      { seller: "s-1" },
      { date: "2026-11-21" },
      { currency: "CHF" },
      { ordinal: 2 },
    ].map((change) => transferReference({ ...TRANSFER, ...change }));
    expect(new Set([transferReference(TRANSFER), ...others].map((text) => text.toLowerCase())).size).toBe(7);
  });

  it("stays within 35 characters whatever the seller is called", () => {
    const seller = "a seller with a very long and unusual name / 店".repeat(10);
    expect(transferReference({ ...TRANSFER, seller, ordinal: 1_000_000 })).toHaveLength(34);
  });
});

describe("a message id", () => {
  it("leaves room for the number of a payment block", () => {
    const id = messageId({ marketplace: "acme", date: "2026-11-20", ordinal: 1 });
    expect(id).toMatch(/^M20261120-[A-Z0-9]{20}$/);
    expect(isIso20022Id(`${id}-9999`)).toBe(true);
    expect(messageId({ marketplace: "acme", date: "2026-11-20", ordinal: 2 })).not.toBe(id);
  });
});

describe("an id of ISO 20022", () => {
  it.each(["a", "A/b", "E2E-1", "+?/-:().,' x", "0012", "x".repeat(35)])("%j is accepted", (text) => {
    expect(isIso20022Id(text)).toBe(true);
  });

  it.each([
    "",
    " ",
    "x".repeat(36),
    "/x",
    "x/",
    "a//b",
    "/",
    " /x ",
    " x",
    "x ",
    "A_Ü_B",
    "a_b",
    "a&b",
    "a;b",
    "a*b",
    "é",
    "a\nb",
    "a\n",
    "a\tb",
    "😀",
  ])("%j is refused", (text) => {
    expect(isIso20022Id(text)).toBe(false);
  });
});
