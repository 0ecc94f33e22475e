import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { clockFrom } from "../src/clock.ts";
import { tempDir } from "./support/temp-dir.ts";

const file = join(tempDir(), "clock");

it("a rehearsal lives at the instant of its file, and moves when the file is written", () => {
  const clock = clockFrom(file);
  writeFileSync(file, "2026-11-20T01:00:00Z\n");
  expect(clock()).toEqual(new Date("2026-11-20T01:00:00Z"));
  writeFileSync(file, "2026-11-21T02:30:00+01:00");
  expect(clock()).toEqual(new Date("2026-11-21T01:30:00Z"));
});

it.each(["", "tomorrow", "2026-11-20", "2026-13-20T00:00:00Z", "1763600000000"])("%j is no instant", (text) => {
  writeFileSync(file, text);
  expect(() => clockFrom(file)()).toThrow(/an instant such as 2026-11-20T01:00:00Z/);
});

it("a file that is not there is refused by its name", () => {
  expect(() => clockFrom("/nowhere/clock")()).toThrow(/\/nowhere\/clock/);
});
