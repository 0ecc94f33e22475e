#!/usr/bin/env node
/** The program `remit`: exit code 0 when all is well, 1 with findings or a failure, 2 when it was called wrongly. */
import { runProgram } from "./program.ts";

// `remit transfers list | head`: whoever reads may stop reading.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

process.exitCode = await runProgram(process.argv.slice(2));
