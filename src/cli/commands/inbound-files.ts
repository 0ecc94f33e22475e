/** `remit files --inbound` and `remit files reprocess`: what banks sent us. */
import type { Command } from "commander";
import { listInboundFiles, showInboundFile } from "../../app/inbound-record.ts";
import { reprocessInbound } from "../../app/reprocess-inbound.ts";
import { act } from "../act.ts";
import type { RecordCommands } from "../record-commands.ts";
import { withContext } from "../with-context.ts";

export const INBOUND_FILES: NonNullable<RecordCommands["variant"]> = {
  flag: "inbound",
  says: "those that came from the bank",
  columns: ["id", "bank", "remoteName", "state", "kind", "bytes", "receivedAt", "findings", "because"],
  list: listInboundFiles,
  show: showInboundFile,
};

export function addReprocess(group: Command): void {
  const command = group
    .command("reprocess")
    .description(
      "read a quarantined file of the bank again, after a fix; it is applied, or quarantined with new findings",
    )
    .argument("<id>", "its number (files list --inbound)");
  act(command, (call) =>
    withContext(call, "visit", async (context) => {
      const { findings, ...done } = await reprocessInbound(context, call.args[0] ?? "");
      const isApplied = done.state === "APPLIED";
      const counts = Object.entries(done.counts).map(([name, count]) => `${count} ${name}`);
      return {
        // What an applied file says beside its content is no failure of reading it again.
        findings: isApplied ? [] : findings,
        json: { ...done, notes: isApplied ? findings : [] },
        text: `${done.remoteName} is ${done.state}${counts.length === 0 ? "" : ` (${counts.join(", ")})`}`,
      };
    }),
  );
}
