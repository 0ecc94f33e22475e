/** One server started by a test: waiting until it answers, ending it gently or by SIGKILL. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { janitor } from "./janitor.ts";

export interface ServerCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** Run as this user (only root may ask for that). */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** True once the server takes connections. */
  readonly answers: () => Promise<boolean>;
}

export interface ServerProcess {
  readonly pid: number;
  /** Ends it with `signal` and waits until it is gone; children that outlive it are killed. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/** Starts a server and returns when it answers; its last output is in the error when it does not. */
export async function startServer(command: ServerCommand): Promise<ServerProcess> {
  const child = spawn(command.file, [...command.args], {
    cwd: command.cwd,
    stdio: ["ignore", "pipe", "pipe"],
    ...(command.user === undefined ? {} : command.user),
  });
  const output = collectOutput(child);
  await Promise.race([once(child, "spawn"), once(child, "error").then(([cause]) => Promise.reject(cause))]);
  const pid = child.pid ?? 0;
  janitor.killAtEnd(pid);
  child.unref();
  const exited = once(child, "exit").then(() => janitor.forget(pid));
  const deadline = Date.now() + 30_000;
  while (!(await command.answers())) {
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`${command.file} did not start: ${output()}`);
    }
    await pause();
  }
  return {
    pid,
    end: async (signal) => {
      const others = descendants(pid);
      // Until now it did not keep this process alive; now we wait for it.
      child.ref();
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await exited;
      for (const other of others) killQuietly(other);
      // A restart must not meet what the old server's children still hold, e.g. shared memory.
      while (processes().some((row) => others.includes(row.pid))) await pause();
    },
  };
}

function collectOutput(child: ChildProcess): () => string {
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      text = (text + chunk.toString()).slice(-2_000);
    });
    (stream as unknown as { unref?: () => void } | null)?.unref?.();
  }
  return () => text.trim();
}

/** OpenSSH gives each session its own process group, so a session is found by its parent. */
function descendants(pid: number): number[] {
  const rows = processes();
  const found = [pid];
  for (const parent of found) found.push(...rows.filter((row) => row.parent === parent).map((row) => row.pid));
  return found.slice(1);
}

/** All processes that run; those that have ended and only wait to be counted are left out. */
function processes(): readonly { readonly pid: number; readonly parent: number }[] {
  return execFileSync("ps", ["-A", "-o", "pid=,ppid=,stat="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , state = ""]) => !state.startsWith("Z"))
    .map(([pid, parent]) => ({ pid: Number(pid), parent: Number(parent) }));
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended with its parent, which is what we want.
  }
}

/** A port on 127.0.0.1 that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return address.port;
}

/** Whether something takes connections on that port of 127.0.0.1. */
export function portAnswers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
