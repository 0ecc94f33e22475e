import { describe, expect, it } from "vitest";
import { addressProblems, writtenAddress } from "../../../src/bankfiles/write/address.ts";

const full = { country: "DE", town: "Köln", postCode: "50667", street: "Domkloster", buildingNumber: "4" };

describe("addresses since November 2026", () => {
  it.each([
    ["none", full, undefined],
    ["structured", full, { ...full, town: "Koln", lines: [] }],
    [
      "structured",
      { country: "FR", town: "Nice" },
      { country: "FR", town: "Nice", postCode: "", street: "", buildingNumber: "", lines: [] },
    ],
    ["hybrid", { ...full, lines: ["Hinterhaus", " "] }, { ...full, town: "Koln", lines: ["Hinterhaus"] }],
    [
      "lines",
      full,
      { country: "DE", town: "", postCode: "", street: "", buildingNumber: "", lines: ["Domkloster 4", "50667 Koln"] },
    ],
    [
      "lines",
      { ...full, lines: ["Dom", "Köln"] },
      { country: "DE", town: "", postCode: "", street: "", buildingNumber: "", lines: ["Dom", "Koln"] },
    ],
  ] as const)("in the form %s, %j is written as %j", (form, address, written) => {
    expect(writtenAddress(address, form, "epc")).toEqual(written);
  });

  it.each([
    ["hybrid", { ...full, lines: ["Hinterhaus", "2. OG"] }, []],
    ["hybrid", { ...full, lines: ["a", "b", "c"] }, ["lines"]],
    ["hybrid", { ...full, lines: ["KOLN"] }, ["lines[0]"]],
    ["hybrid", { ...full, lines: ["x".repeat(71)] }, ["lines[0]"]],
    ["hybrid", { country: "DE", town: " ", lines: ["Dom 1", "Köln"] }, ["town"]],
    ["structured", { ...full, postCode: "1".repeat(17) }, ["postCode"]],
    ["lines", { ...full, street: "s".repeat(70) }, ["lines[0]"]],
    ["lines", { ...full, country: "D" }, ["country"]],
    ["none", { country: "", town: "" }, []],
  ] as const)("in the form %s, %j has faults at %j", (form, address, fields) => {
    expect(addressProblems(address, form, "epc").map(({ field }) => field)).toEqual(fields);
  });
});
