/** `remit transfers`: what is paid to whom. */
import type { Command } from "commander";
import { listTransfers } from "../../app/list-transfers.ts";
import { showTransfer } from "../../app/show-transfer.ts";
import { addRecordCommands } from "../record-commands.ts";

export function addTransferCommands(program: Command): void {
  addRecordCommands(program, {
    name: "transfers",
    says: "payouts to sellers and the operator",
    id: "its EndToEndId",
    columns: ["endToEndId", "marketplace", "seller", "amount", "currency", "state", "reason", "businessDate"],
    list: listTransfers,
    show: showTransfer,
  });
}
