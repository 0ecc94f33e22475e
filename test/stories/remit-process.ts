/** `remit` as its users run it: processes of their own that know nothing but a configuration file. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { janitor } from "../support/janitor.ts";

const MAIN = join(import.meta.dirname, "../../src/cli/main.ts");

export interface RemitProcess {
  /** Asks it to stop, waits, and answers its exit code. */
  stop(): Promise<number>;
  /** Its last words, for a failure's message. */
  output(): string;
}

/** Starts a long-running one. */
export function startRemit(configFile: string, ...words: readonly string[]): RemitProcess {
  const { child, output } = spawnRemit(configFile, words);
  return {
    output,
    stop: async () => {
      if (child.exitCode !== null) return child.exitCode;
      const exit = once(child, "exit");
      child.kill("SIGTERM");
      const [code] = await exit;
      return Number(code);
    },
  };
}

function spawnRemit(configFile: string, words: readonly string[]): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), MAIN, ...words], {
    env: { PATH: process.env.PATH, REMIT_CONFIG: configFile },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      text = (text + chunk.toString()).slice(-4_000);
    });
  }
  const { pid } = child;
  if (pid !== undefined) {
    janitor.killAtEnd(pid);
    child.once("exit", () => janitor.forget(pid));
  }
  return { child, output: () => text };
}
