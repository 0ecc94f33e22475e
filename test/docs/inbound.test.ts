import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { EXCEPTION_LIFECYCLE, INBOUND_FILE_LIFECYCLE } from "../../src/domain/inbound-file.ts";
import { PGP_REFUSALS } from "../../src/exchange/pgp.ts";
import { packageFile } from "../../src/package-file.ts";

const TEXT = readFileSync(packageFile("docs/inbound.md"), "utf8");
const section = (title: string) => TEXT.split(/^## /m).find((part) => part.startsWith(title)) ?? "";
const codesIn = (text: string) => [...text.matchAll(/`([A-Z_]+)`/g)].map(([, code = ""]) => code);

describe("the page about what comes in", () => {
  it("names every state of an inbound file once", () => {
    const cells = [...section("The way").matchAll(/^\| (`.+?`) \|/gm)].flatMap(([, cell = ""]) => codesIn(cell));
    expect(cells.sort()).toEqual(Object.keys(INBOUND_FILE_LIFECYCLE).sort());
  });

  it("tells what to do about every way in which a sealed file is refused", () => {
    expect(codesIn(section("Why"))).toEqual(expect.arrayContaining(Object.keys(PGP_REFUSALS)));
  });

  it("names the states of an exception in their order", () => {
    expect(codesIn(section("Exceptions"))).toEqual(Object.keys(EXCEPTION_LIFECYCLE));
  });
});
