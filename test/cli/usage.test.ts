import { describe, expect, it } from "vitest";
import { workplace } from "./remit.ts";

const place = workplace();

describe.concurrent("a command line that is wrong", () => {
  it.each<[string[], RegExp]>([
    [["nope"], /unknown command 'nope'/],
    [["run", "nope"], /Allowed choices are authorise-due.*nightly/],
    [["run", "settle", "--date", "2026-02-30"], /a date that exists/],
    [["transfers", "list", "--limit", "many"], /whole number/],
  ])("%j exits 2, says why on stderr and prints nothing on stdout", async (words, why) => {
    const { code, stdout, stderr } = await place.remit(...words);
    expect(stderr.replace(/\s+/g, " ")).toMatch(why);
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });
});

it("--help exits 0 and names every command", async () => {
  const { code, stdout } = await place.remit("--help");
  expect(code).toBe(0);
  const commands =
    "init migrate import run start transfers files orders exceptions notifications preview bank-file verify sandbox";
  for (const command of commands.split(" ")) expect(stdout).toMatch(new RegExp(`^ {2}${command}\\b`, "m"));
});
