/** `remit import`: what marketplaces send, from files. */
import type { Command } from "commander";
import { act } from "../act.ts";
import { progressOf } from "../progress.ts";
import { withContext } from "../with-context.ts";

export function addImportCommand(program: Command): void {
  const command = program
    .command("import")
    .description("import orders, sellers, transactions, refunds and cashins; each file whole or not at all")
    .argument("<file...>", "JSON, NDJSON or CSV; `sellers.csv` and the like, or records that name their type");
  act(command, (call) =>
    withContext(call, "write", async (context) => {
      const { importFiles } = await import("../../app/import-files.ts");
      const progress = progressOf(call.args.length, call.watched);
      const report = await importFiles(context, call.args).finally(() => progress.stop());
      const counts = Object.entries(report.counts).map(([name, count]) => `${name} ${count}`);
      return { findings: report.findings, json: { counts: report.counts }, text: counts.join(", ") };
    }),
  );
}
