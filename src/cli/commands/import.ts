/** `remit import`: what marketplaces send, from files. */
import type { Command } from "commander";
import { importFiles } from "../../app/import-files.ts";
import { act } from "../act.ts";
import { progressBar } from "../progress.ts";
import { withContext } from "../with-context.ts";

export function addImportCommand(program: Command): void {
  const command = program
    .command("import")
    .description(
      "import orders, sellers, transactions, refunds, cashins and announced pay-ins; each file whole or not at all",
    )
    .argument("<file...>", "JSON, NDJSON or CSV; `sellers.csv` and the like, or records that name their type");
  act(command, (call) =>
    withContext(call, "write", async (context) => {
      const progress = progressBar(call.watched);
      const { findings, counts } = await importFiles(context, call.args, progress.update).finally(progress.stop);
      const text = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
      return { findings, json: { counts }, text: text.join(", ") || "nothing to import" };
    }),
  );
}
