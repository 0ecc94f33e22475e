/** `remit init` and `remit migrate`: the store that DATABASE_URL names; `remit store copy`: from one store to another. */
import type { Command } from "commander";
import { copyStore } from "../../app/copy-store.ts";
import { clockFrom } from "../../clock.ts";
import { loadConfig } from "../../config.ts";
import { maskUrl } from "../../domain/mask-url.ts";
import { act, type Call, type Outcome } from "../act.ts";
import { progressBar } from "../progress.ts";
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
  act(
    program
      .command("store")
      .description("whole stores")
      .command("copy")
      .description("copy a store into an empty one of either kind and prove it; stop what writes to FROM before")
      .argument("<from>", "sqlite:PATH or postgres://...")
      .argument("<to>", "the same, just made by `remit init`"),
    copy,
  );
}

async function copy({ args: [from = "", to = ""], watched }: Call): Promise<Outcome> {
  const bar = progressBar(watched);
  try {
    const onTable = (table: string, index: number, total: number) => bar.update(index, total, table);
    const report = await copyStore({ from, to, clock: clockFrom(loadConfig().clockFile), onTable });
    const text = `${maskUrl(to)}: ${report.rows} rows copied and read back (sha256 ${report.sha256}); the books hold`;
    return { json: { from: maskUrl(from), to: maskUrl(to), ...report }, text };
  } finally {
    bar.stop();
  }
}

function migrate(call: Call): Promise<Outcome> {
  return withContext(call, "migrate", async ({ store, config }) => {
    const applied = await store.migrate();
    const url = maskUrl(config.databaseUrl);
    const text = applied.length === 0 ? `${url} is up to date` : `${url}: applied ${applied.join(", ")}`;
    return { json: { store: url, applied }, text };
  });
}
