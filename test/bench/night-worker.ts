/** A worker of the load benchmark: the engine's own, whose jobs import and book one marketplace each. */
import { join } from "node:path";
import { startWorker } from "../../jobs/worker.ts";
import { bookOperations } from "../../src/app/book-operations.ts";
import { importFiles } from "../../src/app/import-files.ts";
import type { ScheduleRow } from "../../src/app/schedule-row.ts";
import { allMarketplaces } from "../../src/store/marketplaces.ts";
import { benchContext } from "./engine-context.ts";

const [url = "", redisUrl = "", ...inputs] = process.argv.slice(2);
const context = await benchContext(url, { redisUrl, sweepEveryMs: 100 });

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
