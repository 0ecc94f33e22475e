/** All commands of `remit`, one file for each group. */
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { packageFile } from "../package-file.ts";

type AddTo = (program: Command) => void;

/** The commands of each group, and where they are: a command line loads only what it names. */
const GROUPS: readonly (readonly [names: readonly string[], load: () => Promise<AddTo>])[] = [
  [["init", "migrate", "store"], async () => (await import("./commands/store.ts")).addStoreCommands],
  [["import"], async () => (await import("./commands/import.ts")).addImportCommand],
  [["run"], async () => (await import("./commands/run.ts")).addRunCommand],
  [["start"], async () => (await import("./commands/start.ts")).addStartCommand],
  [["transfers"], async () => (await import("./commands/transfers.ts")).addTransferCommands],
  [["files"], async () => (await import("./commands/files.ts")).addFileCommands],
  [["orders"], async () => (await import("./commands/orders.ts")).addOrderCommands],
  [["exceptions"], async () => (await import("./commands/exceptions.ts")).addExceptionCommands],
  [["notifications"], async () => (await import("./commands/notifications.ts")).addNotificationCommands],
  [["keys"], async () => (await import("./commands/keys.ts")).addKeyCommands],
  [["balances", "cashout"], async () => (await import("./commands/balances.ts")).addBalanceCommands],
  [["preview"], async () => (await import("./commands/preview.ts")).addPreviewCommand],
  [["explain"], async () => (await import("./commands/explain.ts")).addExplainCommand],
  [["bank-file"], async () => (await import("./commands/bank-file.ts")).addBankFileCommands],
  [["profile"], async () => (await import("./commands/profile.ts")).addProfileCommands],
  [["verify"], async () => (await import("./commands/verify.ts")).addVerifyCommand],
  [["sandbox"], async () => (await import("./commands/sandbox.ts")).addSandboxCommand],
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
  for (const addTo of await groupsNamed(words)) addTo(program);
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

/** Those that the words name; all of them when they name none, for the help and for what was mistyped. */
function groupsNamed(words: readonly string[]): Promise<AddTo[]> {
  const named = GROUPS.filter(([names]) => names.some((name) => words.includes(name)));
  return Promise.all((named.length > 0 ? named : GROUPS).map(([, load]) => load()));
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
