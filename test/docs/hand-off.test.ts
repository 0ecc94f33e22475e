import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { TRANSFER_FILE_LIFECYCLE } from "../../src/domain/transfer-file.ts";
import { packageFile } from "../../src/package-file.ts";

const TEXT = readFileSync(packageFile("docs/hand-off.md"), "utf8");
const section = (title: string) => TEXT.split(/^## /m).find((part) => part.startsWith(title)) ?? "";
const codesIn = (text: string) => [...text.matchAll(/`([A-Z_]+)`/g)].map(([, code = ""]) => code);

describe("the page about the hand-off", () => {
  it("names every state of a transfer file once", () => {
    const cells = [...section("On its way").matchAll(/^\| (`.+?) \|/gm)].flatMap(([, cell = ""]) => codesIn(cell));
    expect(cells.sort()).toEqual(Object.keys(TRANSFER_FILE_LIFECYCLE).sort());
  });

  it.each([
    ["withdraw", "cancel"],
    ["sent-by-hand", "sendByHand"],
    ["confirmed-by-phone", "confirmByPhone"],
  ])("tells in which states `%s` is possible", (deed, event) => {
    const [, states = ""] = new RegExp(`^\\| \`${deed}\` \\| ([^|]+) \\|`, "m").exec(section("By hand")) ?? [];
    const possible = Object.entries(TRANSFER_FILE_LIFECYCLE).filter(([, cells]) => event in cells);
    expect(codesIn(states).sort()).toEqual(possible.map(([state]) => state).sort());
  });
});
