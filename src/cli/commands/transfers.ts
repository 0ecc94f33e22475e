/** `remit transfers`: what is paid to whom. */
import type { Command } from "commander";
import { holdTransfer, releaseTransfer } from "../../app/decide-transfer.ts";
import { listTransfers } from "../../app/list-transfers.ts";
import { showTransfer } from "../../app/show-transfer.ts";
import { act } from "../act.ts";
import { addRecordCommands } from "../record-commands.ts";
import { withContext } from "../with-context.ts";

export function addTransferCommands(program: Command): void {
  const group = addRecordCommands(program, {
    name: "transfers",
    says: "payouts to sellers and the operator",
    id: "its EndToEndId",
    columns: ["endToEndId", "marketplace", "seller", "amount", "currency", "state", "reason", "businessDate"],
    list: listTransfers,
    show: showTransfer,
  });
  addDecision(group, "hold", "keep a scheduled transfer out of the next file, until it is released", holdTransfer);
  addDecision(group, "release", "let a held transfer go that only a person can let go", releaseTransfer);
}

function addDecision(group: Command, name: string, says: string, decide: typeof holdTransfer): void {
  const command = group
    .command(name)
    .description(says)
    .argument("<id>", "its EndToEndId")
    .requiredOption("--why <text>", "why, for the record");
  act(command, (call) =>
    withContext(call, "visit", async (context) => {
      const asked = { endToEndId: call.args[0] ?? "", why: String(call.options.why) };
      const decision = await decide(context, asked);
      return { json: { ...decision }, text: `${decision.endToEndId} is ${decision.state} by ${decision.decidedBy}` };
    }),
  );
}
