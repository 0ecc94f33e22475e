/** One settlement by the engine on a store of its own, in a process of its own; the import before it is not timed. Prints JSON. */
import { sql } from "kysely";
import { importFiles } from "../../src/app/import-files.ts";
import { sealJournal } from "../../src/app/seal-journal.ts";
import { settle } from "../../src/app/settle.ts";
import { benchContext, migrateAt, NIGHT } from "./engine-context.ts";

const [url = "", ...paths] = process.argv.slice(2);

await migrateAt(url);
const context = await benchContext(url);
const { store, clock } = context;

const imported = await importFiles(context, paths);
if (!imported.ok) throw new Error(JSON.stringify(imported.findings.slice(0, 3)));
const started = performance.now();
await settle(context, NIGHT);
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
