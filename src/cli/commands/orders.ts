/** `remit orders`: what was bought, captured and owed. */
import type { Command } from "commander";
import { listOrders } from "../../app/list-orders.ts";
import { showOrder } from "../../app/show-order.ts";
import { addRecordCommands } from "../record-commands.ts";

export function addOrderCommands(program: Command): void {
  addRecordCommands(program, {
    name: "orders",
    says: "orders with their transactions and what became of the money",
    id: "its ref",
    columns: ["ref", "marketplace", "amount", "currency", "state", "orderStatus", "orderCycle"],
    list: listOrders,
    show: showOrder,
  });
}
