/** `npm run -s bench -- NAME [--json]`: runs one benchmark and prints its rows. */
import type { Bench } from "./bench-row.ts";

/** One line for each benchmark. */
const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  camt053: () => import("./camt053.ts"),
  night: () => import("./night.ts"),
  pain001: () => import("./pain001.ts"),
  settle: () => import("./settle.ts"),
  sftp: () => import("./sftp.ts"),
};

const [name, ...flags] = process.argv.slice(2);
const load = name === undefined ? undefined : BENCHES[name];
if (load === undefined) {
  process.stderr.write(`usage: bench NAME [--json], NAME one of ${Object.keys(BENCHES).join(", ")}\n`);
  process.exit(2);
}
const rows = await (await load()).run();
if (flags.includes("--json")) {
  process.stdout.write(`${JSON.stringify(rows)}\n`);
} else {
  for (const { case: what, against, ratio, rssMb, detail } of rows) {
    process.stdout.write(`${what}: ${ratio.toFixed(2)} x ${against} (${detail}; ${rssMb} MB)\n`);
  }
}
