/** A part of the slow run in a process of its own: `tsx test/models/run-shard.ts STORE SEED COUNT`. */
import { runSequences } from "./run-sequences.ts";

const [, , kind, seed, count] = process.argv;
if ((kind !== "sqlite" && kind !== "postgres") || seed === undefined || count === undefined) {
  process.stderr.write("usage: tsx test/models/run-shard.ts sqlite|postgres SEED COUNT\n");
  process.exit(2);
}
try {
  const reached = await runSequences({ kind, count: Number(count), seed: Number(seed) });
  process.stdout.write(`${JSON.stringify(reached)}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
