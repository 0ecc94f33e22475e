import { posix, win32 } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asBaseName, isBaseName, reducedName } from "../../src/exchange/remote-name.ts";
import { codeOf } from "./bank.ts";

const HOSTILE = [
  "",
  ".",
  "..",
  "../../etc/passwd",
  "/etc/passwd",
  "a/b",
  "..\\..\\boot.ini",
  "C:\\x",
  "a\u0000.xml",
  "a\nb",
  "a\rb",
  "\u001b[2Ja",
  "a\u0085b",
  "a\u2028b",
  "\u202exml.exe",
  "a\u200bb",
  "\ud800",
  "n".repeat(256),
  "é".repeat(128),
];

describe("names from a remote", () => {
  it.each(HOSTILE.map((name) => [name]))("%j is no base name", async (name) => {
    expect(await codeOf(async () => asBaseName(name))).toBe("REMOTE_NAME_INVALID");
  });

  it.each(["PAY.xml", "camt 053 é.xml", "-rf", "...", ".hidden", "n".repeat(255), "a;b|c&d", "CON"])(
    "%j is one",
    (name) => {
      expect(asBaseName(name)).toBe(name);
    },
  );

  it("a refusal shows the name without control characters", () => {
    expect(() => asBaseName("a/\u001b[2J\u202e")).toThrow(/found "a\/\\u001b\[2J\?"/);
  });

  it.each([
    ["../../etc/passwd", "passwd"],
    ["C:\\x\\camt.xml", "camt.xml"],
    [".bashrc", "_bashrc"],
    ["-rf", "_rf"],
    ["a\u0000b é.xml", "a_b_.xml"],
    ["", "_"],
    ["a/..", "_"],
    ["x".repeat(300), "x".repeat(100)],
  ])("%j is kept as %j", (name, kept) => {
    expect(reducedName(name)).toBe(kept);
  });

  it("whatever the remote says, the reduced name stays inside its folder on every system", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (name) => {
        const kept = reducedName(name);
        expect(isBaseName(kept)).toBe(true);
        expect(kept).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/);
        expect(posix.dirname(posix.join("/a", kept))).toBe("/a");
        expect(win32.dirname(win32.join("C:\\a", kept))).toBe("C:\\a");
      }),
      { numRuns: 2_000 },
    );
  });
});
