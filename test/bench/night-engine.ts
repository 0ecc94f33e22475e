/** One whole night by the engine, in a process of its own: import, settle, prove, write the file. Prints its figures as JSON. */
import { importFiles } from "../../src/app/import-files.ts";
import { settle } from "../../src/app/settle.ts";
import { writeTransferFiles } from "../../src/app/write-transfer-files.ts";
import { benchContext, migrateAt, NIGHT } from "./engine-context.ts";
import { totalOfFiles } from "./night-total.ts";

const [url = "", marketplace = "", sellers = "", orders = ""] = process.argv.slice(2);

await migrateAt(url);
const context = await benchContext(url);
const { store } = context;

const started = performance.now();
const steps: Record<string, number> = {};
let last = started;
const lap = (name: string): void => {
  const now = performance.now();
  steps[name] = Math.round(now - last);
  last = now;
};
const imported = await importFiles(context, [marketplace, sellers, orders]);
if (!imported.ok) throw new Error(JSON.stringify(imported.findings.slice(0, 3)));
lap("import");
await settle(context, NIGHT);
lap("settle");
await writeTransferFiles(context, NIGHT);
lap("file");
const ms = performance.now() - started;
const total = await totalOfFiles(store);
await store.close();
process.stdout.write(JSON.stringify({ ms, steps, total, rssMb: Math.round(process.resourceUsage().maxRSS / 1024) }));
