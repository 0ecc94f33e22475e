import { describe, expect, it } from "vitest";
import { AFTER_DOUBT } from "../../src/exchange/hand-off-truth.ts";
import { decideAfterDoubt } from "../../src/exchange/inspect.ts";

const frozen = { size: 100, sha256: "aa" };
const same = { size: 100, sha256: "aa" };
const shorter = { size: 40, sha256: "bb" };
const other = { size: 100, sha256: "bb" };
const unread = { size: 100, sha256: null };

const ROWS = [
  // rename begun?, .part, final, decision
  [false, null, null, "upload-again"],
  [false, shorter, null, "upload-again"],
  [false, other, null, "upload-again"],
  [false, same, null, "rename"],
  [false, unread, null, "rename"],
  [false, null, same, "sent"],
  [false, null, other, "stop"],
  [false, same, same, "stop"],
  [false, shorter, other, "stop"],
  [true, same, null, "rename"],
  [true, unread, null, "rename"],
  [true, shorter, null, "stop"],
  [true, other, null, "stop"],
  [true, null, same, "sent"],
  [true, null, unread, "sent"],
  [true, null, shorter, "stop"],
  [true, null, other, "stop"],
  [true, null, null, "sent-unconfirmed"],
  [true, same, same, "stop"],
  [true, same, other, "stop"],
  [true, shorter, same, "stop"],
] as const;

describe("the decision after a doubt", () => {
  it.each(ROWS)("rename begun %j, .part %j, final %j -> %s", (renameBegun, part, final, decision) => {
    expect(decideAfterDoubt({ part, final }, { ...frozen, renameBegun })).toBe(decision);
  });

  it("never uploads once a rename was begun", () => {
    const decisions = Object.values(AFTER_DOUBT["rename-begun"]).flatMap((row) => Object.values(row));
    expect(decisions).not.toContain("upload-again");
  });

  it("never sends when both names are taken", () => {
    for (const phase of Object.values(AFTER_DOUBT)) {
      for (const part of ["same", "different"] as const) {
        expect([phase[part].same, phase[part].different]).toEqual(["stop", "stop"]);
      }
    }
  });
});
