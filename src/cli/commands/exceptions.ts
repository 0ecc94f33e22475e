/** `remit exceptions`: what somebody must look at. */
import type { Command } from "commander";
import { listExceptions } from "../../app/list-exceptions.ts";
import { showException } from "../../app/show-exception.ts";
import { addRecordCommands } from "../record-commands.ts";

export function addExceptionCommands(program: Command): void {
  addRecordCommands(program, {
    name: "exceptions",
    says: "what finance or operations must look at",
    id: "its number",
    columns: ["id", "marketplace", "reason", "subject", "amount", "currency", "state", "owner", "openedOn"],
    list: listExceptions,
    show: showException,
  });
}
