/** `remit` as its users run it: processes of their own that know nothing but a configuration file. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { inject } from "vitest";
import { janitor } from "../support/janitor.ts";

export interface RemitProcess {
  /** Asks it to stop, waits, and answers its exit code. */
  stop(): Promise<number>;
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
  /** SIGSTOP: it lives, and does nothing. */
  freeze(): void;
  /** SIGCONT: it goes on as if no time had passed. */
  thaw(): void;
  lives(): boolean;
  /** Its last words, for a failure's message. */
  output(): string;
}

/** Starts a long-running one. */
export function startRemit(configFile: string, ...words: readonly string[]): RemitProcess {
  const { child, output } = spawnRemit(configFile, words);
  const lives = () => child.exitCode === null && child.signalCode === null;
  const end = async (signal: NodeJS.Signals) => {
    if (!lives()) return;
    const exit = once(child, "exit");
    child.kill(signal);
    await exit;
  };
  return {
    lives,
    output,
    stop: async () => {
      await end("SIGTERM");
      return child.exitCode ?? -1;
    },
    kill: () => end("SIGKILL"),
    freeze: () => void child.kill("SIGSTOP"),
    thaw: () => void child.kill("SIGCONT"),
  };
}

function spawnRemit(configFile: string, words: readonly string[]): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, [inject("remitMain"), ...words], {
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
