/** All commands of `remit`, one file for each group. */
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { packageFile } from "../package-file.ts";
import { addBankFileCommands } from "./commands/bank-file.ts";
import { addExceptionCommands } from "./commands/exceptions.ts";
import { addFileCommands } from "./commands/files.ts";
import { addImportCommand } from "./commands/import.ts";
import { addNotificationCommands } from "./commands/notifications.ts";
import { addOrderCommands } from "./commands/orders.ts";
import { addPreviewCommand } from "./commands/preview.ts";
import { addProfileCommands } from "./commands/profile.ts";
import { addRunCommand } from "./commands/run.ts";
import { addSandboxCommand } from "./commands/sandbox.ts";
import { addStartCommand } from "./commands/start.ts";
import { addStoreCommands } from "./commands/store.ts";
import { addTransferCommands } from "./commands/transfers.ts";
import { addVerifyCommand } from "./commands/verify.ts";

const GROUPS = [
  addStoreCommands,
  addImportCommand,
  addRunCommand,
  addStartCommand,
  addTransferCommands,
  addFileCommands,
  addOrderCommands,
  addExceptionCommands,
  addNotificationCommands,
  addPreviewCommand,
  addBankFileCommands,
  addProfileCommands,
  addVerifyCommand,
  addSandboxCommand,
];

const USAGE = 2;

/** Runs one command line (without node and script) and answers the exit code. */
export async function runProgram(words: readonly string[]): Promise<number> {
  const program = new Command("remit")
    .description("Settles marketplaces: captures, transfers, bank files, reconciliation, notifications.")
    .version(version())
    .option("--json", "machine output on stdout")
    .option("--as <user>", "the person who acts (default: the user of this machine)")
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError("(add --help for the options)");
  for (const addTo of GROUPS) addTo(program);
  program.exitOverride();
  exitOverrideBelow(program);
  try {
    await program.parseAsync([...words], { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
    throw error;
  }
}

/** Commander hands `exitOverride` down only to commands that are made after it. */
function exitOverrideBelow(command: Command): void {
  for (const child of command.commands) {
    child.exitOverride().configureHelp({ showGlobalOptions: true }).showHelpAfterError("(add --help for the options)");
    exitOverrideBelow(child);
  }
}

function version(): string {
  return (JSON.parse(readFileSync(packageFile("package.json"), "utf8")) as { version: string }).version;
}
