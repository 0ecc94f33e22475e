/** `remit start`: the long-running processes. */
import { Argument, type Command } from "commander";

export function addStartCommand(program: Command): void {
  program
    .command("start")
    .addArgument(new Argument("<part>", "what to start").choices(["web", "worker", "scheduler", "all"]));
}
