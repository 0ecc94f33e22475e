/** What the README shows of `remit bank-file` is what the commands print. */
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { workplace } from "./remit.ts";

const ROOT = join(import.meta.dirname, "../..");
const readme = readFileSync(join(ROOT, "README.md"), "utf8");
const [, block = ""] = /## Bank files on their own[\s\S]*?```\n([\s\S]*?)\n```/.exec(readme) ?? [];
const shown = block
  .split(/^\$ remit /m)
  .filter((part) => part !== "")
  .map((part) => {
    const [command = "", ...output] = part.trimEnd().split("\n");
    return [command, output.join("\n")] as const;
  });

describe("the README's bank file commands", () => {
  const place = workplace("2026-11-20T08:00:00Z");
  beforeAll(() => {
    mkdirSync(join(place.folder, "var"));
    symlinkSync(join(ROOT, "sample-files"), join(place.folder, "sample-files"));
  });

  it("are four", () => expect(shown).toHaveLength(4));

  it.each(shown)("%s prints what is shown", async (command, output) => {
    const { stdout } = await place.remit(...command.split(" "));
    const plain = (text: string) =>
      text
        .split("\n")
        .map((line) => line.trimEnd())
        .join("\n")
        .trim();
    expect(plain(stdout)).toBe(plain(output));
  });
});
