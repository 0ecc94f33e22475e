/** The program as it runs in production: compiled, without the loader that development uses (it alone holds 30 MB). */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const OUT = `${ROOT}/node_modules/.cache/remit-bench`;

let compiled = false;

/** Path of the compiled form of a file of `test/bench`, compiled once per run: `pain001-case` -> `.../pain001-case.js`. */
export function compiledCase(name: string): string {
  if (!compiled) {
    const options = ["-p", "tsconfig.json", "--outDir", OUT, "--declaration", "false", "--sourceMap", "false"];
    execFileSync(process.execPath, [`${ROOT}/node_modules/typescript/bin/tsc`, ...options], {
      cwd: ROOT,
      stdio: "ignore",
    });
    compiled = true;
  }
  return `${OUT}/test/bench/${name}.js`;
}
