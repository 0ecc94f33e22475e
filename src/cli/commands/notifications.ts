/** `remit notifications`: what marketplaces are told. */
import type { Command } from "commander";
import { listNotifications } from "../../app/list-notifications.ts";
import { showNotification } from "../../app/show-notification.ts";
import { addRecordCommands } from "../record-commands.ts";

export function addNotificationCommands(program: Command): void {
  addRecordCommands(program, {
    name: "notifications",
    says: "what marketplaces are told, and whether it reached them",
    id: "its ref",
    columns: ["ref", "marketplace", "endpoint", "object", "sequence", "status", "state", "attempts"],
    list: listNotifications,
    show: showNotification,
  });
}
