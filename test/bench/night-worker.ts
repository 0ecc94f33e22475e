/** A worker of the load benchmark: the engine's own, whose jobs import and book one marketplace each. */
import { join } from "node:path";
import pino from "pino";
import { startWorker } from "../../jobs/worker.ts";
import { loadProfile } from "../../src/app/bank-profiles.ts";
import { bookOperations } from "../../src/app/book-operations.ts";
import type { Context } from "../../src/app/context.ts";
import { importFiles } from "../../src/app/import-files.ts";
import type { ScheduleRow } from "../../src/app/schedule-row.ts";
import { parseConfig } from "../../src/config.ts";
import { allMarketplaces } from "../../src/store/marketplaces.ts";
import { openStore } from "../../src/store/open.ts";

const [url = "", redisUrl = "", ...inputs] = process.argv.slice(2);
const clock = () => new Date("2026-11-20T01:00:00Z");
const refuse = () => {
  throw new Error("the benchmark talks to nobody");
};
const context: Context = {
  store: await openStore(url, { clock, access: "write" }),
  clock,
  log: pino({ level: "silent" }),
  config: parseConfig({ redisUrl, sweepEveryMs: 100 }),
  actor: "bench",
  gateway: refuse,
  connectBank: refuse,
  pgpKeys: refuse,
  profile: loadProfile,
  at: () => Promise.resolve(),
};

const schedule = inputs.map(
  (folder, index): ScheduleRow => ({
    job: `load-${index}`,
    when: { everyMinutes: 1_440 },
    does: "imports and books one marketplace",
    run: async (ctx, { businessDate }) => {
      const files = ["marketplace", "sellers", "orders"].map((name) => join(folder, `${name}.ndjson`));
      const { ok, findings } = await importFiles(ctx, files);
      if (!ok) throw new Error(JSON.stringify(findings.slice(0, 3)));
      const ref = `market${index + 1}`;
      const marketplace = (await allMarketplaces(ctx.store.db)).find((row) => row.ref === ref);
      if (marketplace === undefined) throw new Error(`${ref} was not imported`);
      const { operations } = await bookOperations(ctx.store, marketplace, businessDate);
      return { counts: { operations }, findings: [] };
    },
  }),
);

const worker = await startWorker(context, { redisUrl, schedule });
process.send?.("ready");
process.once("message", async () => {
  process.send?.(Math.round(process.resourceUsage().maxRSS / 1024));
  await worker.close();
  await context.store.close();
  process.disconnect();
});
