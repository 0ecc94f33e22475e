/** Replays one sequence that failed: `npx tsx test/models/replay.ts STORE SEED PATH`. */
import { runSequences } from "./run-sequences.ts";

const [, , kind, seed, path] = process.argv;
if ((kind !== "sqlite" && kind !== "postgres") || seed === undefined || path === undefined) {
  process.stderr.write("usage: npx tsx test/models/replay.ts sqlite|postgres SEED PATH\n");
  process.exit(2);
}
try {
  await runSequences({ kind, count: 1, seed: Number(seed), path });
  process.stdout.write("the sequence goes well\n");
} catch (error) {
  process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
