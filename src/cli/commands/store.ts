/** `remit init` and `remit migrate`: the store that DATABASE_URL names. */
import type { Command } from "commander";
import { maskUrl } from "../../domain/mask-url.ts";
import { act, type Call, type Outcome } from "../act.ts";
import { withContext } from "../with-context.ts";

export function addStoreCommands(program: Command): void {
  act(
    program.command("init").description("create the store that DATABASE_URL names (default sqlite:./var/remit.db)"),
    migrate,
  );
  act(
    program.command("migrate").description("bring the store up to this program's schema; does nothing when it is"),
    migrate,
  );
}

function migrate(call: Call): Promise<Outcome> {
  return withContext(call, "migrate", async ({ store, config }) => {
    const applied = await store.migrate();
    const url = maskUrl(config.databaseUrl);
    const text = applied.length === 0 ? `${url} is up to date` : `${url}: applied ${applied.join(", ")}`;
    return { json: { store: url, applied }, text };
  });
}
