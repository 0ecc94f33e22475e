/**
 * A worker as a process of its own, for tests that kill it: `worker-process.ts STORE REDIS_URL MARKS [default-locks]`. Its job
 * notes when it begins and ends.
 */
import { appendFileSync, existsSync } from "node:fs";
import { pino } from "pino";
import { startWorker } from "../../jobs/worker.ts";
import type { Context } from "../../src/app/context.ts";
import type { ScheduleRow } from "../../src/app/schedule-row.ts";
import { parseConfig } from "../../src/config.ts";
import { openStore } from "../../src/store/open.ts";

const [store = "", redisUrl = "", marks = "", locks] = process.argv.slice(2);
const clock = () => new Date("2026-11-20T12:00:00Z");
const absent = (): never => {
  throw new Error("not in this test");
};

const context: Context = {
  store: await openStore(`sqlite:${store}`, { clock, access: "write" }),
  clock,
  log: pino({ level: "silent" }),
  config: parseConfig({ sweepEveryMs: 100, redisUrl }),
  actor: "worker",
  gateway: absent,
  connectBank: absent,
  pgpKeys: absent,
  profile: absent,
  at: () => Promise.resolve(),
};

const schedule: readonly ScheduleRow[] = [
  {
    job: "settle",
    when: { everyMinutes: 60 },
    does: "hangs the first time, as a process does that is killed in its middle",
    run: async () => {
      const first = !existsSync(marks);
      appendFileSync(marks, "begin\n");
      if (first) await new Promise(() => undefined);
      appendFileSync(marks, "end\n");
      return { counts: {}, findings: [] };
    },
  },
];

const worker = await startWorker(context, {
  redisUrl,
  schedule,
  ...(locks === "default-locks" ? {} : { lockMs: 800, stalledMs: 400 }),
  drainMs: 1_000,
});
process.once("SIGTERM", async () => {
  await worker.close();
  await context.store.close();
  process.exit(0);
});
