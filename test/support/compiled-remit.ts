/** `remit` compiled as it runs in production: a process of it starts in a third of the time that the loader of development takes. */
import { execFile } from "node:child_process";
import { copyFileSync, existsSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { tempDir } from "./temp-dir.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The path of its main file, compiled once for a whole run of the tests. */
    remitMain: string;
  }
}

const ROOT = join(import.meta.dirname, "../..");

/** The path of its main file; compiled anew. */
export async function compileRemit(): Promise<string> {
  const folder = tempDir("remit-compiled-");
  const options = ["--noCheck", "--outDir", folder, "--declaration", "false", "--sourceMap", "false"];
  const main = join(folder, "src/cli/main.js");
  await new Promise<void>((resolve, reject) => {
    const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
    execFile(process.execPath, [tsc, "-p", join(ROOT, "tsconfig.build.json"), ...options], (error, stdout) => {
      // Faults of types are told by the type check; here only what was written counts.
      if (existsSync(main)) resolve();
      else reject(new Error(`tsc wrote no ${main}: ${stdout}`, { cause: error }));
    });
  });
  for (const name of ["node_modules", "templates"]) symlinkSync(join(ROOT, name), join(folder, name));
  copyFileSync(join(ROOT, "package.json"), join(folder, "package.json"));
  return main;
}
