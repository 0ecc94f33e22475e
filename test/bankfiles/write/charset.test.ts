import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Charset, convertText, isPermitted } from "../../../src/bankfiles/write/charset.ts";

const TABLE_FILE = fileURLToPath(new URL("../../../../shared/data/epc217-08-charset.json", import.meta.url));

describe("text of a bank file", () => {
  it.each([
    ["plain text stays", "Rent May 2026 (part 1): 12,50 + 3.-/?'", "Rent May 2026 (part 1): 12,50 + 3.-/?'"],
    ["letters with marks lose them", "Zoë Łukasz Ångström Ćosić", "Zoe Lukasz Angstrom Cosic"],
    ["ligatures and special letters", "Ærø Œuvre Straße Þór", "Aro Ouvre Strase Tor"],
    ["the euro sign is an E", "5 €", "5 E"],
    ["Greek", "Θεός Ψυχή Χίος", "THeos PSychi CHios"],
    ["Cyrillic", "Щастие Яна Юлия", "SHTastie YAna YUliya"],
    ["signs of the table", "a;b[c]d{e}f\\g|h`i¿", "a,b(c)d(e)f/g/h'i?"],
    ["signs of the prose", 'R&D _a~b "q" <x>', "R+D -a-b 'q' (x)"],
    ["other signs are full stops", "a@b#c!d*e=f%", "a.b.c.d.e.f."],
    ["an emoji is one full stop", "hi \u{1F600}!", "hi .."],
    ["a separate diaeresis is composed first", "Mu\u0308ller", "Muller"],
    ["a lone surrogate is a full stop", "a\ud800b", "a.b"],
    ["line breaks and tabs are spaces", "line1\r\nline2\tend", "line1 line2 end"],
    ["control characters are spaces", "a\u0000b\u0007c", "a b c"],
    ["no-break and thin spaces are spaces", "a\u00a0b\u2009c\u200bd", "a b c d"],
    ["spaces are trimmed and made single", "  a   b  ", "a b"],
    ["a byte order mark goes away", "\ufeffName", "Name"],
  ])("%s", (_what, text, written) => {
    expect(convertText(text, "epc")).toBe(written);
  });

  it.each([
    ["german", "Müller Größe Äpfel Ü", "Mueller Groesse Aepfel Ue"],
    ["german", "Mu\u0308ller", "Mueller"],
    ["german", "Zoë & Co", "Zoe + Co"],
    ["extended", "Müller & Söhne <Çağ>", "Müller & Söhne <Çağ>"],
    ["extended", "Mu\u0308ller", "Müller"],
    ["extended", "Ștefan Țiriac 5 €", "Ștefan Țiriac 5 €"],
    ["extended", "Щука \u00ad", "SHTuka ."],
  ] as const)("the set %s writes %s as %s", (charset, text, written) => {
    expect(convertText(text, charset)).toBe(written);
  });

  it.each(["epc", "german", "extended"] as const)("every Unicode scalar stays inside the set %s", (charset) => {
    const strange: string[] = [];
    for (let code = 0; code <= 0x10ffff; code += 1) {
      if (code >= 0xd800 && code <= 0xdfff) continue;
      const written = convertText(`x${String.fromCodePoint(code)}y`, charset);
      if (!inSet(written, charset)) strange.push(code.toString(16));
    }
    expect(strange).toEqual([]);
  });

  it("text of any length is converted", () => {
    const words = "ab ".repeat(5_000_000);
    expect(convertText(`${words}c`, "epc")).toBe(`${words}c`);
    expect(convertText(` ${words}ü`, "epc")).toBe(`${words}u`);
  });

  it("any text is written inside the set, without loose spaces, and writing it again changes nothing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.constantFrom("epc", "german", "extended"), (text, charset) => {
        const written = convertText(text, charset);
        expect(inSet(written, charset)).toBe(true);
        expect(written).toBe(written.trim().replace(/ {2,}/g, " "));
        expect(convertText(written, charset)).toBe(written);
        expect(isPermitted(written, charset)).toBe(true);
      }),
    );
  });

  it.skipIf(!existsSync(TABLE_FILE))("agrees with the whole table of EPC217-08", () => {
    const { mapping } = JSON.parse(readFileSync(TABLE_FILE, "utf8")) as { mapping: Record<string, string> };
    const differing = Object.entries(mapping).filter(([name, target]) => {
      const character = String.fromCodePoint(Number.parseInt(name.slice(2), 16));
      // Characters that composing replaces are never looked up themselves.
      if (character.normalize("NFC") !== character) return false;
      return convertText(`1${character}1`, "epc") !== convertText(`1${target}1`, "epc");
    });
    expect(Object.keys(mapping).length).toBeGreaterThan(1_000);
    expect(differing).toEqual([]);
  });
});

/** Written apart from the code it tests. */
function inSet(text: string, charset: Charset): boolean {
  return charset === "extended"
    ? /^[\x20-\x7e\u00a1-\u017f\u0218-\u021b\u20ac]*$/.test(text)
    : /^[a-zA-Z0-9/\-?:().,'+ ]*$/.test(text);
}
