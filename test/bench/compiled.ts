/** The program as it runs in production: compiled, without the loader that development uses (it alone holds 30 MB). */
import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const OUT = `${ROOT}node_modules/.cache/remit-bench`;

let compiled = false;

/** Path of the compiled form of a file of `test/bench`, compiled once per run: `pain001-case` -> `.../pain001-case.js`. */
export function compiledCase(name: string): string {
  const path = `${OUT}/test/bench/${name}.js`;
  if (!compiled) {
    rmSync(OUT, { recursive: true, force: true });
    const options = ["-p", "tsconfig.json", "--outDir", OUT, "--declaration", "false", "--sourceMap", "false"];
    // Its exit code also tells of type errors elsewhere, which `npm run check` reports; here only the output counts.
    spawnSync(process.execPath, [`${ROOT}node_modules/typescript/bin/tsc`, ...options], { cwd: ROOT, stdio: "ignore" });
    compiled = true;
  }
  if (!existsSync(path)) throw new Error(`tsc made no ${path}`);
  return path;
}
