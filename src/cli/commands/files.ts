/** `remit files`: transfer files, and the decision of the second person. */
import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { approveFile, type Decision, refuseFile } from "../../app/decide-file.ts";
import { listTransferFiles } from "../../app/list-transfer-files.ts";
import { outgoingBytes } from "../../app/outgoing-bytes.ts";
import { showTransferFile } from "../../app/show-transfer-file.ts";
import { act, type Outcome } from "../act.ts";
import { textOption } from "../options.ts";
import { addRecordCommands } from "../record-commands.ts";
import { withContext } from "../with-context.ts";
import { addByHandCommands } from "./files-by-hand.ts";
import { addReprocess, INBOUND_FILES } from "./inbound-files.ts";

export function addFileCommands(program: Command): void {
  const group = addRecordCommands(program, {
    name: "files",
    says: "transfer files on their way to the bank, and files that came from it",
    id: "its message id; with --inbound its number",
    columns: [
      "messageId",
      "marketplace",
      "bank",
      "state",
      "transfers",
      "sum",
      "currency",
      "executionDate",
      "nextCutoff",
      "madeBy",
      "decidedBy",
    ],
    list: listTransferFiles,
    show: showTransferFile,
    variant: INBOUND_FILES,
  });
  addReprocess(group);
  addApprove(group);
  addRefuse(group);
  addByHandCommands(group);
  addExport(group);
}

function addExport(group: Command): void {
  const command = group
    .command("export")
    .description("write the very bytes that the bank is meant to get, to give them to it in another way")
    .argument("<id>", "its message id")
    .requiredOption("-o, --output <path>", "where; a file that exists is refused");
  act(command, (call) =>
    withContext(call, "read", async (context) => {
      const { name, bytes, sha256 } = await outgoingBytes(context, call.args[0] ?? "");
      const path = String(call.options.output);
      await writeFile(path, bytes, { flag: "wx", mode: 0o600 });
      return {
        json: { path, name, sha256 },
        text: `${path}: ${bytes.length} bytes, sha256 ${sha256}; the bank knows them as ${name}`,
      };
    }),
  );
}

function addApprove(group: Command): void {
  const command = group
    .command("approve")
    .description("approve a file for the bank; nobody approves a file that he made (--as USER)")
    .argument("<id>", "its message id")
    .option("--sha256 <hash>", "the hash of the file you have seen: any other is refused");
  act(command, (call) =>
    withContext(call, "visit", async (context) => {
      const sha256 = textOption(call.options.sha256);
      const messageId = call.args[0] ?? "";
      return said(await approveFile(context, { messageId, ...(sha256 === undefined ? {} : { sha256 }) }));
    }),
  );
}

function addRefuse(group: Command): void {
  const command = group
    .command("refuse")
    .description("refuse a file: it is never sent, and its transfers are free for the next one")
    .argument("<id>", "its message id")
    .option("--reason <text>", "why, for the record", "not said");
  act(command, (call) =>
    withContext(call, "visit", async (context) =>
      said(await refuseFile(context, { messageId: call.args[0] ?? "", reason: String(call.options.reason) })),
    ),
  );
}

function said(decision: Decision): Outcome {
  const { messageId, state, decidedBy, sha256, cutoff } = decision;
  const text = `${messageId} is ${state} by ${decidedBy} (sha256 ${sha256})`;
  return { json: { ...decision }, text: cutoff === undefined ? text : `${text}\n${cutoffText(cutoff)}` };
}

function cutoffText({ sendsFrom, nextCutoff, executes, late }: NonNullable<Decision["cutoff"]>): string {
  const goes = `It goes to the bank from ${sendsFrom.toISOString()}, before the cutoff at ${nextCutoff.toISOString()}`;
  return late ? `${goes}; the date in it has passed by then: the bank executes it on ${executes}.` : `${goes}.`;
}
