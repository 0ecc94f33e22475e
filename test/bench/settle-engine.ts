/** One settlement by the engine on a store of its own, in a process of its own; the import before it is not timed. Prints JSON. */
import { sql } from "kysely";
import pino from "pino";
import { loadProfile } from "../../src/app/bank-profiles.ts";
import type { Context } from "../../src/app/context.ts";
import { importFiles } from "../../src/app/import-files.ts";
import { sealJournal } from "../../src/app/seal-journal.ts";
import { settle } from "../../src/app/settle.ts";
import { parseConfig } from "../../src/config.ts";
import { openStore } from "../../src/store/open.ts";

const [url = "", ...paths] = process.argv.slice(2);
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

const imported = await importFiles(context, paths);
if (!imported.ok) throw new Error(JSON.stringify(imported.findings.slice(0, 3)));
const started = performance.now();
await settle(context, "2026-11-20");
const ms = performance.now() - started;
await sealJournal(store, clock());
const sealMs = performance.now() - started - ms;
const { rows } = await sql<{ count: bigint; sum: bigint }>`
  SELECT count(*) AS count, CAST(sum(amount) AS BIGINT) AS sum FROM transfers WHERE state = 'SCHEDULED'`.execute(
  store.db,
);
await store.close();
const total = `${rows[0]?.count} transfers, ${rows[0]?.sum} cents`;
const rssMb = Math.round(process.resourceUsage().maxRSS / 1024);
process.stdout.write(JSON.stringify({ ms, sealMs, total, rssMb }));
