import { describe, expect, it } from "vitest";
import type { RemoteFile } from "../../src/exchange/bank-channel.ts";
import { settled } from "../../src/exchange/settled.ts";

const NOW = Date.parse("2026-11-20T06:00:00Z");
const RULES = { tempSuffixes: [".part", ".filepart", ".tmp"], minAgeMs: 1_000 };

function file(name: string, size = 10, ageMs = 5_000, kind: RemoteFile["kind"] = "file"): RemoteFile {
  return { name, kind, size, modifiedAt: new Date(NOW - ageMs) };
}

const names = (files: readonly RemoteFile[]) => files.map(({ name }) => name);

describe("a bank's file is fetched only when it is complete", () => {
  it.each([
    ["seen twice with the same size", file("A"), file("A"), true],
    ["seen for the first time", undefined, file("A"), false],
    ["grown since", file("A", 9), file("A", 10), false],
    ["written anew with the same size", file("A", 10, 6_000), file("A", 10, 5_000), false],
    ["too young", file("A", 10, 999), file("A", 10, 999), false],
    ["just old enough", file("A", 10, 1_000), file("A", 10, 1_000), true],
    ["empty, and no change any more", file("A", 0), file("A", 0), true],
    ["a folder", file("A", 10, 5_000, "folder"), file("A", 10, 5_000, "folder"), false],
    ["a link", file("A", 10, 5_000, "other"), file("A", 10, 5_000, "other"), false],
    ["temporary", file("A.part"), file("A.part"), false],
    ["temporary in capitals", file("A.FilePart"), file("A.FilePart"), false],
    ["hidden", file(".A"), file(".A"), false],
    ["named with a path", file("../A"), file("../A"), false],
    ["named with a line break", file("A\nB"), file("A\nB"), false],
  ])("%s", (_case, before, now, expected) => {
    expect(names(settled(before === undefined ? [] : [before], [now], RULES, NOW))).toEqual(expected ? [now.name] : []);
  });

  it("with markers: the file whose marker is there, at once; neither a file without nor the marker", () => {
    const listing = [
      file("A", 10, 0),
      file("A.done", 0, 0),
      file("B", 10, 9_000),
      file(".done"),
      file("C.part"),
      file("C.part.done"),
    ];
    const found = settled(listing, listing, { ...RULES, markerSuffix: ".done" }, NOW);
    expect(names(found)).toEqual(["A"]);
  });

  it("10 000 files in one listing", () => {
    const listing = Array.from({ length: 10_000 }, (_, i) => file(`F${i}`));
    expect(settled(listing, listing, RULES, NOW)).toHaveLength(10_000);
  });
});
