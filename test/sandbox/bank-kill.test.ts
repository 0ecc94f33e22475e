import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { newFolder, openBrain } from "./bank-bench.ts";
import { orderText } from "./order-text.ts";

const FILES = 120;

/** Runs a bank in a process of its own until it has judged so many files more, then kills it. */
async function runAndKill(folder: string, judged: number): Promise<void> {
  const worker = join(import.meta.dirname, "bank-worker.ts");
  const child = spawn(process.execPath, ["--import", "tsx", worker, folder], { stdio: ["ignore", "pipe", "inherit"] });
  let seen = 0;
  for await (const part of child.stdout) {
    seen += String(part).split("\n").length - 1;
    if (seen >= judged) child.kill("SIGKILL");
  }
}

describe("the sandbox bank under kill -9", () => {
  it("judges every file exactly once and answers each", async () => {
    const folder = newFolder();
    mkdirSync(join(folder, "inbox"));
    for (let index = 0; index < FILES; index += 1) {
      const messageId = `M${String(index).padStart(3, "0")}`;
      writeFileSync(
        join(folder, "inbox", `${messageId}.xml`),
        orderText({ messageId, transfers: [{ id: `E-${messageId}` }] }),
      );
    }
    for (const judged of [1, 7, 23]) await runAndKill(folder, judged);
    expect(readdirSync(join(folder, "inbox")).length).toBeGreaterThan(0);
    const bank = openBrain(folder);
    bank.brain.processInbox();
    expect(
      bank.brain
        .received()
        .map(({ name, status }) => `${name} ${status}`)
        .sort(),
    ).toEqual(Array.from({ length: FILES }, (_, index) => `M${String(index).padStart(3, "0")}.xml ACCP`));
    expect(bank.brain.doublePaid()).toEqual([]);
    expect(bank.outbox("pain002-")).toHaveLength(FILES);
  });
});
