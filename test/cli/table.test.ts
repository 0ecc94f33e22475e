import { describe, expect, it } from "vitest";
import { recordText } from "../../src/cli/record-commands.ts";
import { table } from "../../src/cli/table.ts";

const HEAD = ["endToEndId", "seller", "says"];
const ROWS = [
  [
    "T20261120-EUR-0123456789ABCDEFGHJK",
    "a seller",
    "one long sentence that does not fit on the screen of a telephone",
  ],
  ["T2", "b", "short"],
];

describe("a table", () => {
  it.each([120, 80, 60, 40])("fits a terminal of %i columns", (width) => {
    const lines = table(HEAD, ROWS, width).split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
  });

  it("loses nothing by being narrowed", () => {
    const letters = table(HEAD, ROWS, 50).replace(/\s/g, "");
    for (const word of ["telephone", "seller"]) expect(letters).toContain(word);
  });

  it("is one line a row where nobody watches", () => {
    expect(table(HEAD, ROWS, 1_000).split("\n")).toHaveLength(3);
  });

  it("of nothing says so", () => {
    expect(table(HEAD, [])).toBe("nothing");
  });
});

it("a record is shown with its single values first and each list as a table", () => {
  const text = recordText({ ref: "O1", amount: "12.34", state: null, items: [{ ref: "a" }, { ref: "b" }] });
  expect(text.split("\n").map((line) => line.trimEnd())).toEqual([
    "ref     O1",
    "amount  12.34",
    "state   -",
    "",
    "items:",
    " ref",
    " a",
    " b",
  ]);
});
