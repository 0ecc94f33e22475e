/** The program as its users run it: a process of its own on a store of its own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { inject } from "vitest";
import { tempDir } from "../support/temp-dir.ts";

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What it printed with `--json`. */
  json(): Record<string, unknown>;
}

export interface Workplace {
  readonly folder: string;
  readonly databaseUrl: string;
  /** Writes a file there and answers its path. */
  file(name: string, content: string): string;
  remit(...words: string[]): Promise<Ended>;
  /** Starts one that stays; kill it. */
  stay(...words: string[]): ChildProcess & { readonly output: () => string };
}

/** A folder with a clock that stands at `now`; the store is not made yet. */
export function workplace(now = "2026-11-20T01:00:00Z", variables: Record<string, string> = {}): Workplace {
  const folder = tempDir("remit-cli-");
  const file = (name: string, content: string) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const databaseUrl = `sqlite:${join(folder, "remit.db")}`;
  const env = { PATH: process.env.PATH, DATABASE_URL: databaseUrl, REMIT_CLOCK_FILE: file("clock", now), ...variables };
  return {
    folder,
    databaseUrl,
    file,
    remit: (...words) => run(words, folder, env),
    stay: (...words) => {
      const child = start(words, folder, env);
      let output = "";
      for (const stream of [child.stdout, child.stderr]) {
        stream.on("data", (chunk: Buffer) => {
          output += chunk.toString();
        });
      }
      return Object.assign(child, { output: () => output });
    },
  };
}

function start(words: readonly string[], cwd: string, env: NodeJS.ProcessEnv) {
  return spawn(process.execPath, [inject("remitMain"), ...words], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
}

async function run(words: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<Ended> {
  const child = start(words, cwd, env);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return { code: Number(code), stdout, stderr, json: () => JSON.parse(stdout) as Record<string, unknown> };
}
