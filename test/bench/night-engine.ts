/** One whole night by the engine, in a process of its own: import, settle, prove, write the file. Prints its figures as JSON. */
import pino from "pino";
import { loadProfile } from "../../src/app/bank-profiles.ts";
import type { Context } from "../../src/app/context.ts";
import { importFiles } from "../../src/app/import-files.ts";
import { settle } from "../../src/app/settle.ts";
import { writeTransferFiles } from "../../src/app/write-transfer-files.ts";
import { parseConfig } from "../../src/config.ts";
import { openStore } from "../../src/store/open.ts";
import { totalOfFiles } from "./night-total.ts";

const [url = "", marketplace = "", sellers = "", orders = ""] = process.argv.slice(2);
const clock = () => new Date("2026-11-20T01:00:00Z");
const refuse = () => {
  throw new Error("the benchmark talks to nobody");
};

const fresh = await openStore(url, { clock, access: "migrate" });
await fresh.migrate();
await fresh.close();
const store = await openStore(url, { clock, access: "write" });
const context: Context = {
  store,
  clock,
  log: pino({ level: "silent" }),
  config: parseConfig({}),
  actor: "bench",
  gateway: refuse,
  connectBank: refuse,
  pgpKeys: refuse,
  profile: loadProfile,
  at: () => Promise.resolve(),
};

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
await settle(context, "2026-11-20");
lap("settle");
await writeTransferFiles(context, "2026-11-20");
lap("file");
const ms = performance.now() - started;
const total = await totalOfFiles(store);
await store.close();
process.stdout.write(JSON.stringify({ ms, steps, total, rssMb: Math.round(process.resourceUsage().maxRSS / 1024) }));
