/** `remit keys`: the API keys of marketplaces. */
import type { Command } from "commander";
import { Option } from "commander";
import { API_ROLES, createApiKey, isApiRole, listApiKeys, revokeApiKey } from "../../app/api-keys.ts";
import { act } from "../act.ts";
import { table } from "../table.ts";
import { withContext } from "../with-context.ts";

const COLUMNS = ["id", "role", "createdAt", "revokedAt"] as const;

export function addKeyCommands(program: Command): void {
  const group = program.command("keys").description("API keys of marketplaces; a key is shown once, when it is made");
  addCreate(group);
  addList(group);
  addRevoke(group);
}

function addCreate(group: Command): void {
  const command = group
    .command("create")
    .description("make a key; what is printed cannot be shown again")
    .argument("<marketplace>", "its id")
    .addOption(new Option("--role <role>", "what it may do").choices(Object.keys(API_ROLES)).default("reader"));
  act(command, (call) =>
    withContext(call, "visit", async (context) => {
      const role = String(call.options.role);
      const { id, key } = await createApiKey(context, {
        marketplace: call.args[0] ?? "",
        role: isApiRole(role) ? role : "reader",
      });
      return { json: { id, key, role }, text: key };
    }),
  );
}

function addList(group: Command): void {
  const command = group
    .command("list")
    .description("keys by id; never the keys themselves")
    .argument("<marketplace>", "its id");
  act(command, (call) =>
    withContext(call, "read", async (context) => {
      const keys = await listApiKeys(context, call.args[0] ?? "");
      const rows = keys.map(({ id, role, createdAt, revokedAt }) => [id, role, createdAt, revokedAt ?? "-"]);
      return { json: { keys }, text: table(COLUMNS, rows) };
    }),
  );
}

function addRevoke(group: Command): void {
  const command = group.command("revoke").description("end a key for good").argument("<id>", "the key's id");
  act(command, (call) =>
    withContext(call, "visit", async (context) => {
      const id = call.args[0] ?? "";
      await revokeApiKey(context, id);
      return { json: { id, revoked: true }, text: `${id} is revoked` };
    }),
  );
}
