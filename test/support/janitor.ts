/** Kills the servers and removes the folders of this process once it is gone, even when it was killed. */
import { type ChildProcess, spawn } from "node:child_process";

/**
 * A shell that reads orders from a pipe. The pipe closes when this process ends for whatever reason, which exit handlers
 * cannot promise: a worker of the test runner may be ended by SIGKILL.
 */
const SCRIPT = `
pids=""
set --
while IFS=' ' read -r order what; do
  case $order in
    kill) pids="$pids $what" ;;
    forget) kept=""; for pid in $pids; do [ "$pid" = "$what" ] || kept="$kept $pid"; done; pids=$kept ;;
    remove) set -- "$@" "$what" ;;
  esac
done
for pid in $pids; do kill -QUIT "$pid" || true; done 2>/dev/null
if [ -n "$pids" ]; then sleep 1; fi
for pid in $pids; do kill -KILL "$pid" || true; done 2>/dev/null
if [ $# -gt 0 ]; then rm -rf -- "$@"; fi
`;

let shell: ChildProcess | undefined;

function order(line: string): void {
  if (shell === undefined) {
    // Detached: a Ctrl-C in the terminal must reach the tests, not the one who tidies up after them.
    shell = spawn("/bin/sh", ["-c", SCRIPT], { stdio: ["pipe", "ignore", "ignore"], detached: true });
    shell.unref();
    const pipe = shell.stdin as unknown as { unref(): void };
    pipe.unref();
  }
  shell.stdin?.write(`${line}\n`);
}

export const janitor = {
  killAtEnd: (pid: number): void => order(`kill ${pid}`),
  forget: (pid: number): void => order(`forget ${pid}`),
  removeAtEnd: (path: string): void => order(`remove ${path}`),
};
