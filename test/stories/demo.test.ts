import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { beforeAll, describe, expect, it } from "vitest";
import { tempDir } from "../support/temp-dir.ts";

const ROOT = join(import.meta.dirname, "../..");

describe("npm run demo", () => {
  const folder = join(tempDir("remit-demo-"), "demo");
  let output = "";
  let errors = "";
  let code: unknown;

  beforeAll(async () => {
    const child = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), "src/demo/main.ts", folder], {
      cwd: ROOT,
      env: { PATH: process.env.PATH },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = once(child, "exit");
    [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
    [code] = await ended;
    // Some ten times what it takes: machines are busy, and nothing waits for it to pass.
  }, 300_000);

  it("ends with 0 and without a word on stderr", () => expect([code, errors]).toEqual([0, ""]));

  it.each([
    ["the import", /imported 258 sellers, 5,012 orders/],
    ["captures", /captured [0-9,]+\.\d\d EUR/],
    ["fees", /the operator keeps [0-9,]+\.\d\d EUR as fees/],
    ["a declined capture", /DO_NOT_HONOUR/],
    ["transfers", /settled 254 sellers: 252 transfers, [0-9,]+\.\d\d EUR/],
    ["a file", /pain\.001 M20261118-\w{20} for 2026-11-18: 252 transfers.*\n.*sha256 [0-9a-f]{12}/],
    ["its approval", /finance-director approves M20261118-\w{20}, which job:write-transfer-files/],
    ["its sending", /1 file handed to the bank over SFTP/],
    ["its acceptance", /the bank's pain\.002 accepts 251 transfers/],
    ["a rejection and what follows", /REJECTED AC04: 180\.00 EUR of shop-closed-account\n.*re-issue of 180\.00 EUR/],
    ["the payment", /the bank's camt\.053 books 251 transfers/],
    ["a return and its charges", /RETURNED AC06: 270\.00 EUR of shop-blocked-account\n.*charges of 2\.50 EUR/],
    ["the reconciliation", /reconciled: nothing is open/],
    ["the notifications", /\d+ notifications delivered, signed and in order/],
    ["the proof to the cent", /difference +0\.00 EUR/],
    ["the verdict", /every invariant holds/],
  ])("tells of %s", (_what, line) => expect(output).toMatch(line));

  it("prints what the README shows", () => {
    const readme = readFileSync(join(ROOT, "README.md"), "utf8");
    const [, shown = ""] = /\$ npm run -s demo\n([\s\S]*?)\n```/.exec(readme) ?? [];
    const lines = shown.split("\n").filter((line) => line !== "" && line !== "...");
    expect(lines.length).toBeGreaterThan(30);
    const printed = new Set(output.split("\n"));
    expect(lines.filter((line) => !printed.has(line))).toEqual([]);
  });

  it("fits 100 columns", () => {
    const told = output.slice(0, output.indexOf("What it made"));
    expect(told.split("\n").filter((line) => line.length > 100)).toEqual([]);
  });

  it("leaves every file where it says", () => {
    const paths = output.split("\n").filter((line) => line.startsWith(`    ${folder}`));
    expect(paths.length).toBeGreaterThan(30);
    expect(paths.map((path) => path.trim()).filter((path) => !existsSync(path))).toEqual([]);
  });
});
