/** `remit exceptions`: what somebody must look at. */
import type { Command } from "commander";
import { assignException, type ClearedException, resolveException } from "../../app/clear-exception.ts";
import { listExceptions } from "../../app/list-exceptions.ts";
import { showException } from "../../app/show-exception.ts";
import { act, type Outcome } from "../act.ts";
import { addRecordCommands } from "../record-commands.ts";
import { withContext } from "../with-context.ts";

export function addExceptionCommands(program: Command): void {
  const group = addRecordCommands(program, {
    name: "exceptions",
    says: "what finance or operations must look at",
    id: "its number",
    columns: [
      ...["id", "marketplace", "reason", "subject", "amount", "currency"],
      ...["state", "owner", "openedOn", "ageDays"],
    ],
    list: listExceptions,
    show: showException,
  });
  addAssign(group);
  addResolve(group);
}

function addAssign(group: Command): void {
  const command = group
    .command("assign")
    .description("give a matter to a person")
    .argument("<id>", "its number")
    .requiredOption("--to <user>", "who takes it on");
  act(command, (call) =>
    withContext(call, "visit", async (context) =>
      outcome(await assignException(context, { id: call.args[0] ?? "", to: String(call.options.to) })),
    ),
  );
}

function addResolve(group: Command): void {
  const command = group
    .command("resolve")
    .description("close a matter for good (--as USER); found again, it stays closed")
    .argument("<id>", "its number")
    .requiredOption("--how <text>", "how it was cleared, for the record");
  act(command, (call) =>
    withContext(call, "visit", async (context) =>
      outcome(await resolveException(context, { id: call.args[0] ?? "", how: String(call.options.how) })),
    ),
  );
}

function outcome(cleared: ClearedException): Outcome {
  const { id, reason, state, owner } = cleared;
  return { json: { ...cleared }, text: `exception ${id} (${reason}) is ${state}, owner ${owner}` };
}
